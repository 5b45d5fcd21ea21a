"""As many queries for a page of twenty as for a page of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
    "prices": lambda shop, orders: shop.prices([line.variant_id for row in orders for line in row.lines]),
    "stocked_variants": lambda shop, orders: shop.stocked_variants(),
    "orders": lambda shop, orders: list(shop.orders(*ALWAYS)),
    "allocations_of": lambda shop, orders: shop.allocations_of([row.id for row in orders]),
    "sales": lambda shop, orders: list(shop.sales(*ALWAYS)),
}

# Queries of a step of routing, on 2.10 and on 3.x, which also asks what waits with parcels, as this order is
# shipped in part. `allocate` and `many` set and release a savepoint too.
QUERIES = {
    "order": (2, 2),
    "stocks": (2, 2),
    "allocations": (1, 1),
    "warehouses": (1, 1),
    "write": (1, 2),
    "stay": (0, 1),
    "note": (2, 2),
    "note, locked": (1, 1),
    "allocate": (9, 10),
    "many": (8, 9),
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

    @pytest.mark.parametrize("step", QUERIES)
    def test_numbers(self, world: Any, step: str) -> None:
        """What routing asks of the shop, query by query; locks, counts and writes each in one."""
        if world.in_memory:
            pytest.skip("Memory has no queries.")
        a, b = world.make_warehouse(), world.make_warehouse()
        variants = [world.make_variant(stock={a: 50, b: 50}) for _ in range(3)]
        orders = [world.make_order([(row, 4) for row in variants], allocate={a: 3}) for _ in range(2)]
        ship(world, orders[0], a, 1)
        shop, order = world.shop, world.shop.order(orders[0].id)
        ids = [row.id for row in variants]
        with world.transaction():
            stocks = shop.stocks(ids, lock=True)
            held = shop.allocations(order.id)
            more = [replace(row, quantity=row.quantity + 1) for row in held]
            steps: dict[str, Callable[[], Any]] = {
                "order": lambda: shop.order(order.id, lock=True),
                "stocks": lambda: shop.stocks(ids, lock=True),
                "allocations": lambda: shop.allocations(order.id),
                "warehouses": shop.warehouses,
                "write": lambda: shop.allocate_under_lock(order, more, stocks=stocks, held=held),
                "stay": lambda: shop.allocate_under_lock(order, held, stocks=stocks, held=held),
                "note": lambda: shop.add_note(order.id, "Routed."),
                "note, locked": lambda: shop.add_note(order, "Routed."),
                "allocate": lambda: shop.allocate(order.id, more),
                "many": lambda: shop.allocate_many({row.id: [] for row in orders}),
            }
            with queries() as found:
                steps[step]()
        expected = QUERIES[step]
        assert len(found) == (expected[1] if world.channels else expected[0]), found.captured_queries

    def test_cards_and_vouchers(self, world: Any) -> None:
        """Nor with orders that gift cards or vouchers for products paid less with."""
        if world.in_memory:
            pytest.skip("Memory has no queries.")
        counts = []
        for more in (1, 4):
            for _ in range(more):
                order = world.make_order([(world.make_variant(price=900), 1)] * 1, allocate=False)
                world.use_gift_card(order, world.make_gift_card(300), 300)
                if not world.channels:
                    code = world.make_voucher("specific_product", 100)
                    voucher = world.model("discount.Voucher").objects.get(code=code)
                    world.model("order.Order").objects.filter(pk=order.number).update(voucher=voucher)
            with queries() as found:
                list(world.shop.orders(*ALWAYS))
            counts.append(len(found))
        assert counts[0] == counts[1] <= 9, found.captured_queries

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
