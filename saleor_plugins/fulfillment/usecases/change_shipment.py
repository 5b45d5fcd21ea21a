"""Change a parcel that was made: its tracking number, its arrival, its cancellation."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ...kernel.errors import Conflict, Invalid
from ...platform import shop
from .. import store
from ..domain.shipment import SHIPMENT
from ..models import Shipment
from .follow_parcels import tell

LONGEST = 255


def checked_tracking(number: str) -> str:
    """The number, stripped. Raises Invalid (``trackingNumber``) when it cannot be one."""
    number = number.strip()
    if len(number) > LONGEST:
        raise Invalid(f"At most {LONGEST} characters.", field="trackingNumber")
    if not number.isprintable():
        raise Invalid("Only printable characters.", field="trackingNumber")
    return number


def set_tracking(key: UUID, number: str, *, notify_customer: bool = False, by: str = "") -> Shipment:
    """Set the tracking number, in Saleor too; the same number again changes nothing.

    Raises NotFound (``id``), Invalid (``trackingNumber``), Conflict (``state``).
    """
    number = checked_tracking(number)
    with transaction.atomic():
        row = _locked(key, "track")
        if row.tracking_number != number:
            shop().set_tracking(row.fulfillment_id, number, notify_customer=notify_customer)
            store.advance(row, "track", by=by, tracking_number=number)
            tell("shipment.tracking_updated", row)
        return row


def mark_delivered(key: UUID, *, by: str = "") -> Shipment:
    """Note that the parcel arrived. Raises NotFound (``id``), Conflict (``state``)."""
    with transaction.atomic():
        row = _locked(key, "deliver")
        store.advance(row, "deliver", by=by)
        tell("shipment.delivered", row)
        return row


def cancel_shipment(key: UUID, *, warehouse_id: str | None = None, by: str = "") -> Shipment:
    """Take the parcel back: its units return to `warehouse_id` (default: where they came from).

    They are allocated to their lines there again. Raises NotFound (``id``, ``warehouseId``), Conflict
    (``state``; ``warehouseId`` when Saleor does not say where the parcel came from).
    """
    with transaction.atomic():
        row = _locked(key, "cancel")
        place = warehouse_id or row.warehouse_id
        if not place:
            raise Conflict("Name the warehouse that takes the units back.", field="warehouseId")
        shop().cancel_fulfillment(row.fulfillment_id, warehouse_id=place)
        store.advance(row, "cancel", by=by)
        tell("shipment.canceled", row)
        return row


def _locked(key: UUID, verb: str) -> Shipment:
    """The shipment with its order locked first, once `verb` is known to be allowed."""
    shop().order(store.shipment(key).order_id, lock=True)
    row = store.shipment(key, lock=True)
    SHIPMENT.target(row.state, verb)
    return row
