"""Remember the day of an order that changed, so that its demand is read again."""

from __future__ import annotations

from ...kernel.clock import day_of
from ...kernel.errors import NotFound
from ...platform import shop
from ..store import demand as store


def note_order(order_id: str) -> None:
    """Note the shop day on which the order was placed; an order that is gone needs nothing."""
    try:
        order = shop().order(order_id)
    except NotFound:
        return
    store.note_changed(day_of(order.created, shop().time_zone()))
