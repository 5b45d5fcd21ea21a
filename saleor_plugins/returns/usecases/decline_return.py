"""Say no to a request."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel.errors import Required
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..models import Return
from ..texts import clean


def decline_return(asker: Asker, return_id: UUID, reason: str) -> Return:
    """Decline with a reason; the units are free again.

    Raises Required (``reason``), NotFound (``id``), Conflict (``state``) unless it is REQUESTED.
    """
    why = clean(reason, field="reason")
    if not why:
        raise Required("Say why.", field="reason")
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "decline")
        store.release(desk)
        desk.request.decline_reason = why
        desk.request.save(update_fields=["decline_reason"])
        store.log(desk.request, "decline", asker, {"reason": why})
        lines = payloads.of_lines(desk.request_lines)
        emit("return.declined", payloads.of_return(desk, reason=why, lines=lines))
    return desk.request
