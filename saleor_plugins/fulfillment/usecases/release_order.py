"""Release a held order: it is routed anew."""

from __future__ import annotations

from django.db import transaction

from ...delivery import emit
from ...kernel.errors import Conflict, InsufficientStock
from ...platform import shop
from .. import store
from ..domain.life import loop
from ..models import Hold
from ..topics import ORDER_SEEN
from .commit_decision import Trigger
from .hold_order import payload
from .route_order import Routed, route_order


def release_order(order_id: str, *, by: str = "") -> tuple[Hold, Routed | None]:
    """End the order's hold and route it with what is there now.

    No routing when every attempt lost its race for stock: a worker goes on. Raises NotFound
    (``orderId``), Conflict (``orderId``, NOT_HELD).
    """
    with transaction.atomic():
        order = shop().order(order_id, lock=True)
        hold = store.held(order_id)
        if hold is None or not store.release_hold(hold, by=by):
            raise Conflict("The order is not held.", field="orderId", code="NOT_HELD")
        emit("order.released", payload(order, hold))
        shop().add_note(order, "Released: it is routed again.")
        emit(ORDER_SEEN, {"orderId": order_id})
        try:
            with transaction.atomic():
                routed = route_order(order_id, trigger=Trigger.REROUTE, by=by, why=loop.RELEASED)
        except InsufficientStock:
            return hold, None
        return hold, routed
