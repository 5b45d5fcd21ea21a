"""How parcels, carriers and documents become GraphQL types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from ...kernel.ids import to_global
from .. import store
from ..domain.parcels.documents import PickList
from ..domain.parcels.tracking_file import Problem
from ..models import Carrier, Shipment, ShipmentEvent, ShipmentLabel, StrayScan
from ..usecases.carrier_set import tracking_link
from ..views.documents import label_of
from ..views.links import address, document_url
from .parcel_types import (
    CarrierType,
    LabelType,
    PickListType,
    PickOrderType,
    PickType,
    PlannedParcelType,
    ShipmentEventType,
    ShipmentType,
    StrayScanType,
    TrackingProblem,
)
from .types import ParcelItem


def show_carrier(row: Carrier, info: Any) -> CarrierType:
    """A carrier, without its secret."""
    return CarrierType(
        id=to_global("Carrier", row.pk),
        name=row.name,
        tracking_url=row.tracking_url,
        is_active=row.is_active,
        api=row.api,
        report_url=address(info.context, f"carriers/{row.pk}/"),
    )


def show_shipments(rows: Sequence[Shipment], info: Any) -> list[ShipmentType]:
    """Shipments with their ledgers and labels, in a query each for all."""
    ledgers: dict[UUID, list[ShipmentEvent]] = {row.pk: [] for row in rows}
    for event in store.history(list(ledgers)):
        ledgers[event.shipment_id].append(event)
    labels = store.labels_of(list(ledgers))
    return [_shipment(row, ledgers[row.pk], labels.get(row.pk), info) for row in rows]


def show_planned(row: store.Planned) -> PlannedParcelType:
    """A planned parcel."""
    items = [ParcelItem(line_id=key, quantity=count) for key, count in row.units.items()]
    return PlannedParcelType(
        id=to_global("PlannedParcel", row.id),
        order_id=row.order_id,
        warehouse_id=row.warehouse_id,
        ship_on=row.ship_on,
        arrives_on=row.arrives_on,
        items=items,
    )


def show_picks(picks: PickList, what: dict[str, Any]) -> PickListType:
    """A pick list; `what` names it in links."""
    shown = PickListType(
        warehouse_name=picks.warehouse,
        units=picks.units,
        order_numbers=list(picks.orders),
        picks=[
            PickType(
                sku=pick.row.sku,
                product_name=pick.row.product,
                variant_name=pick.row.variant,
                quantity=pick.row.quantity,
                orders=[PickOrderType(order_number=name, quantity=units) for name, units in pick.orders],
            )
            for pick in picks.picks
        ],
    )
    shown.what = what
    return shown


def show_stray(row: StrayScan, info: Any) -> StrayScanType:
    """A waiting scan."""
    return StrayScanType(
        id=to_global("StrayScan", row.pk),
        carrier=show_carrier(row.carrier, info),
        tracking_number=row.tracking_number,
        status=row.state,
        at=row.at,
        noted=row.noted,
        description=row.description,
        place=row.place,
    )


def show_problems(rows: Iterable[Problem]) -> list[TrackingProblem]:
    """Problems of a file."""
    return [TrackingProblem(row.line, row.column, row.message, row.code) for row in rows]


def _label(row: ShipmentLabel, info: Any) -> LabelType:
    done = row.state == ShipmentLabel.DONE
    return LabelType(
        state=row.state,
        service=row.service,
        format=row.format,
        tracking_number=row.tracking_number,
        url=document_url(info.context, label_of(str(row.shipment_id))) if done else None,
    )


def _shipment(
    row: Shipment, events: Iterable[ShipmentEvent], label: ShipmentLabel | None, info: Any
) -> ShipmentType:
    return ShipmentType(
        id=to_global("Shipment", row.pk),
        order_id=row.order_id,
        fulfillment_id=row.fulfillment_id,
        warehouse_id=row.warehouse_id or None,
        tracking_number=row.tracking_number,
        carrier=show_carrier(row.carrier, info) if row.carrier else None,
        carrier_url=tracking_link(row.carrier, row.tracking_number) or None,
        state=row.state,
        items=[ParcelItem(**item) for item in row.items],
        history=[_event(event) for event in events],
        created=row.created,
        label=_label(label, info) if label else None,
    )


def _event(row: ShipmentEvent) -> ShipmentEventType:
    return ShipmentEventType(
        status=row.state,
        at=row.at,
        noted=row.noted,
        source=row.source,
        verb=row.verb,
        description=row.description,
        place=row.place,
        tracking_number=row.tracking_number,
        external_id=row.external_id,
        done_by=row.done_by or None,
    )
