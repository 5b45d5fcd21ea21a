"""Close an order short: what has not come will not come, and is noted."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Invalid
from ..domain.order import MACHINE
from ..models import Discrepancy, PurchaseOrder
from ..store import orders, receipts
from .cancel_order import MAX_REASON
from .describe import describe


def close_order(order_id: UUID, *, reason: str = "", by: str = "") -> PurchaseOrder:
    """Take a partly received order as received; a discrepancy says what is missing of each line.

    Raises NotFound (field ``id``), Conflict in other states, Invalid (``reason``).
    """
    if len(reason) > MAX_REASON:
        raise Invalid(f"Must be at most {MAX_REASON} characters.", field="reason")
    with transaction.atomic():
        order = orders.lock(order_id)
        MACHINE.target(order.state, "close short")
        rows = orders.lines_of(order)
        at = clock.now()
        receipts.note(
            Discrepancy(
                order=order,
                line=row,
                kind="SHORT",
                variant_id=row.variant_id,
                sku=row.sku,
                quantity=row.ordered - row.received,
                note=reason,
                at=at,
            )
            for row in rows
            if row.open
        )
        orders.move(order, "close short", closed_at=at, closed_by=by, reason=reason)
        orders.close_lines(order)
        emit("purchase_order.received", describe(order, orders.lines_of(order)))
    return order
