"""`port.Orders`: reading, shipping, tracking, cancelling, notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_plugins.kernel.errors import Conflict, InsufficientStock, Invalid, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind, OrderStatus, ShipItem
from saleor_plugins.platform.sorting import by_id
from tests.contract.test_stocks import GARBAGE, NOWHERE, stock_of

NO_ORDER = ["", "x", to_global("Product", 1), to_global("Order", 10**20), to_global("Order", 2_000_000_000)]


def ship(world: Any, order: Any, warehouse: Any, quantity: int, line: int = 0, **kwargs: Any) -> Any:
    items = [ShipItem(order.lines[line].id, warehouse.id, quantity)]
    return world.shop.fulfill(order.id, items, **kwargs)[0]


def held(world: Any, order: Any) -> dict[str, int]:
    return {row.warehouse_id: row.quantity for row in world.shop.allocations(order.id)}


class TestOrder:
    """`order`"""

    def test_head(self, world: Any) -> None:
        """State, currency, address, customer, e-mail, payment state, channel."""
        user, _ = world.make_asker(AskerKind.CUSTOMER)
        variant = world.make_variant(price=1999)
        made = world.make_order(
            [(variant, 2)], country="DE", postal_code="10115", user_id=user.id, allocate=False
        )
        order = world.shop.order(made.id)
        assert order.status is OrderStatus.UNFULFILLED
        assert (order.currency, order.user_id, order.is_paid) == ("USD", user.id, True)
        assert (order.shipping_address.country, order.shipping_address.postal_code) == ("DE", "10115")
        assert "@" in order.email
        assert order.number
        assert order.channel == ("default" if world.channels else "")
        assert order.created.tzinfo is not None

    def test_unpaid_without_address(self, world: Any) -> None:
        """An unpaid order says so; a missing address is None."""
        order = world.make_order([(world.make_variant(), 1)], paid=False, country="", allocate=False)
        assert (order.is_paid, order.shipping_address) == (False, None)

    def test_lines(self, world: Any) -> None:
        """Lines sorted by id with variant, product, category, weight in grams, and flags."""
        category = world.make_category()
        heavy = world.make_variant(weight_grams=1250, category=category)
        light = world.make_variant(tracks_stock=False, requires_shipping=False)
        order = world.make_order([(heavy, 2), (light, 1)], allocate=False)
        assert [line.id for line in order.lines] == sorted((line.id for line in order.lines), key=by_id)
        lines = {line.variant_id: line for line in order.lines}
        assert (lines[heavy.id].weight_grams, lines[light.id].weight_grams) == (1250, None)
        assert (lines[heavy.id].category_id, lines[light.id].category_id) == (category, None)
        assert lines[heavy.id].product_id == heavy.product_id
        assert (lines[heavy.id].sku, lines[heavy.id].quantity, lines[heavy.id].to_ship) == (heavy.sku, 2, 2)
        assert [lines[key.id].tracks_stock for key in (heavy, light)] == [True, False]
        assert [lines[key.id].requires_shipping for key in (heavy, light)] == [True, False]

    def test_totals_add_up(self, world: Any) -> None:
        """Totals of lines and shipping, net and gross, add up to the order's."""
        lines = [(world.make_variant(price=1999), 3), (world.make_variant(price=1), 1)]
        order = world.make_order(lines, shipping=499, tax_percent=19, allocate=False)
        assert order.total_gross == sum(line.total_gross for line in order.lines) + order.shipping_gross
        assert order.total_gross == 3 * 1999 + 1 + 499
        assert order.shipping_net == 419
        net = sum(line.total_net for line in order.lines) + order.shipping_net
        # 2.10 stores the net price of a unit only: its lines carry that rounding.
        assert abs(order.total_net - net) <= 3

    def test_deleted_variant(self, world: Any) -> None:
        """A line outlives its variant: sku and name stay, it tracks no stock."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 3})
        order = world.drop_variant(world.make_order([(variant, 1)]))
        line = order.lines[0]
        assert (line.variant_id, line.tracks_stock, line.sku) == (None, False, variant.sku)
        assert world.shop.allocations(order.id) == []

    @pytest.mark.parametrize("broken", NO_ORDER)
    def test_not_found(self, world: Any, broken: str) -> None:
        """Unknown or broken ids: NotFound (orderId)."""
        with pytest.raises(NotFound) as refused:
            world.shop.order(broken)
        assert refused.value.field == "orderId"

    def test_lock(self, world: Any) -> None:
        """`lock` answers the same order."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        with world.transaction():
            assert world.shop.order(order.id, lock=True) == order


class TestOrdersToShip:
    """`orders_to_ship`"""

    def test_pages(self, world: Any) -> None:
        """Oldest first, each once, in pages, also when orders share their instant."""
        start = datetime(2026, 1, 1, tzinfo=UTC)
        variant = world.make_variant()
        instants = [3, 1, 2, 2, 2]
        made = {
            world.make_order([(variant, 1)], created=start + timedelta(n), allocate=False).id: n
            for n in instants
        }
        seen: list[str] = []
        page = world.shop.orders_to_ship(limit=2)
        while page:
            assert len(page) <= 2
            seen += [order.id for order in page]
            page = world.shop.orders_to_ship(after=seen[-1], limit=2)
        assert sorted(seen) == sorted(made)
        assert [made[key] for key in seen] == sorted(instants)

    def test_states(self, world: Any) -> None:
        """Drafts, unconfirmed, cancelled and shipped orders are left out."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 9})
        open_order = world.make_order([(variant, 2)])
        shipped = world.make_order([(variant, 1)])
        ship(world, shipped, a, 1)
        part = world.make_order([(variant, 2)])
        ship(world, part, a, 1)
        for status in (OrderStatus.DRAFT, OrderStatus.CANCELED):
            world.set_status(world.make_order([(variant, 1)], allocate=False), status)
        assert {order.id for order in world.shop.orders_to_ship()} == {open_order.id, part.id}


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

    def test_several_warehouses(self, world: Any) -> None:
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
            ],
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


class TestTracking:
    """`set_tracking`"""

    def test_set(self, world: Any) -> None:
        """Sets and replaces the number."""
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 5}), 2)])
        parcel = ship(world, order, a, 2)
        for number in ("A-1", "B-2", "B-2", ""):
            world.shop.set_tracking(parcel.id, number)
            assert world.shop.fulfillments(order.id)[0].tracking_number == number

    def test_refused(self, world: Any) -> None:
        """Unknown parcel: NotFound (fulfillmentId); more than 255 characters: Invalid (trackingNumber)."""
        with pytest.raises(NotFound) as refused:
            world.shop.set_tracking(to_global("Fulfillment", 2_000_000_000), "X")
        assert refused.value.field == "fulfillmentId"
        a = world.make_warehouse()
        parcel = ship(world, world.make_order([(world.make_variant(stock={a: 5}), 2)]), a, 2)
        with pytest.raises(Invalid) as long:
            world.shop.set_tracking(parcel.id, "X" * 256)
        assert long.value.field == "trackingNumber"


class TestCancelFulfillment:
    """`cancel_fulfillment`"""

    def test_back(self, world: Any) -> None:
        """Units come back to the named warehouse, promised to their line again."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 3)])
        parcel = ship(world, order, a, 3)
        world.shop.cancel_fulfillment(parcel.id, warehouse_id=b.id)
        after = world.shop.order(order.id)
        assert (after.status, after.lines[0].quantity_fulfilled) == (OrderStatus.UNFULFILLED, 0)
        assert {row.warehouse_id: row.on_hand for row in world.shop.stocks([variant.id])} == {
            a.id: 2,
            b.id: 3,
        }
        assert held(world, order) == {b.id: 3}
        assert world.shop.fulfillments(order.id)[0].status == "CANCELED"
        assert [row.id for row in world.shop.orders_to_ship()] == [order.id]

    def test_twice(self, world: Any) -> None:
        """A second time: Conflict (fulfillmentId), no unit comes back twice."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        parcel = ship(world, world.make_order([(variant, 3)]), a, 3)
        world.shop.cancel_fulfillment(parcel.id, warehouse_id=a.id)
        with pytest.raises(Conflict) as refused:
            world.shop.cancel_fulfillment(parcel.id, warehouse_id=a.id)
        assert refused.value.field == "fulfillmentId"
        assert stock_of(world, variant)[a.id].on_hand == 5

    def test_not_found(self, world: Any) -> None:
        """Unknown parcel or warehouse: NotFound."""
        a = world.make_warehouse()
        parcel = ship(world, world.make_order([(world.make_variant(stock={a: 5}), 1)]), a, 1)
        for parcel_id, warehouse_id, field in (
            (to_global("Fulfillment", 2_000_000_000), a.id, "fulfillmentId"),
            (parcel.id, NOWHERE, "warehouseId"),
        ):
            with pytest.raises(NotFound) as refused:
                world.shop.cancel_fulfillment(parcel_id, warehouse_id=warehouse_id)
            assert refused.value.field == field


class TestNotes:
    """`add_note`"""

    def test_note(self, world: Any) -> None:
        """Notes stand in the order's history."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        world.shop.add_note(order.id, "Routed to North.")
        world.shop.add_note(order.id, "Größe <b>M</b>")
        assert world.notes(order.id) == ["Routed to North.", "Größe <b>M</b>"]
        with pytest.raises(NotFound):
            world.shop.add_note(NO_ORDER[-1], "x")


class TestHistory:
    """Saleor's own history"""

    def test_events(self, world: Any) -> None:
        """Shipping, tracking and cancelling write the events that the dashboard writes."""
        if world.in_memory:
            pytest.skip("Saleor's own history.")
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 5}), 1)])
        parcel = ship(world, order, a, 1)
        world.shop.set_tracking(parcel.id, "T")
        world.shop.cancel_fulfillment(parcel.id, warehouse_id=a.id)
        expected = {
            "fulfillment_fulfilled_items",
            "tracking_updated",
            "fulfillment_canceled",
            "fulfillment_restocked_items",
        }
        assert expected <= set(world.events(order.id))
