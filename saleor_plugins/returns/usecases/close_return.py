"""Finish a return."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..models import Return


def close_return(asker: Asker, return_id: UUID) -> Return:
    """Close; units that never arrived are missing, and free to be asked for again.

    Raises NotFound (``id``), Conflict: nothing arrived yet (``state``), units wait for inspection
    (NOT_INSPECTED) or for their money (NOT_REFUNDED).
    """
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "close")
        for line in desk.request_lines:
            store.save_buckets(line, store.buckets(line).close())
        missing = [payloads.of_line(line, line.missing) for line in desk.request_lines if line.missing]
        store.log(desk.request, "close", asker, {"missing": missing})
        lines = payloads.of_lines(desk.request_lines)
        emit("return.closed", payloads.of_return(desk, lines=lines, missing=missing))
    return desk.request
