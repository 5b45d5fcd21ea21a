"""`port.Stocks`: warehouses and what lies in them."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.errors import InsufficientStock, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Allocation
from saleor_plugins.platform.sorting import by_id
from tests.contract.steps import GARBAGE, NOTHING, NOWHERE, stock_of


class TestWarehouses:
    """`warehouses`"""

    def test_facts(self, world: Any) -> None:
        """Name, address, e-mail, the countries of its zones."""
        made = world.make_warehouse(
            "North", country="DE", postal_code="10115", city="Berlin", countries=["DE", "FR"], email="n@x.org"
        )
        row = next(row for row in world.shop.warehouses() if row.id == made.id)
        assert (row.name, row.email, row.countries) == ("North", "n@x.org", {"DE", "FR"})
        assert (row.address.country, row.address.postal_code) == ("DE", "10115")
        assert row.address.city.upper() == "BERLIN"

    def test_channels(self, world: Any) -> None:
        """Channels by slug; None where Saleor has none. Click and collect is told."""
        made = world.make_warehouse(channels=["default", "other"], pickup=True)
        if world.channels:
            assert (made.channels, made.pickup) == ({"default", "other"}, True)
        else:
            assert (made.channels, made.pickup) == (None, False)

    def test_sorted(self, world: Any) -> None:
        """Sorted by id, whatever they are called."""
        for name in "CAB":
            world.make_warehouse(name)
        ids = [row.id for row in world.shop.warehouses()]
        assert ids == sorted(ids, key=by_id)

    def test_no_zone(self, world: Any) -> None:
        """A warehouse that ships nowhere has no countries."""
        assert world.make_warehouse(countries=[]).countries == frozenset()


class TestStocks:
    """`stocks`"""

    def test_counts(self, world: Any) -> None:
        """On hand, allocated and free, from the allocation rows of every order."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 10})
        world.make_order([(variant, 3)])
        world.make_order([(variant, 2)])
        row = stock_of(world, variant)[a.id]
        assert (row.on_hand, row.allocated, row.free) == (10, 5, 5)

    def test_reserved(self, world: Any) -> None:
        """Live reservations of checkouts are not free; expired ones are."""
        if not world.reservations:
            pytest.skip("Saleor 2.10 has no reservations.")
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 10})
        world.reserve(variant, a, 4)
        world.reserve(variant, a, 5, expired=True)
        row = stock_of(world, variant)[a.id]
        assert (row.reserved, row.free) == (4, 6)

    def test_many_rows_do_not_multiply(self, world: Any) -> None:
        """Several allocations and several reservations of one stock are each counted once."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 20})
        for _ in range(3):
            world.make_order([(variant, 2)])
            if world.reservations:
                world.reserve(variant, a, 1)
        row = stock_of(world, variant)[a.id]
        assert (row.allocated, row.reserved) == (6, 3 if world.reservations else 0)

    def test_negative_hides_nothing(self, world: Any) -> None:
        """A negative stock in one warehouse leaves the other's units free (saleor/saleor#17170)."""
        if not world.negative_stock:
            pytest.skip("Saleor 2.10's database refuses negative stock.")
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: -4, b: 3})
        rows = stock_of(world, variant)
        assert (rows[a.id].free, rows[b.id].free) == (-4, 3)

    def test_over_allocated_is_seen(self, world: Any) -> None:
        """Units promised beyond what lies there show as negative free, and only there."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5, b: 5})
        for _ in range(2):
            world.make_order([(variant, 5)], allocate={a: 5})
        rows = stock_of(world, variant)
        assert (rows[a.id].free, rows[b.id].free) == (-5, 5)

    def test_counter_is_not_believed(self, world: Any) -> None:
        """A wrong Stock.quantity_allocated changes nothing."""
        if world.in_memory or not world.reservations:
            pytest.skip("Only Saleor 3.x stores the counter.")
        from saleor.warehouse.models import Stock

        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 10})
        world.make_order([(variant, 3)])
        Stock.objects.update(quantity_allocated=99)
        assert stock_of(world, variant)[a.id].allocated == 3

    def test_sorted_and_narrow(self, world: Any) -> None:
        """Sorted by variant and warehouse, only those asked for; unknown and broken ids find nothing."""
        warehouses = [world.make_warehouse() for _ in range(3)]
        variants = [world.make_variant(stock=dict.fromkeys(warehouses, 1)) for _ in range(3)]
        rows = world.shop.stocks([row.id for row in reversed(variants[:2])] + GARBAGE + [NOTHING])
        found = [(by_id(row.variant_id), by_id(row.warehouse_id)) for row in rows]
        assert len(found) == 6
        assert found == sorted(found)

    def test_lock(self, world: Any) -> None:
        """`lock` answers the same rows."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 10})
        with world.transaction():
            assert world.shop.stocks([variant.id], lock=True) == world.shop.stocks([variant.id])


class TestMoveStock:
    """`move_stock`"""

    def test_arrives(self, world: Any) -> None:
        """Units arrive and leave, and the new stock is answered."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 2})
        assert world.shop.move_stock(variant.id, a.id, 5).on_hand == 7
        assert world.shop.move_stock(variant.id, a.id, -7).on_hand == 0
        assert stock_of(world, variant)[a.id].on_hand == 0

    def test_new_row(self, world: Any) -> None:
        """The first units make the stock row."""
        a = world.make_warehouse()
        variant = world.make_variant()
        row = world.shop.move_stock(variant.id, a.id, 3)
        assert (row.on_hand, row.warehouse_id, row.variant_id) == (3, a.id, variant.id)

    def test_never_below_zero(self, world: Any) -> None:
        """Below zero is refused (warehouseId), with a row and without one, and changes nothing."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 2})
        for warehouse in (a, b):
            with pytest.raises(InsufficientStock) as refused:
                world.shop.move_stock(variant.id, warehouse.id, -3)
            assert refused.value.field == "warehouseId"
        assert {row.warehouse_id: row.on_hand for row in world.shop.stocks([variant.id])} == {a.id: 2}

    def test_negative_heals(self, world: Any) -> None:
        """Units may arrive at a negative stock, even if it stays negative."""
        if not world.negative_stock:
            pytest.skip("Saleor 2.10's database refuses negative stock.")
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: -4})
        assert world.shop.move_stock(variant.id, a.id, 1).on_hand == -3

    def test_keeps_promises_countable(self, world: Any) -> None:
        """Taking promised units away is seen as negative free, never hidden."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        world.make_order([(variant, 5)])
        assert world.shop.move_stock(variant.id, a.id, -2).free == -2

    @pytest.mark.parametrize("broken", [*GARBAGE, NOTHING, NOWHERE])
    def test_not_found(self, world: Any, broken: str) -> None:
        """Unknown or broken ids: NotFound (variantId, warehouseId)."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        for ids, field in (((broken, a.id), "variantId"), ((variant.id, broken), "warehouseId")):
            with pytest.raises(NotFound) as refused:
                world.shop.move_stock(*ids, 1)
            assert refused.value.field == field


class TestAllocations:
    """`allocations`"""

    def test_of_the_order(self, world: Any) -> None:
        """The order's own, above zero, sorted; none for an unknown order."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 2, b: 9})
        order = world.make_order([(variant, 5)], allocate={a: 2, b: 3})
        world.make_order([(variant, 1)], allocate={b: 1})
        line = order.lines[0].id
        expected = [Allocation(line, a.id, 2), Allocation(line, b.id, 3)]
        assert world.shop.allocations(order.id) == sorted(expected, key=lambda row: by_id(row.warehouse_id))
        assert world.shop.allocations("nonsense") == []
        assert world.shop.allocations(to_global("Order", 10**20)) == []
