"""Take a finished return up again: a late parcel, a mistake."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.texts import required
from saleor_plugins.platform.port import Asker

from .. import access, payloads, store
from ..models import Return


def reopen_return(asker: Asker, return_id: UUID, reason: str) -> Return:
    """Back to RECEIVING with all counters kept; missing units that nobody else has are awaited again.

    May be repeated. Raises PermissionDenied, Required (``reason``), NotFound (``id``), Conflict (``state``)
    unless it is CLOSED.
    """
    access.require_manager(asker)
    why = required(reason, field="reason")
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "reopen")
        desk.request.reopened += 1
        desk.request.save(update_fields=["reopened"])
        store.revive(desk)
        data = {"reason": why, "reopened": desk.request.reopened, "lines": payloads.of_changes(desk)}
        store.log(desk.request, "reopen", asker, data)
        emit("return.reopened", payloads.of_return(desk, **data))
    return desk.request
