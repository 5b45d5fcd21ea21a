"""Note with whom, and under which number, goods are on their way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.texts import one_line
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, PermissionDenied, Required
from saleor_plugins.platform.port import Asker

from .. import access, payloads, store
from ..models import Return

SCANNED = "return.scanned"


def track_return(
    asker: Asker, return_id: UUID, carrier: str = "", tracking_number: str = "", *, scanned: bool = False
) -> Return:
    """Store the parcel's carrier and number; a carrier's scan keeps the return from expiring.

    Customers may name a parcel of their own return; only staff and apps may say that it was scanned, and
    what was scanned only they change. What is known already changes nothing. Raises Required
    (``trackingNumber``), Invalid when too long, NotFound (``id``), PermissionDenied, Conflict (``state``)
    unless it is APPROVED, (``id``, SCANNED) for a customer after the scan.
    """
    number = one_line(tracking_number, field="trackingNumber", most=255)
    by = one_line(carrier, field="carrier", most=100)
    rma = access.return_for(asker, return_id)
    if scanned and not access.is_staff(asker):
        raise PermissionDenied(f"You need the permission {access.PERMISSION}.", field="scanned")
    with transaction.atomic():
        rma = store.open_return(return_id).request
        store.move(rma, "track")
        if not (number or rma.tracking_number or scanned):
            raise Required("Name the parcel.", field="trackingNumber")
        wanted = {
            "carrier": by or rma.carrier,
            "tracking_number": number or rma.tracking_number,
            "scanned": rma.scanned or (clock.now() if scanned else None),
        }
        changes = {name: value for name, value in wanted.items() if value != getattr(rma, name)}
        if changes:
            if rma.scanned and not access.is_staff(asker):
                raise Conflict("The parcel is on its way already.", field="id", code="SCANNED")
            _save(rma, changes)
            store.log(rma, "track", asker, {**changes, "scanned": "scanned" in changes})
            if "scanned" in changes:
                emit(SCANNED, _told(rma))
    return rma


def _told(rma: Return) -> dict[str, Any]:
    at = payloads.instant(rma.scanned)
    return {
        **payloads.of_request(rma),
        "carrier": rma.carrier,
        "trackingNumber": rma.tracking_number,
        "at": at,
    }


def _save(rma: Return, changes: dict[str, object]) -> None:
    for name, value in changes.items():
        setattr(rma, name, value)
    rma.save(update_fields=list(changes))
