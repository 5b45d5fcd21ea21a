"""Take a request back before anything arrived."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform.port import Asker

from .. import access, payloads, store
from ..models import Return
from ..store import Desk


def cancel_return(asker: Asker, return_id: UUID) -> Return:
    """Cancel; the units are free again. Customers may cancel their own.

    Raises NotFound (``id``), Conflict (``state``) once a parcel arrived, (``id``, CREDITED) once money
    was decided for a unit or the customer was told to keep one.
    """
    access.return_for(asker, return_id)
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "cancel")
        refuse_credited(desk)
        store.release(desk)
        data = {"lines": payloads.of_changes(desk)}
        store.log(desk.request, "cancel", asker, data)
        emit("return.canceled", payloads.of_return(desk, **data))
    return desk.request


def refuse_credited(desk: Desk) -> None:
    """Raises Conflict (``id``, CREDITED) when money was decided for a unit, or is promised."""
    if any(line.credited or line.kept for line in desk.request_lines):
        raise Conflict("The money of some units is decided: close it instead.", field="id", code="CREDITED")
