"""Change what a supplier owes: the order's next revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Required
from ..domain.order import PARTLY_RECEIVED, tolerance
from ..domain.supplier import Terms
from ..models import PurchaseOrder, PurchaseOrderLine
from ..settings import values
from ..store import orders
from .describe import describe
from .order_lines import Goods, fill


def amend(
    order: PurchaseOrder,
    rows: Sequence[PurchaseOrderLine],
    changed: Sequence[PurchaseOrderLine],
    removed: Sequence[PurchaseOrderLine],
    new: Sequence[Goods],
    terms: Mapping[str, Terms],
    by: str,
) -> None:
    """Store a revision of an order that is owed, locked and checked; nothing changed is no revision.

    A removed line that goods came for stays with what came. Raises Required (``lines``) when nothing of
    the order would be left.
    """
    if not (changed or removed or new):
        return
    percent = values()["over_receipt_percent"]
    added = [_firm(fill(None, order, goods, terms.get(goods.variant.id)), percent) for goods in new]
    for row in changed:
        # What came within an older tolerance stays right.
        row.tolerance = max(tolerance(row.ordered, percent), row.received - row.ordered)
        row.open = row.received < row.ordered
    kept = orders.with_history(removed)
    for row in removed:
        row.open, row.ordered = False, row.received or row.ordered
    left = [row for row in rows if row not in removed] + added
    if not any(row.open for row in left) and not any(row.received for row in rows):
        raise Required("Nothing of the order would be left: cancel it instead.", field="lines")
    orders.save_lines([*changed, *kept], ["ordered", "price", "tolerance", "open"])
    orders.delete_lines([row for row in removed if row not in kept])
    orders.add_lines(added)
    _revise(order, owed=any(row.open for row in left), by=by)


def _firm(line: PurchaseOrderLine, percent: int) -> PurchaseOrderLine:
    line.draft, line.since = False, clock.now()
    line.tolerance = tolerance(line.ordered, percent)
    return line


def _revise(order: PurchaseOrder, *, owed: bool, by: str) -> None:
    revision = order.revision + 1
    if not owed:
        closed = {"closed_at": clock.now(), "closed_by": by}
        orders.move(order, "close short", revision=revision, **closed)
    elif order.state == PARTLY_RECEIVED:
        orders.move(order, "amend the rest", revision=revision)
    else:
        orders.move(order, "amend", revision=revision)
    told = describe(order, orders.lines_of(order))
    emit("purchase_order.amended", told)
    if not owed:
        emit("purchase_order.received", told)
