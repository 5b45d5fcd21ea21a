"""Purchase orders, their lines, and what arrived."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from ...kernel import clock
from ...kernel.errors import Conflict, NotFound
from ..domain import order as rules
from ..domain.supplier import Terms
from ..models import Discrepancy, PurchaseOrder, PurchaseOrderLine

Pair = tuple[str, str]


def all_orders() -> QuerySet[PurchaseOrder]:
    """All orders with their suppliers."""
    return PurchaseOrder.objects.select_related("supplier")


def with_lines() -> QuerySet[PurchaseOrder]:
    """All orders with suppliers, lines, receipts and discrepancies, in a constant number of queries."""
    return all_orders().prefetch_related("lines__order", "receipts", "discrepancies")


def lock(order_id: UUID) -> PurchaseOrder:
    """The order, its row held for the transaction. Raises NotFound (field ``id``)."""
    order = PurchaseOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such purchase order.", field="id")
    return order


def move(order: PurchaseOrder, verb: str, **values: Any) -> None:
    """Take the order through its state machine, `values` with it. Raises Conflict when another was faster."""
    target = rules.MACHINE.target(order.state, verb)
    seen = PurchaseOrder.objects.filter(pk=order.pk, state=order.state)
    if seen.update(state=target, **values) != 1:
        raise Conflict("The order was changed meanwhile.", field="state")
    order.state = target
    for name, value in values.items():
        setattr(order, name, value)


def expect(order: PurchaseOrder, on: date | None) -> None:
    """Note the day on which the order is expected."""
    order.expected_on = on
    PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=on)


def lines_of(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    """The order's lines, oldest first."""
    return list(order.lines.order_by("id"))


def save_lines(lines: Sequence[PurchaseOrderLine], fields: Sequence[str]) -> None:
    """Store `fields` of the lines."""
    PurchaseOrderLine.objects.bulk_update(lines, fields)


def close_lines(order: PurchaseOrder) -> None:
    """The supplier owes nothing of this order any more."""
    order.lines.update(open=False, draft=False)


def lock_open(variant_ids: Collection[str]) -> dict[Pair, list[PurchaseOrderLine]]:
    """Open lines of the variants by (variant, warehouse), their orders and all drafts held.

    Two queries: the orders first, in id order, so that a receipt or an approval is either wholly
    seen or waits.
    """
    wanted = PurchaseOrderLine.objects.filter(open=True, variant_id__in=variant_ids)
    held = PurchaseOrder.objects.select_for_update().order_by("id")
    list(held.filter(Q(pk__in=wanted.values("order_id")) | Q(state=rules.DRAFT)).values_list("pk"))
    found: dict[Pair, list[PurchaseOrderLine]] = {}
    for line in wanted.select_related("order").order_by("id"):
        found.setdefault((line.variant_id, line.warehouse_id), []).append(line)
    return found


def drafts() -> dict[tuple[str, str, str], PurchaseOrder]:
    """Draft orders by (supplier, warehouse, currency)."""
    rows = PurchaseOrder.objects.filter(state=rules.DRAFT)
    return {(str(row.supplier_id), row.warehouse_id, row.currency): row for row in rows}


def new_draft(terms: Terms, warehouse_id: str) -> PurchaseOrder:
    """A draft for the supplier of `terms`, with the next number."""
    return _new(UUID(terms.supplier_id), warehouse_id, terms.currency)


def open_draft(supplier_id: UUID, warehouse_id: str, currency: str) -> PurchaseOrder:
    """The draft for them, its row held for the transaction; a new one if there is none."""
    where = {"supplier_id": supplier_id, "warehouse_id": warehouse_id, "currency": currency}
    rows = PurchaseOrder.objects.select_for_update().filter(state=rules.DRAFT, **where)
    return rows.first() or _new(supplier_id, warehouse_id, currency)


def _new(supplier_id: UUID, warehouse_id: str, currency: str) -> PurchaseOrder:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ops_restock_po_number')")
        (number,) = cursor.fetchone()
    return PurchaseOrder.objects.create(
        number=number,
        supplier_id=supplier_id,
        warehouse_id=warehouse_id,
        currency=currency,
        created=clock.now(),
    )


def draft_lines(variant_ids: Collection[str], warehouse_id: str) -> dict[str, PurchaseOrderLine]:
    """The draft line of each variant in a warehouse, whichever draft it is in."""
    rows = PurchaseOrderLine.objects.filter(draft=True, variant_id__in=variant_ids, warehouse_id=warehouse_id)
    return {row.variant_id: row for row in rows.select_related("order")}


def add_lines(lines: Sequence[PurchaseOrderLine]) -> None:
    """Store new lines."""
    PurchaseOrderLine.objects.bulk_create(lines)


def drop_lines(lines: Iterable[PurchaseOrderLine]) -> None:
    """Forget lines of drafts, and withdraw the drafts that have none left."""
    if ids := [line.pk for line in lines]:
        PurchaseOrderLine.objects.filter(pk__in=ids, order__state=rules.DRAFT).delete()
    for order in PurchaseOrder.objects.filter(state=rules.DRAFT, lines__isnull=True):
        move(order, "withdraw", closed_at=clock.now(), reason="The need is gone.")


def delete_lines(lines: Iterable[PurchaseOrderLine]) -> None:
    """Forget lines that no goods came for."""
    PurchaseOrderLine.objects.filter(pk__in=[line.pk for line in lines]).delete()


def with_history(lines: Sequence[PurchaseOrderLine]) -> list[PurchaseOrderLine]:
    """Those of the lines that something was booked for."""
    named = Discrepancy.objects.filter(line__in=[line.pk for line in lines]).values_list("line_id", flat=True)
    odd = set(named) if lines else set()
    return [line for line in lines if line.received or line.pk in odd]
