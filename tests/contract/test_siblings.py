"""`port.Exchanges.siblings`: what shoppers may choose instead of what they send back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.steps import GARBAGE, NOTHING, ship


def product(world: Any) -> tuple[Any, Any, Any]:
    """A warehouse and two variants of one product; another product beside them."""
    house = world.make_warehouse()
    small = world.make_variant(sku="S", price=2000, stock={house: 3})
    large = world.make_variant(sku="T", price=2500, stock={house: 1}, sibling_of=small)
    world.make_variant(price=100, stock={house: 5})
    return house, small, large


class TestSiblings:
    """`siblings`"""

    def test_of_the_product(self, world: Any) -> None:
        """All variants of the product and no others, itself too, with price and free stock."""
        _, small, large = product(world)
        found = world.shop.siblings(large.id)
        assert [(row.variant_id, row.name, row.price, row.free) for row in found] == [
            (small.id, "S", 2000, 3),
            (large.id, "T", 2500, 1),
        ]
        assert {row.currency for row in found} == {"USD"}
        assert world.shop.siblings(small.id) == found

    def test_promised_units(self, world: Any) -> None:
        """Units that are promised, or gone, are not free, and never below zero."""
        house, small, large = product(world)
        order = world.make_order([(small, 2), (large, 1)])
        assert [row.free for row in world.shop.siblings(small.id)] == [1, 0]
        line = next(i for i, each in enumerate(order.lines) if each.quantity == 2)
        ship(world, order, house, 2, line)
        assert [row.free for row in world.shop.siblings(small.id)] == [1, 0]

    def test_uncounted(self, world: Any) -> None:
        """Without stock to count there are as many as one likes."""
        endless = world.make_variant(tracks_stock=False)
        assert [row.free for row in world.shop.siblings(endless.id)] == [None]

    def test_gone(self, world: Any) -> None:
        """A variant, or a channel, that is gone has none."""
        _, small, _ = product(world)
        if world.channels and not world.in_memory:
            assert world.shop.siblings(small.id, channel="gone") == []
        for nothing in (NOTHING, *GARBAGE):
            assert world.shop.siblings(nothing) == []

    def test_constant_queries(self, world: Any) -> None:
        """Ten variants cost no more queries than two."""
        if world.in_memory:
            pytest.skip("Memory has no queries.")
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        house, small, _ = product(world)
        counts = []
        for more in (0, 8):
            for number in range(more):
                world.make_variant(sku=f"X{number}", stock={house: 1}, sibling_of=small)
            with CaptureQueriesContext(connection) as seen:
                assert len(world.shop.siblings(small.id)) == 2 + more
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 8
