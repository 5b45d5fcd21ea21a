"""Approve a draft: from now on the supplier owes it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Invalid
from ...platform import shop
from ..domain.order import tolerance
from ..models import PurchaseOrder, PurchaseOrderLine
from ..settings import values
from ..store import orders
from .describe import describe


def approve_order(order_id: UUID, *, by: str = "") -> PurchaseOrder:
    """Approve the order as it stands.

    Raises NotFound (field ``id``), Conflict unless it is a draft, Invalid (``id``) when its supplier is
    switched off or Saleor no longer has its warehouse or one of its variants.
    """
    percent = values()["over_receipt_percent"]
    with transaction.atomic():
        order = orders.lock(order_id)
        orders.move(order, "approve", approved_at=clock.now(), approved_by=by)
        lines = orders.lines_of(order)
        _check(order, lines)
        for line in lines:
            line.draft, line.since = False, order.approved_at
            line.tolerance = tolerance(line.ordered, percent)
        orders.save_lines(lines, ["tolerance", "draft", "since"])
        emit("purchase_order.approved", describe(order, lines))
    return order


def _check(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    if not order.supplier.active:
        raise Invalid("Its supplier is switched off.", field="id")
    if order.warehouse_id not in {house.id for house in shop().warehouses()}:
        raise Invalid("Saleor no longer has its warehouse.", field="id")
    known = {variant.id for variant in shop().variants([line.variant_id for line in lines])}
    if gone := [line.sku or line.variant_id for line in lines if line.variant_id not in known]:
        raise Invalid(f"Saleor no longer has {', '.join(gone)}: remove the line.", field="id")
