"""Follow an order's fulfilments, whoever made, tracked or cancelled them."""

from __future__ import annotations

from django.db import transaction

from ...kernel import clock
from ...platform import shop
from ...platform.port import Fulfillment
from .. import store
from ..domain.parcels.shipment import CANCELED, SHIPMENT, TRACK, Scan, Source
from ..models import RoutingDecision, Shipment
from .tracking_record import apply_strays, record, tell


def follow_parcels(order_id: str, *, by: str = "") -> list[Shipment]:
    """Bring the order's shipments in line with Saleor's fulfilments; answers the new ones.

    Takes the order's lock, so twins cannot both see a parcel first.
    """
    with transaction.atomic():
        shop().order(order_id, lock=True)
        known = {row.fulfillment_id: row for row in store.shipments(order_id)}
        decision = store.current(order_id)
        found = []
        for parcel in shop().fulfillments(order_id):
            row = known.get(parcel.id)
            if row:
                _compare(row, parcel, by)
            elif parcel.status == "FULFILLED" and parcel.lines:
                found.append(_adopt(parcel, decision, by))
        if found:
            # What has left no longer counts against a day's capacity.
            store.parcels_left(order_id, {row.warehouse_id for row in shop().allocations(order_id)})
        return found


def _adopt(parcel: Fulfillment, decision: RoutingDecision | None, by: str) -> Shipment:
    row = store.add_shipment(
        Shipment(
            order_id=parcel.order_id,
            fulfillment_id=parcel.id,
            warehouse_id=next((line.warehouse_id for line in parcel.lines if line.warehouse_id), ""),
            decision=decision,
            items=[{"line_id": line.order_line_id, "quantity": line.quantity} for line in parcel.lines],
            tracking_number=parcel.tracking_number,
        ),
        by=by,
        source=_source(by),
    )
    tell("shipment.created", row)
    apply_strays(row)
    return row


def _compare(row: Shipment, parcel: Fulfillment, by: str) -> None:
    if row.state == CANCELED:
        return
    if parcel.status == "CANCELED":
        record(row, [Scan(CANCELED, clock.now(), _source(by))], by=by)
    elif parcel.tracking_number != row.tracking_number and SHIPMENT.allows(row.state, TRACK):
        store.note_tracking(row, parcel.tracking_number, row.carrier, by=by, source=_source(by))
        tell("shipment.tracking_updated", row)
        apply_strays(row)


def _source(by: str) -> Source:
    return Source.STAFF if by else Source.SALEOR
