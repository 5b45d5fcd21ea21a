"""Change a parcel that was made: its number, what happened to it, its cancellation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ...carriers.scans import AHEAD, LONGEST_DESCRIPTION, LONGEST_NUMBER, LONGEST_PLACE
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid
from ...platform import shop
from .. import store
from ..domain.parcels.shipment import (
    CANCEL,
    CANCELED,
    DELIVERED,
    EXCEPTION,
    REPORTED,
    RETURNED,
    RETURNING,
    SHIPMENT,
    TRACK,
    Scan,
    Source,
    verb_for,
)
from ..models import Carrier, Shipment
from .tracking_record import apply_strays, record, tell


def checked_tracking(number: str) -> str:
    """The number, stripped. Raises Invalid (``trackingNumber``) when it cannot be one."""
    return checked_text(number, LONGEST_NUMBER, "trackingNumber")


def checked_text(text: str, longest: int, field: str) -> str:
    """The text, stripped. Raises Invalid (`field`) when it is too long or has control characters."""
    text = text.strip()
    if len(text) > longest:
        raise Invalid(f"At most {longest} characters.", field=field)
    if not text.isprintable():
        raise Invalid("Only printable characters.", field=field)
    return text


def set_tracking(
    key: UUID,
    number: str,
    *,
    carrier: Carrier | None = None,
    notify_customer: bool = False,
    by: str = "",
    source: Source = Source.STAFF,
) -> Shipment:
    """Set the tracking number, in Saleor too, and the carrier if one is given; again changes nothing.

    What the carrier had reported about the number before is recorded now. Raises NotFound (``id``), Invalid
    (``trackingNumber``), Conflict (``state``).
    """
    number = checked_tracking(number)
    with transaction.atomic():
        row = locked(key)
        carrier = carrier or row.carrier
        if (row.tracking_number, row.carrier_id) != (number, carrier and carrier.pk):
            SHIPMENT.target(row.state, TRACK)
            if row.tracking_number != number:
                shop().set_tracking(row.fulfillment_id, number, notify_customer=notify_customer)
            store.note_tracking(row, number, carrier, by=by, source=source)
            tell("shipment.tracking_updated", row)
            apply_strays(row)
        return row


def mark_delivered(key: UUID, *, by: str = "") -> Shipment:
    """Note that the parcel arrived. Raises NotFound (``id``), Conflict (``state``)."""
    return _report(key, DELIVERED, "", by)


def mark_exception(key: UUID, description: str = "", *, by: str = "") -> Shipment:
    """Note that something is wrong, or that the parcel was not delivered after all.

    Raises NotFound (``id``), Invalid (``description``), Conflict (``state``).
    """
    return _report(key, EXCEPTION, description, by)


def send_back(key: UUID, description: str = "", *, arrived: bool = False, by: str = "") -> Shipment:
    """Note that the parcel comes back to the sender, or has arrived there. Stock is not touched.

    Raises NotFound (``id``), Invalid (``description``), Conflict (``state``).
    """
    return _report(key, RETURNED if arrived else RETURNING, description, by)


def add_event(
    key: UUID, state: str, *, at: datetime | None = None, description: str = "", place: str = "", by: str = ""
) -> Shipment:
    """Note something that happened at `at` (default: now). Older than what is known, it is history only.

    Raises NotFound (``id``), Invalid (``status``, ``at``, ``description``, ``place``), Conflict (``state``)
    for a cancelled parcel.
    """
    if state not in REPORTED:
        raise Invalid(f"Must be one of: {', '.join(REPORTED)}.", field="status")
    if at and at > clock.now() + AHEAD:
        raise Invalid("Lies in the future.", field="at")
    description = checked_text(description, LONGEST_DESCRIPTION, "description")
    place = checked_text(place, LONGEST_PLACE, "place")
    with transaction.atomic():
        row = locked(key)
        if row.state == CANCELED:
            raise Conflict("The parcel was cancelled.", field="state")
        scan = Scan(state, at or store.last_word(row), Source.STAFF, "", description, place)
        record(row, [scan], by=by)
        return row


def cancel_shipment(key: UUID, *, warehouse_id: str | None = None, by: str = "") -> Shipment:
    """Take the parcel back: its units return to `warehouse_id` (default: where they came from).

    They are allocated to their lines there again. Raises NotFound (``id``, ``warehouseId``), Conflict
    (``state``; ``warehouseId`` when Saleor does not say where the parcel came from).
    """
    with transaction.atomic():
        row = locked(key)
        SHIPMENT.target(row.state, CANCEL)
        place = warehouse_id or row.warehouse_id
        if not place:
            raise Conflict("Name the warehouse that takes the units back.", field="warehouseId")
        shop().cancel_fulfillment(row.fulfillment_id, warehouse_id=place)
        record(row, [Scan(CANCELED, store.last_word(row))], by=by)
        return row


def locked(key: UUID) -> Shipment:
    """The shipment with its order locked first. Raises NotFound (``id``)."""
    shop().order(store.shipment(key).order_id, lock=True)
    return store.shipment(key, lock=True)


def _report(key: UUID, state: str, description: str, by: str) -> Shipment:
    description = checked_text(description, LONGEST_DESCRIPTION, "description")
    with transaction.atomic():
        row = locked(key)
        SHIPMENT.target(row.state, verb_for(row.state, state, Source.STAFF))
        record(row, [Scan(state, store.last_word(row), description=description)], by=by)
        return row
