"""Change the lines of an order: a draft freely, what the supplier owes as a new revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Conflict
from ..domain.edits import Edit, check_edits
from ..domain.order import DRAFT, MACHINE
from ..domain.supplier import Terms
from ..models import PurchaseOrder, PurchaseOrderLine
from ..store import locks, orders
from .amend_order import amend
from .amounts import amount_of
from .describe import describe
from .order_lines import Goods, Wanted, find_goods, put_into_draft, repriced, terms_of
from .receive_lines import as_line


@dataclass
class Changes:
    """What an edit comes to: rows changed in place, rows to remove, goods that are new."""

    changed: list[PurchaseOrderLine] = field(default_factory=list)
    removed: list[PurchaseOrderLine] = field(default_factory=list)
    new: list[Goods] = field(default_factory=list)


def edit_order(
    order_id: UUID, edits: Sequence[Edit], *, revision: int | None = None, by: str = ""
) -> PurchaseOrder:
    """Change lines of the order; with `revision` only if it is still at that one.

    Lines of a draft are a person's from then on, and no run changes them; a draft without any left is
    cancelled. Of an order that is owed the supplier is told a new revision, and nothing goes below what has
    arrived. Raises NotFound (``id``), Conflict (``revision``, or ``state`` when the order is
    finished), and what `check_edits`, `find_goods` and `price` refuse.
    """
    with transaction.atomic():
        locks.take("suggest")
        order = orders.lock(order_id)
        if revision is not None and revision != order.revision:
            raise Conflict(f"The order is at revision {order.revision} by now.", field="revision")
        if order.state != DRAFT and not MACHINE.allows(order.state, "amend the rest"):
            MACHINE.target(order.state, "amend")
        rows = orders.lines_of(order)
        check_edits([as_line(row) for row in rows], edits)
        terms = terms_of(order.supplier_id, {row.variant_id for row in rows} | {e.variant_id for e in edits})
        changes = _changes(order, rows, edits, terms)
        if order.state == DRAFT:
            _edit_draft(order, changes, terms, by)
        else:
            amend(order, rows, changes.changed, changes.removed, changes.new, terms, by)
    return order


def _changes(
    order: PurchaseOrder, rows: Sequence[PurchaseOrderLine], edits: Sequence[Edit], terms: Mapping[str, Terms]
) -> Changes:
    by_id = {str(row.pk): row for row in rows}
    found = Changes()
    wanted = []
    for index, edit in enumerate(edits):
        row = by_id.get(edit.line_id)
        if row is None:
            wanted.append((index, Wanted(edit.variant_id, edit.quantity or 0, edit.price)))
        elif edit.remove:
            found.removed.append(row)
        else:
            found.changed += _changed(row, edit, index, terms, order.currency)
    found.new = find_goods(wanted) if wanted else []
    return found


def _changed(
    row: PurchaseOrderLine, edit: Edit, index: int, terms: Mapping[str, Terms], currency: str
) -> list[PurchaseOrderLine]:
    """The row with its new numbers; none when they are the old ones."""
    before = row.ordered, row.price, row.by_hand or not row.draft
    quantity = row.ordered if edit.quantity is None else edit.quantity
    if edit.price is not None:
        row.price = amount_of(edit.price, currency, f"lines.{index}.price")
    else:
        row.price = repriced(row, quantity, terms.get(row.variant_id), currency)
    reopened = not row.draft and not row.open and row.received < quantity
    row.ordered = quantity
    return [row] if reopened or before != (row.ordered, row.price, True) else []


def _edit_draft(order: PurchaseOrder, changes: Changes, terms: Mapping[str, Terms], by: str) -> None:
    for row in changes.changed:
        row.by_hand = True
    orders.save_lines(changes.changed, ["ordered", "price", "by_hand"])
    orders.delete_lines(changes.removed)
    if changes.new:
        put_into_draft(order, changes.new, terms)
    if not order.lines.exists():
        reason = "Its last line was removed."
        orders.move(order, "cancel", closed_at=clock.now(), closed_by=by, reason=reason)
        emit("purchase_order.canceled", describe(order, []))
