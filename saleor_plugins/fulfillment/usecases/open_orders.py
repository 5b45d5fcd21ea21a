"""Which orders are routed at all, and when."""

from __future__ import annotations

from ...kernel.errors import Conflict
from ...platform.port import Order, OrderStatus
from .. import config

OPEN = frozenset({OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED, OrderStatus.PARTIALLY_RETURNED})
OVER = frozenset({OrderStatus.CANCELED, OrderStatus.EXPIRED})


def waiting_for(order: Order, route_when: str) -> str:
    """Why the order is not routed yet by itself: "NOT_OPEN", "NOT_PAID", or "" when it is due."""
    if order.status not in OPEN:
        return "NOT_OPEN"
    return "NOT_PAID" if route_when == config.WHEN_PAID and not order.is_paid else ""


def refuse_closed(order: Order) -> None:
    """Raise Conflict (``orderId``) when nothing of the order is left to ship."""
    if order.status not in OPEN:
        raise Conflict(f"The order is {order.status.value}: nothing of it can be routed.", field="orderId")
