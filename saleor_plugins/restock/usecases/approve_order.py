"""Approve a draft: from now on the supplier owes it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ..domain.order import tolerance
from ..models import PurchaseOrder
from ..settings import values
from ..store import orders
from .describe import describe


def approve_order(order_id: UUID, *, by: str = "") -> PurchaseOrder:
    """Approve the order as it stands. Raises NotFound (field ``id``), Conflict unless it is a draft."""
    percent = values()["over_receipt_percent"]
    with transaction.atomic():
        order = orders.lock(order_id)
        orders.move(order, "approve", approved_at=clock.now(), approved_by=by)
        lines = orders.lines_of(order)
        for line in lines:
            line.draft, line.since = False, order.approved_at
            line.tolerance = tolerance(line.ordered, percent)
        orders.save_lines(lines, ["tolerance", "draft", "since"])
        emit("purchase_order.approved", describe(order, lines))
    return order
