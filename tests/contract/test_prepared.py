"""Queries that are compiled once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.contract.steps import held


class TestPrepared:
    """queries that are compiled once"""

    def test_other_parameters(self, world: Any) -> None:
        """The second run answers what was asked then, not what was asked first."""
        a = world.make_warehouse()
        one, two = (world.make_variant(stock={a: units}) for units in (3, 7))
        for _ in range(2):
            assert [row.on_hand for row in world.shop.stocks([one.id])] == [3]
            assert [row.on_hand for row in world.shop.stocks([two.id])] == [7]
            assert len(world.shop.stocks([one.id, two.id])) == 2
            assert world.shop.stocks([]) == []
        orders = [world.make_order([(row, 2)]) for row in (one, two)]
        assert [world.shop.order(row.id) for row in orders] == orders
        assert held(world, orders[1]) == {a.id: 2}
        assert [row.id for row in world.shop.warehouses()] == [a.id]
        b = world.make_warehouse()
        assert {row.id for row in world.shop.warehouses()} == {a.id, b.id}

    def test_locks_need_a_transaction(self, committed: Any) -> None:
        """A lock outside of a transaction is refused, the second time too."""
        world = committed
        if world.in_memory:
            pytest.skip("Memory locks by itself.")
        from django.db.transaction import TransactionManagementError

        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        with world.transaction():
            world.shop.order(order.id, lock=True)
        for _ in range(2):
            with pytest.raises(TransactionManagementError):
                world.shop.order(order.id, lock=True)

    def test_other_threads(self, committed: Any) -> None:
        """A query that one thread compiled is run by others on their own connections."""
        world = committed
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 3}, weight_grams=250, metadata={"care": "cold"})
        order = world.make_order([(variant, 1)])
        found: list[Any] = []

        def read() -> None:
            from django.db import connection

            try:
                found.append((world.shop.order(order.id), world.shop.warehouses()))
            finally:
                connection.close()

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert [row for row, _ in found] == [order] * 3
        assert {row.lines[0].weight_grams for row, _ in found} == {250}
