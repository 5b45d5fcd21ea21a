"""Say no to a request."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.texts import required
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..models import Return


def decline_return(asker: Asker, return_id: UUID, reason: str) -> Return:
    """Decline with a reason; the units are free again.

    Raises Required (``reason``), NotFound (``id``), Conflict (``state``) unless it is REQUESTED.
    """
    why = required(reason, field="reason")
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "decline")
        store.release(desk)
        desk.request.decline_reason = why
        desk.request.save(update_fields=["decline_reason"])
        data = {"reason": why, "lines": payloads.of_changes(desk)}
        store.log(desk.request, "decline", asker, data)
        emit("return.declined", payloads.of_return(desk, **data))
    return desk.request
