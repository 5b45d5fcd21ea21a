"""Cancel a transfer that has not left: its source's units are free again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ..models import Transfer
from ..store import transfers
from .transfers import MAX_NOTE, checked_text, describe


def cancel_transfer(transfer_id: UUID, *, reason: str = "", by: str = "") -> Transfer:
    """Cancel it. Raises NotFound (``id``), Conflict once it was shipped, Invalid (``reason``)."""
    checked_text(reason, MAX_NOTE, "reason")
    with transaction.atomic():
        transfer = transfers.lock(transfer_id)
        transfers.move(transfer, "cancel", closed_at=clock.now(), closed_by=by, reason=reason)
        transfers.close_lines(transfer)
        emit("transfer.canceled", describe(transfer, transfers.lines_of(transfer)))
    return transfer
