"""Walking many orders in flat memory."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def multiply(world: Any, order: Any, times: int, before: int) -> None:
    """So many more orders like this one, with lines of their own."""
    orders, lines = world.model("order.Order").objects, world.model("order.OrderLine").objects
    row = orders.get(pk=_key(order.id))
    made = []
    for n in range(times):
        other = copy(row)
        if world.channels:
            other.pk, other.number = uuid4(), 1_000_000 + before + n
        else:
            other.pk, other.token = None, str(uuid4())
        made.append(other)
    orders.bulk_create(made)
    copies = []
    for other in made:
        for line in row.lines.all():
            mine = copy(line)
            mine.pk, mine.order_id = uuid4() if world.channels else None, other.pk
            copies.append(mine)
    lines.bulk_create(copies)


def _key(global_id: str) -> str:
    from saleor_plugins.kernel.ids import from_global

    return from_global(global_id, "Order")


def pages(shop: Any) -> Iterator[Any]:
    """Every order to ship, page by page."""
    after = None
    while page := shop.orders_to_ship(after=after, limit=50):
        yield from page
        after = page[-1].id


WALKS: dict[str, Callable[[Any], Iterator[Any]]] = {
    "orders_to_ship": pages,
    "orders": lambda shop: shop.orders(*ALWAYS),
}


def count_all(rows: Iterator[Any]) -> int:
    """How many; Django's queries leave cycles behind, and when those are collected must not be chance."""
    count = 0
    for count, _ in enumerate(rows, 1):
        if count % 50 == 0:
            gc.collect()
    return count


class TestMany:
    """walking many orders"""

    @pytest.mark.parametrize("walk", WALKS)
    def test_flat(self, world: Any, walk: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every order once, and ten times as many take no more memory at a time."""
        if world.in_memory:
            pytest.skip("Memory holds them all.")
        monkeypatch.setattr("saleor_plugins.platform.orm.reads.PIECE", 50)
        order = world.make_order([(world.make_variant(), 1) for _ in range(3)], allocate=False)
        peaks, count = [], 0
        for more in (99, 900):
            multiply(world, order, more, count)
            count += more
            list(zip(range(60), WALKS[walk](world.shop), strict=False))  # what is loaded once
            tracemalloc.start()
            found = count_all(WALKS[walk](world.shop))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert found == count + 1
        assert peaks[1] < peaks[0] * 1.3, peaks
