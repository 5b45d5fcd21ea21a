"""Finish a return."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..domain.machines import ReturnState
from ..models import Return


def close_return(asker: Asker, return_id: UUID) -> Return:
    """Close; units that never arrived are missing, and free to be asked for again.

    What was paid in advance of units that never arrived is counted as kept. Raises NotFound (``id``),
    Conflict: nothing arrived and nothing is kept (``state``), units wait for inspection (NOT_INSPECTED) or
    for their money (NOT_REFUNDED).
    """
    with transaction.atomic():
        desk = store.open_return(return_id)
        nothing_came = desk.request.state == ReturnState.APPROVED
        store.move(desk.request, "close")
        if nothing_came and not any(line.kept for line in desk.request_lines):
            raise Conflict("Nothing arrived and nothing is kept: cancel it instead.", field="state")
        for line in desk.request_lines:
            store.save_buckets(line, store.buckets(line).close())
        missing = [payloads.of_line(line, line.missing) for line in desk.request_lines if line.missing]
        data = {"lines": payloads.of_changes(desk), "missing": missing}
        store.log(desk.request, "close", asker, data)
        emit("return.closed", payloads.of_return(desk, **data))
    return desk.request
