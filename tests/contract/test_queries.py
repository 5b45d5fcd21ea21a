"""As many queries for a page of twenty as for a page of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.contract.steps import ship

ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
READS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "warehouses": lambda shop, orders: shop.warehouses(),
    "stocks": lambda shop, orders: shop.stocks([line.variant_id for row in orders for line in row.lines]),
    "orders_to_ship": lambda shop, orders: shop.orders_to_ship(),
    "order": lambda shop, orders: shop.order(orders[-1].id),
    "fulfillments": lambda shop, orders: shop.fulfillments(orders[-1].id),
    "allocations": lambda shop, orders: shop.allocations(orders[-1].id),
    "payments": lambda shop, orders: shop.payments(orders[-1].id),
    "variants": lambda shop, orders: shop.variants([line.variant_id for row in orders for line in row.lines]),
    "stocked_variants": lambda shop, orders: shop.stocked_variants(),
    "sales": lambda shop, orders: list(shop.sales(*ALWAYS)),
}


class TestConstantQueries:
    """reading in constant queries"""

    @pytest.mark.parametrize("read", READS)
    def test_constant(self, world: Any, read: str) -> None:
        """The number of queries does not grow with warehouses, orders, lines, parcels or payments."""
        if world.in_memory:
            pytest.skip("Memory has no queries.")
        counts = []
        orders: list[Any] = []
        for more in (1, 4):
            for _ in range(more):
                orders.append(self.grow(world, lines=1 + len(orders)))
            with queries() as found:
                assert READS[read](world.shop, orders)
            counts.append(len(found))
        assert counts[0] == counts[1] <= 6, found.captured_queries

    def grow(self, world: Any, lines: int) -> Any:
        """An order of `lines` lines, each promised from two warehouses and shipped in part."""
        a, b = world.make_warehouse(countries=["US", "DE"]), world.make_warehouse()
        variants = [
            world.make_variant(stock={a: 2, b: 5}, category=world.make_category()) for _ in range(lines)
        ]
        order = world.make_order([(variant, 4) for variant in variants])
        ship(world, order, a, 1)
        ship(world, order, b, 1)
        for _ in range(lines):
            world.make_payment(order, 100, refunded=50)
        return world.shop.order(order.id)


def queries() -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)
