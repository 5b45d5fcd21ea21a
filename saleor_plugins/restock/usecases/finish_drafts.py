"""After a run: drafts too small for their supplier are flagged, small ones without a flag approved."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel.ids import to_global
from ..domain.explain import Words
from ..domain.explain.flags import below_minimum
from ..domain.order import DRAFT
from ..domain.rule import Flag, with_flag
from ..models import PurchaseOrder, PurchaseOrderLine, Supplier
from ..settings import values
from ..store import orders, suggestions, transfers
from .approve_order import approve_order
from .assess import Run


def finish_drafts(order_ids: Iterable[UUID], run: Run) -> tuple[UUID, ...]:
    """Look at each draft as a whole and tell the world of it, once; answers those that are still there.

    Below the limit of its currency a draft is approved at once, if nobody has to look at it first: no
    suggestion of it has a flag, and no line was written by a person.
    """
    limits: dict[str, int] = values()["auto_approve"]
    return tuple(order_id for order_id in sorted(order_ids) if _finish(order_id, run, limits))


def _finish(order_id: UUID, run: Run, limits: dict[str, int]) -> bool:
    with transaction.atomic():
        order = orders.lock(order_id)
        lines = orders.lines_of(order)
        if order.state == DRAFT and lines:
            data = {"purchaseOrderId": to_global("PurchaseOrder", order.pk), "number": order.number}
            emit("purchase_order.proposed", data, key=str(order.pk))
            total = sum(line.ordered * line.price for line in lines)
            small = _flag_small(order, total, run)
            if not small and total < limits.get(order.currency, 0) and _plain(order, lines):
                approve_order(order.pk)
        return order.state == DRAFT and bool(lines)


def _plain(order: PurchaseOrder, lines: list[PurchaseOrderLine]) -> bool:
    """Whether the run alone made the order, and nothing in it is unusual."""
    rows = suggestions.of_order(order)
    carried = {row.line_id for row in rows}
    return all(line.pk in carried and not line.by_hand for line in lines) and not any(
        row.flags for row in rows
    )


def _flag_small(order: PurchaseOrder, total: int, run: Run) -> bool:
    """Whether the order is below its supplier's minimum; its suggestions say so then."""
    supplier: Supplier = order.supplier
    if not supplier.minimum:
        return False
    least = run.rates.convert(supplier.minimum, supplier.minimum_currency, order.currency)
    if least is not None and total >= least:
        return False
    words = Words(run.policy, order.currency, {})
    minimum = words.money(supplier.minimum, supplier.minimum_currency)
    rows = [row for row in suggestions.of_order(order) if Flag.BELOW_SUPPLIER_MINIMUM not in row.flags]
    for row in rows:
        row.flags = with_flag(row.flags, Flag.BELOW_SUPPLIER_MINIMUM)
        row.explanation = [*row.explanation, below_minimum(supplier.name, words.money(total), minimum)]
    suggestions.save(rows, ["flags", "explanation"])
    return True


def tell_transfers(transfer_ids: Iterable[UUID]) -> tuple[UUID, ...]:
    """Tell the world of draft transfers, once each; answers those that are still drafts."""
    with transaction.atomic():
        wanted = set(transfer_ids)
        rows = [row for row in transfers.drafts().values() if row.pk in wanted]
        for row in rows:
            data = {"transferId": to_global("Transfer", row.pk), "number": row.number}
            emit("transfer.proposed", data, key=str(row.pk))
    return tuple(row.pk for row in rows)
