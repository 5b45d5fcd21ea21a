"""`port.Orders.fulfill`: shipping."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.errors import Conflict, InsufficientStock, Invalid, NotFound
from saleor_plugins.platform.port import OrderStatus, ShipItem
from tests.contract.steps import GARBAGE, NO_ORDER, NOWHERE, held, ship, stock_of


class TestFulfill:
    """`fulfill`"""

    def test_ships(self, world: Any) -> None:
        """Stock leaves, the promise is kept, the line counts it, the parcel carries the number."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 2)])
        parcel = ship(world, order, a, 2, tracking_number="TRACK-1")
        assert (parcel.status, parcel.tracking_number, parcel.order_id) == ("FULFILLED", "TRACK-1", order.id)
        assert [(row.order_line_id, row.quantity, row.warehouse_id) for row in parcel.lines] == [
            (order.lines[0].id, 2, a.id)
        ]
        row = stock_of(world, variant)[a.id]
        assert (row.on_hand, row.allocated) == (3, 0)
        after = world.shop.order(order.id)
        assert (after.lines[0].quantity_fulfilled, after.status) == (2, OrderStatus.FULFILLED)
        assert world.shop.fulfillments(order.id) == [parcel]

    def test_part(self, world: Any) -> None:
        """A part: the order is partially fulfilled and the rest stays promised."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 3)])
        ship(world, order, a, 1)
        assert world.shop.order(order.id).status is OrderStatus.PARTIALLY_FULFILLED
        assert held(world, order) == {a.id: 2}
        ship(world, order, a, 2)
        assert world.shop.order(order.id).status is OrderStatus.FULFILLED
        assert held(world, order) == {}

    @pytest.mark.parametrize("flip", [False, True])
    def test_other_warehouse(self, world: Any, flip: bool) -> None:
        """Shipping from another warehouse moves the promise there first; nobody else's is touched."""
        first, second = world.make_warehouse(), world.make_warehouse()
        a, b = (second, first) if flip else (first, second)
        variant = world.make_variant(stock={a: 5, b: 5})
        order = world.make_order([(variant, 3)], allocate={a: 3})
        other = world.make_order([(variant, 4)], allocate={a: 2, b: 2})
        ship(world, order, b, 3)
        rows = stock_of(world, variant)
        assert (rows[a.id].on_hand, rows[b.id].on_hand) == (5, 2)
        assert held(world, order) == {}
        assert held(world, other) == {a.id: 2, b.id: 2}

    @pytest.mark.parametrize("flip", [False, True])
    def test_part_from_the_second_promise(self, world: Any, flip: bool) -> None:
        """A line promised from two warehouses and shipped from either keeps the other promise."""
        first, second = world.make_warehouse(), world.make_warehouse()
        a, b = (second, first) if flip else (first, second)
        variant = world.make_variant(stock={a: 5, b: 5})
        order = world.make_order([(variant, 5)], allocate={a: 2, b: 3})
        ship(world, order, b, 3)
        assert held(world, order) == {a.id: 2}

    @pytest.mark.parametrize("step", [1, -1])
    def test_several_warehouses(self, world: Any, step: int) -> None:
        """One parcel per warehouse, in one call, also for one line from two of them."""
        a, b = world.make_warehouse(), world.make_warehouse()
        one, two = world.make_variant(stock={a: 1, b: 2}), world.make_variant(stock={b: 1})
        order = world.make_order([(one, 3), (two, 1)])
        lines = {line.variant_id: line.id for line in order.lines}
        parcels = world.shop.fulfill(
            order.id,
            [
                ShipItem(lines[one.id], a.id, 1),
                ShipItem(lines[one.id], b.id, 2),
                ShipItem(lines[two.id], b.id, 1),
            ][::step],
        )
        units = {
            parcel.lines[0].warehouse_id: sum(row.quantity for row in parcel.lines) for parcel in parcels
        }
        assert units == {a.id: 1, b.id: 3}
        assert all(row.on_hand == 0 for row in world.shop.stocks([one.id, two.id]))
        assert world.shop.order(order.id).status is OrderStatus.FULFILLED

    def test_two_lines_share_a_variant(self, world: Any) -> None:
        """Two lines of one variant share its stock and are counted together."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 3})
        order = world.make_order([(variant, 2), (variant, 2)], allocate=False)
        with pytest.raises(InsufficientStock):
            world.shop.fulfill(order.id, [ShipItem(line.id, a.id, 2) for line in order.lines])
        assert stock_of(world, variant)[a.id].on_hand == 3
        world.shop.fulfill(
            order.id, [ShipItem(order.lines[0].id, a.id, 2), ShipItem(order.lines[1].id, a.id, 1)]
        )
        assert stock_of(world, variant)[a.id].on_hand == 0

    def test_repeated_item(self, world: Any) -> None:
        """The same line and warehouse twice add up; more than is left is Invalid (quantity)."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 9})
        order = world.make_order([(variant, 3)])
        item = ShipItem(order.lines[0].id, a.id, 2)
        with pytest.raises(Invalid) as refused:
            world.shop.fulfill(order.id, [item, item])
        assert refused.value.field == "quantity"
        parcel = world.shop.fulfill(order.id, [ShipItem(order.lines[0].id, a.id, 1)] * 3)[0]
        assert sum(row.quantity for row in parcel.lines) == 3

    @pytest.mark.parametrize("quantity", [0, -1, 4, 10**6])
    def test_quantity(self, world: Any, quantity: int) -> None:
        """Zero, negative, and more than is left: Invalid (quantity), nothing changed."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 9})
        order = world.make_order([(variant, 3)])
        with pytest.raises(Invalid) as refused:
            ship(world, order, a, quantity)
        assert refused.value.field == "quantity"
        assert (world.shop.fulfillments(order.id), held(world, order)) == ([], {a.id: 3})

    def test_promised_to_others(self, world: Any) -> None:
        """Units promised to others are not there to ship: InsufficientStock, nothing changed."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5, b: 5})
        order = world.make_order([(variant, 3)], allocate={a: 3})
        other = world.make_order([(variant, 4)], allocate={b: 4})
        with pytest.raises(InsufficientStock) as refused:
            ship(world, order, b, 2)
        assert refused.value.field == "warehouseId"
        assert (held(world, order), held(world, other)) == ({a.id: 3}, {b.id: 4})
        assert world.shop.order(order.id).lines[0].quantity_fulfilled == 0

    def test_reserved_by_checkouts(self, world: Any) -> None:
        """Units that a live checkout holds are not there for a line promised elsewhere."""
        if not world.reservations:
            pytest.skip("Saleor 2.10 has no reservations.")
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 3, b: 3})
        order = world.make_order([(variant, 3)], allocate={a: 3})
        world.reserve(variant, b, 2)
        with pytest.raises(InsufficientStock):
            ship(world, order, b, 2)
        ship(world, order, b, 1)
        ship(world, order, a, 2)

    def test_lost_stock_row(self, world: Any) -> None:
        """A stock row that vanished: InsufficientStock."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 1)])
        world.set_stock(variant, a, None)
        with pytest.raises(InsufficientStock):
            ship(world, order, a, 1)

    def test_over_allocated(self, world: Any) -> None:
        """An over-allocated warehouse ships to nobody until the promises are repaired; another one does."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5, b: 5})
        one, two = (world.make_order([(variant, 5)], allocate={a: 5}) for _ in range(2))
        with pytest.raises(InsufficientStock):
            ship(world, one, a, 5)
        ship(world, two, b, 5)
        ship(world, one, a, 5)
        assert [row.on_hand for row in world.shop.stocks([variant.id])] == [0, 0]

    def test_backorder(self, world: Any) -> None:
        """A line that was never promised ships from free stock."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 4})
        order = world.make_order([(variant, 3)], allocate=False)
        ship(world, order, a, 2)
        assert stock_of(world, variant)[a.id].on_hand == 2

    def test_untracked(self, world: Any) -> None:
        """A variant that tracks no stock ships from anywhere and moves none."""
        a = world.make_warehouse()
        variant = world.make_variant(tracks_stock=False)
        order = world.make_order([(variant, 3)], allocate=False)
        ship(world, order, a, 3)
        assert world.shop.order(order.id).status is OrderStatus.FULFILLED
        assert all(row.on_hand == 0 for row in world.shop.stocks([variant.id]))

    def test_deleted_variant(self, world: Any) -> None:
        """A line whose variant was deleted still ships; 2.10 cannot, and says so."""
        a = world.make_warehouse()
        order = world.drop_variant(world.make_order([(world.make_variant(stock={a: 2}), 1)]))
        if not world.returned_fulfillments:
            with pytest.raises(Conflict):
                ship(world, order, a, 1)
            return
        ship(world, order, a, 1)
        assert world.shop.order(order.id).status is OrderStatus.FULFILLED

    @pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.DRAFT, OrderStatus.FULFILLED])
    def test_state(self, world: Any, status: OrderStatus) -> None:
        """A cancelled, draft or fulfilled order ships nothing: Conflict (orderId)."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.set_status(world.make_order([(variant, 1)]), status)
        with pytest.raises(Conflict) as refused:
            ship(world, order, a, 1)
        assert refused.value.field == "orderId"
        assert stock_of(world, variant)[a.id].on_hand == 5

    def test_not_found(self, world: Any) -> None:
        """Unknown order, line of another order, unknown warehouse: NotFound with its field."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order, other = world.make_order([(variant, 1)]), world.make_order([(variant, 1)])
        line, foreign = order.lines[0].id, other.lines[0].id
        cases = [(NO_ORDER[0], line, a.id, "orderId"), (order.id, foreign, a.id, "lineId")]
        cases += [(order.id, line, key, "warehouseId") for key in [NOWHERE, *GARBAGE]]
        for order_id, line_id, warehouse_id, field in cases:
            with pytest.raises(NotFound) as refused:
                world.shop.fulfill(order_id, [ShipItem(line_id, warehouse_id, 1)])
            assert refused.value.field == field

    def test_nothing(self, world: Any) -> None:
        """No items: Invalid (items)."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        with pytest.raises(Invalid) as refused:
            world.shop.fulfill(order.id, [])
        assert refused.value.field == "items"

    def test_rolls_back_with_the_caller(self, world: Any) -> None:
        """Inside the caller's transaction: its failure takes the parcel back."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 2)])
        with pytest.raises(ZeroDivisionError), world.transaction():
            ship(world, order, a, 2)
            raise ZeroDivisionError
        assert world.shop.fulfillments(order.id) == []
        assert (stock_of(world, variant)[a.id].on_hand, held(world, order)) == (5, {a.id: 2})
