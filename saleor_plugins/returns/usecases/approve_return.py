"""Let the goods of a return come back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..models import Return
from ..store import Desk


def approve_return(asker: Asker, return_id: UUID) -> Return:
    """Approve. Raises NotFound (``id``) and Conflict (``state``) unless it is REQUESTED."""
    with transaction.atomic():
        desk = store.open_return(return_id)
        approve(desk, asker)
    return desk.request


def approve(desk: Desk, asker: Asker) -> None:
    """Approve inside the caller's transaction."""
    store.move(desk.request, "approve")
    for line in desk.request_lines:
        store.save_buckets(line, store.buckets(line).approve())
    store.log(desk.request, "approve", asker, {})
    emit("return.approved", payloads.of_return(desk, lines=payloads.of_lines(desk.request_lines)))
