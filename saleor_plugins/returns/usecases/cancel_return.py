"""Take a request back before anything arrived."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.platform.port import Asker

from .. import access, payloads, store
from ..models import Return


def cancel_return(asker: Asker, return_id: UUID) -> Return:
    """Cancel; the units are free again. Customers may cancel their own.

    Raises NotFound (``id``), Conflict (``state``) once a parcel arrived.
    """
    access.return_for(asker, return_id)
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "cancel")
        store.release(desk)
        store.log(desk.request, "cancel", asker, {})
        emit("return.canceled", payloads.of_return(desk, lines=payloads.of_lines(desk.request_lines)))
    return desk.request
