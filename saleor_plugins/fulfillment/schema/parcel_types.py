"""The GraphQL types of parcels, carriers and printed documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import graphene

from ...http.api import connection
from ...kernel.ids import to_global
from .. import store
from ..domain.documents import PickList
from ..domain.shipment import STATES
from ..domain.tracking_file import Problem
from ..models import Carrier, Shipment, ShipmentEvent, ShipmentLabel, StrayScan
from ..usecases.carrier_set import tracking_link
from ..views.documents import OPEN, label_of, slip_of
from ..views.links import address, document_token
from .types import ParcelItem

FORMATS = {
    "format": graphene.String(default_value="html", description="html or pdf."),
    "paper": graphene.String(default_value="a4", description="a4 or letter."),
}


class CarrierType(graphene.ObjectType):
    """Who moves parcels. Its secret is answered when it is made or replaced, and never again."""

    class Meta:
        name = "Carrier"

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    tracking_url = graphene.String(
        required=True, description="Its page of a parcel, {number} for the number."
    )
    is_active = graphene.Boolean(required=True, description="Whether its reports are taken in.")
    api = graphene.String(required=True, description="karrio's name of it; empty: not asked.")
    report_url = graphene.String(required=True, description="Where it reports scans.")


class ShipmentEventType(graphene.ObjectType):
    """A line of a parcel's ledger."""

    class Meta:
        name = "ShipmentEvent"

    status = graphene.String(required=True)
    at = graphene.DateTime(required=True, description="When it happened.")
    noted = graphene.DateTime(required=True, description="When we heard of it.")
    source = graphene.String(required=True, description="STAFF, SALEOR, CSV or CARRIER.")
    verb = graphene.String(required=True, description="create, track, or what was reported.")
    description = graphene.String(required=True)
    place = graphene.String(required=True)
    tracking_number = graphene.String(required=True, description="The parcel's number then.")
    external_id = graphene.String(required=True, description="The reporter's own id of it.")
    done_by = graphene.ID(description="Saleor's id of the person or app.")


class LabelType(graphene.ObjectType):
    """A label that was bought."""

    class Meta:
        name = "ShipmentLabel"

    state = graphene.String(required=True, description="RESERVED, DONE or UNKNOWN: look at the carrier.")
    service = graphene.String(required=True)
    format = graphene.String(required=True)
    tracking_number = graphene.String(required=True)
    url = graphene.String(description="Opens it for ten minutes.")


class ShipmentType(graphene.ObjectType):
    """A parcel that is followed."""

    class Meta:
        name = "Shipment"

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    fulfillment_id = graphene.ID(required=True, description="Saleor's Fulfillment id.")
    warehouse_id = graphene.ID(description="Null where Saleor does not say.")
    tracking_number = graphene.String(required=True)
    carrier = graphene.Field(CarrierType)
    carrier_url = graphene.String(description="The carrier's page about it.")
    state = graphene.String(required=True, description=f"{', '.join(STATES)}.")
    items = graphene.List(graphene.NonNull(ParcelItem), required=True)
    history = graphene.List(
        graphene.NonNull(ShipmentEventType), required=True, description="In the order in which it happened."
    )
    created = graphene.DateTime(required=True)
    label = graphene.Field(LabelType, description="Its label, when one was bought.")
    packing_slip_url = graphene.String(
        required=True, description="Opens its packing slip in a browser for ten minutes.", **FORMATS
    )

    def resolve_packing_slip_url(self, info: Any, format: str, paper: str) -> str:
        key = from_relay(self.id)
        return document_url(info, slip_of("Shipment", key), format, paper)


class PlannedParcelType(graphene.ObjectType):
    """A parcel that has not left: it can be printed before it is made."""

    class Meta:
        name = "PlannedParcel"

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    warehouse_id = graphene.ID(required=True)
    ship_on = graphene.Date()
    arrives_on = graphene.Date()
    items = graphene.List(graphene.NonNull(ParcelItem), required=True)
    packing_slip_url = graphene.String(
        required=True, description="Opens its packing slip in a browser for ten minutes.", **FORMATS
    )

    def resolve_packing_slip_url(self, info: Any, format: str, paper: str) -> str:
        return document_url(info, slip_of("PlannedParcel", from_relay(self.id)), format, paper)


class PickOrderType(graphene.ObjectType):
    """How many units are for an order."""

    class Meta:
        name = "PickOrder"

    order_number = graphene.String(required=True)
    quantity = graphene.Int(required=True)


class PickType(graphene.ObjectType):
    """What to take of one product."""

    class Meta:
        name = "Pick"

    sku = graphene.String(required=True)
    product_name = graphene.String(required=True)
    variant_name = graphene.String(required=True)
    quantity = graphene.Int(required=True)
    orders = graphene.List(graphene.NonNull(PickOrderType), required=True)


class PickListType(graphene.ObjectType):
    """What a warehouse takes from its shelves, sorted by SKU."""

    class Meta:
        name = "PickList"

    warehouse_name = graphene.String(required=True)
    units = graphene.Int(required=True)
    order_numbers = graphene.List(graphene.NonNull(graphene.String), required=True)
    picks = graphene.List(graphene.NonNull(PickType), required=True)
    url = graphene.String(required=True, description="Opens it in a browser for ten minutes.", **FORMATS)

    def resolve_url(self, info: Any, format: str, paper: str) -> str:
        return document_url(info, self.what, format, paper)


class StrayScanType(graphene.ObjectType):
    """A carrier's scan of a number that no parcel has yet."""

    class Meta:
        name = "StrayScan"

    id = graphene.ID(required=True)
    carrier = graphene.Field(CarrierType, required=True)
    tracking_number = graphene.String(required=True)
    status = graphene.String(required=True)
    at = graphene.DateTime(required=True)
    noted = graphene.DateTime(required=True)
    description = graphene.String(required=True)
    place = graphene.String(required=True)


class TrackingProblem(graphene.ObjectType):
    """Why a line of a file cannot be used."""

    line = graphene.Int(required=True)
    column = graphene.String(required=True, description="Empty when it is about the whole line.")
    message = graphene.String(required=True)
    code = graphene.String(required=True)


StrayConnection = connection(StrayScanType, "StrayScan")


def from_relay(value: str) -> str:
    """The key inside one of our own ids that we just made."""
    import base64

    return base64.b64decode(value).decode().partition(":")[2]


def document_url(info: Any, what: dict[str, Any], form: str, paper: str) -> str:
    """A link that opens a document for ten minutes."""
    chosen = f"?format={form}&paper={paper}" if form else ""
    path = f"documents/{OPEN}{document_token(what)}/{chosen}"
    return address(info.context, path)


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
        url=document_url(info, label_of(str(row.shipment_id)), "", "") if done else None,
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
