"""Follow an order's fulfilments, whoever made, tracked or cancelled them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from ...delivery import emit
from ...kernel.ids import to_global
from ...platform import shop
from ...platform.port import Fulfillment
from .. import store
from ..domain.shipment import CANCELED, SHIPMENT
from ..models import RoutingDecision, Shipment


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
        return found


def tell(topic: str, row: Shipment) -> None:
    """Emit an event about a shipment."""
    emit(topic, payload(row))


def payload(row: Shipment) -> dict[str, Any]:
    """The data of every shipment event."""
    return {
        "shipmentId": to_global("Shipment", row.pk),
        "orderId": row.order_id,
        "fulfillmentId": row.fulfillment_id,
        "warehouseId": row.warehouse_id,
        "trackingNumber": row.tracking_number,
        "state": row.state,
        "items": [{"lineId": item["line_id"], "quantity": item["quantity"]} for item in row.items],
    }


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
    )
    tell("shipment.created", row)
    return row


def _compare(row: Shipment, parcel: Fulfillment, by: str) -> None:
    if row.state == CANCELED:
        return
    if parcel.status == "CANCELED":
        store.advance(row, "cancel", by=by)
        tell("shipment.canceled", row)
    elif parcel.tracking_number != row.tracking_number and SHIPMENT.allows(row.state, "track"):
        store.advance(row, "track", by=by, tracking_number=parcel.tracking_number)
        tell("shipment.tracking_updated", row)
