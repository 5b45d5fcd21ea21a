"""Receive a transfer: its units enter the target's stock, once for each reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...platform import shop
from ..domain.transfer import RECEIVED, Arrival, check_arrivals
from ..models import TransferHandling
from ..store import transfers
from .suppliers import check_warehouse
from .transfers import (
    MAX_NOTE,
    as_lines,
    checked_reference,
    checked_text,
    describe,
    known,
    move_units,
    new_handling,
    tell_stock,
)


def receive_transfer(
    transfer_id: UUID,
    reference: str,
    arrivals: Sequence[Arrival],
    *,
    note: str = "",
    warehouse_id: str | None = None,
    by: str = "",
) -> TransferHandling:
    """Book `arrivals` under `reference`; lost units are written off and need a `note`.

    Goods that came back, or whose target is gone, are booked where they are: `warehouse_id`. The same
    reference again answers the first handling and moves nothing. Raises Required or Invalid
    (``reference``, ``note``), KeyReused when it was used for other lines, NotFound (``id``, ``warehouseId``),
    and what `check_arrivals` refuses.
    """
    reference, note = checked_reference(reference), checked_text(note.strip(), MAX_NOTE, "note")
    lines = sorted((asdict(arrival) for arrival in arrivals), key=lambda row: row["line_id"])
    asked = {"lines": lines, "note": note, "warehouse_id": warehouse_id}
    with transaction.atomic():
        transfer = transfers.lock(transfer_id)
        if before := known(transfer, TransferHandling.RECEIVE, reference, asked):
            return before
        check_warehouse(warehouse_id)
        rows = {str(row.pk): row for row in transfers.lines_of(transfer)}
        before_lines = as_lines(list(rows.values()))
        state, after = check_arrivals(transfer.state, before_lines, arrivals, note=note)
        shop().stocks({row.variant_id for row in rows.values()}, lock=True)
        handling = new_handling(transfer, TransferHandling.RECEIVE, reference, asked, by)
        came = [(i, rows[row.line_id], row.quantity) for i, row in enumerate(arrivals) if row.quantity]
        movements = move_units(handling, came, warehouse_id or transfer.target_id)
        for line in after:
            row = rows[line.id]
            row.received, row.lost, row.open = line.received, line.lost, line.missing > 0
        transfers.save_lines(list(rows.values()), ["received", "lost", "open"])
        if state == RECEIVED:
            transfers.move(transfer, "receive all", closed_at=clock.now(), closed_by=by)
        else:
            transfers.move(transfer, "receive part")
        tell_stock(transfer, handling, movements)
        if state == RECEIVED:
            emit("transfer.received", describe(transfer, list(rows.values())))
    return handling
