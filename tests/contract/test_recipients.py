"""What packing, printing and tracking ask of a shop."""

from __future__ import annotations

import pytest

from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import OrderStatus
from saleor_plugins.platform.sorting import by_id


def test_whom_an_order_is_sent_to(world) -> None:
    """`ship_to` answers where an order goes, the country last."""
    order = world.make_order([(world.make_variant(), 1)], country="DE", postal_code="20095", allocate=False)
    found = world.shop.ship_to(order.id)
    assert found is not None and found.country == "DE"
    assert any("20095" in line for line in found.lines)
    assert all(line.strip() and any(char.isalnum() for char in line) for line in found.lines)
    if not world.in_memory:
        assert found.lines[0] == "Ada Shopper" and found.lines[-1] == "GERMANY"


def test_an_order_without_address_is_sent_nowhere(world) -> None:
    """`ship_to` answers None without an address, and NotFound without an order."""
    order = world.make_order([(world.make_variant(), 1)], country="", allocate=False)
    assert world.shop.ship_to(order.id) is None
    with pytest.raises(NotFound) as error:
        world.shop.ship_to(to_global("Order", 999999))
    assert error.value.field == "orderId"


def test_where_parcels_to_a_warehouse_go(world) -> None:
    """`warehouse_address` answers where goods go back to: who takes them first, the country last."""
    house = world.make_warehouse("Returns Hall", country="DE", postal_code="20095", city="Hamburg")
    found = world.shop.warehouse_address(house.id)
    assert (found.country, found.postal_code, found.city) == ("DE", "20095", "Hamburg")
    assert found.company == "Returns Hall" and "Returns Hall" in found.lines[:2]
    assert any("20095" in line for line in found.lines)
    assert all(line.strip() and any(char.isalnum() for char in line) for line in found.lines)
    with pytest.raises(NotFound) as error:
        world.shop.warehouse_address(to_global("Warehouse", "nothing"))
    assert error.value.field == "warehouseId"


def test_orders_by_their_numbers(world) -> None:
    """`order_ids` finds placed orders by number, and passes over what is none."""
    orders = [world.make_order([(world.make_variant(), 1)], allocate=False) for _ in range(2)]
    draft = world.set_status(world.make_order([(world.make_variant(), 1)]), OrderStatus.DRAFT)
    numbers = [order.number for order in orders]
    asked = [*numbers, draft.number, "", "x", "-1", "9" * 30, "²", "99999999"]
    assert world.shop.order_ids(asked) == dict(zip(numbers, [order.id for order in orders], strict=True))


def test_many_orders_at_once(world) -> None:
    """`orders_of` reads those of the orders that exist, sorted by id."""
    orders = [world.make_order([(world.make_variant(), 1)], allocate=False) for _ in range(3)]
    ids = [order.id for order in orders]
    found = world.shop.orders_of([*reversed(ids), to_global("Order", 999999), "nonsense", ids[0]])
    assert [order.id for order in found] == sorted(ids, key=by_id)
    assert found[0] == world.shop.order(found[0].id)
