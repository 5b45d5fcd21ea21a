"""Ship a transfer: its units leave the source's stock, once for each reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ..domain.transfer import Shipping, check_shipping
from ..models import TransferHandling
from ..store import transfers
from .approve_transfer import expected_day
from .transfers import (
    as_lines,
    checked_reference,
    describe,
    known,
    locked_free,
    move_units,
    new_handling,
)


def ship_transfer(
    transfer_id: UUID,
    reference: str,
    shippings: Sequence[Shipping] | None = None,
    *,
    only_free: bool = False,
    by: str = "",
) -> TransferHandling:
    """Take `shippings` (None: all as planned) off the source's stock; the rest of the plan is not owed.

    Units promised to orders or held by checkouts stay: a line that is not free any more is refused, or with
    `only_free` ships what is. The same reference again answers the first handling and moves nothing.
    Raises Required or Invalid (``reference``), KeyReused when it was used for other lines, NotFound (``id``),
    and what `check_shipping` refuses.
    """
    reference = checked_reference(reference)
    lines = None if shippings is None else sorted(map(asdict, shippings), key=lambda row: row["line_id"])
    asked = {"lines": lines, "only_free": only_free}
    with transaction.atomic():
        transfer = transfers.lock(transfer_id)
        if before := known(transfer, TransferHandling.SHIP, reference, asked):
            return before
        rows = {str(row.pk): row for row in transfers.lines_of(transfer)}
        before_lines = as_lines(list(rows.values()))
        free = locked_free(list(rows.values()), transfer.source_id)
        _, after = check_shipping(transfer.state, before_lines, shippings, free, only_free=only_free)
        for line in after:
            rows[line.id].shipped, rows[line.id].open = line.shipped, line.shipped > 0
        handling = new_handling(transfer, TransferHandling.SHIP, reference, asked, by)
        named = {row.line_id: index for index, row in enumerate(shippings or ())}
        left = [(named.get(key, i), rows[key], -rows[key].shipped) for i, key in enumerate(rows)]
        move_units(handling, [row for row in left if row[2]], transfer.source_id)
        transfers.save_lines(list(rows.values()), ["shipped", "open"])
        # What leaves later than planned arrives later.
        days = [day for day in (transfer.expected_on, expected_day(transfer)) if day]
        transfers.move(transfer, "ship", expected_on=max(days, default=None))
        emit("transfer.shipped", describe(transfer, list(rows.values())))
    return handling
