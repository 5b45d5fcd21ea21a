"""Cancel an order: what has not arrived is no longer expected."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Invalid
from ..models import PurchaseOrder
from ..store import orders
from .describe import describe

MAX_REASON = 500


def cancel_order(order_id: UUID, *, reason: str = "", by: str = "") -> PurchaseOrder:
    """Cancel what is still to come; units that arrived stay booked.

    Raises NotFound (field ``id``), Conflict when it is received or cancelled, Invalid (``reason``).
    """
    if len(reason) > MAX_REASON:
        raise Invalid(f"Must be at most {MAX_REASON} characters.", field="reason")
    with transaction.atomic():
        order = orders.lock(order_id)
        orders.move(order, "cancel", closed_at=clock.now(), closed_by=by, reason=reason)
        orders.close_lines(order)
        emit("purchase_order.canceled", describe(order, orders.lines_of(order)))
    return order
