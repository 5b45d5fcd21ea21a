"""Write what happened to a parcel, and tell whoever should know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...delivery import emit
from ...kernel.ids import to_global
from ...platform import shop
from .. import store
from ..domain.parcels.shipment import (
    DELIVERED,
    EXCEPTION,
    RETURNED,
    RETURNING,
    Scan,
)
from ..models import Shipment
from ..store.shipments import Recorded

# The order's history tells of these alone: nobody reads one that lists every scan.
_NOTES = {
    DELIVERED: "was delivered",
    EXCEPTION: "met a problem on its way",
    RETURNING: "is on its way back to us",
    RETURNED: (
        "is back. Its units are not in stock: receive them at the returns desk, or cancel the "
        "fulfilment, which puts them back on hand"
    ),
}


def record(row: Shipment, scans: Sequence[Scan], *, by: str = "") -> Recorded:
    """Record scans of a locked shipment; a new state is an event, and the important ones a note.

    Raises Conflict (field ``state``) when the shipment changed meanwhile.
    """
    done = store.record(row, scans, by=by)
    if done.changed:
        tell(f"shipment.{row.state.lower()}", row)
        if row.state in _NOTES:
            shop().add_note(row.order_id, f"{_name(row)} {_NOTES[row.state]}.")
    return done


def apply_strays(row: Shipment) -> Recorded | None:
    """Give a locked shipment what its carrier had reported before it had this number."""
    if not row.tracking_number:
        return None
    owner, scans = store.take_strays(row.tracking_number, row.carrier_id)
    if owner and row.carrier_id is None:
        store.note_carrier(row, store.carrier(owner))
    scans += store.scans_of_twins(row)
    return record(row, scans) if scans else None


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


def _name(row: Shipment) -> str:
    return f"Parcel {row.tracking_number}" if row.tracking_number else "A parcel without tracking number"
