"""`port.Orders.mark_returned`: what the dashboard shows of a return."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import OrderStatus, ReturnedItem, ReturnedState, ShipItem
from tests.contract.steps import NO_ORDER, held, ship, stock_of


def shipped(world: Any, quantity: int = 3, **kwargs: Any) -> tuple[Any, Any, Any]:
    """A warehouse, an order shipped from it with tracking number T-1, and the parcel."""
    a = world.make_warehouse()
    order = world.make_order([(world.make_variant(stock={a: 9}), quantity)], **kwargs)
    return a, order, ship(world, order, a, quantity, tracking_number="T-1")


def back(world: Any, order: Any, parcel: Any, quantity: int, **kwargs: Any) -> Any:
    return world.shop.mark_returned(order.id, [ReturnedItem(parcel.lines[0].id, quantity)], **kwargs)


class TestMarkReturned:
    """`mark_returned`"""

    def test_part(self, world: Any) -> None:
        """A part: a returned parcel of its own, the original keeps its number and the rest of its units."""
        _, order, parcel = shipped(world)
        made = back(world, order, parcel, 1)
        if not world.returned_fulfillments:
            assert made is None
            assert len(world.notes(order.id)) == 1
            assert world.shop.order(order.id).status is OrderStatus.FULFILLED
            return
        parcels = {row.id: row for row in world.shop.fulfillments(order.id)}
        assert (parcels[made].status, [row.quantity for row in parcels[made].lines]) == ("RETURNED", [1])
        original = parcels[parcel.id]
        assert (original.status, original.tracking_number) == ("FULFILLED", "T-1")
        assert [row.quantity for row in original.lines] == [2]
        assert world.shop.order(order.id).status is OrderStatus.PARTIALLY_RETURNED

    def test_whole(self, world: Any) -> None:
        """All of it: the parcel keeps its id, lines and tracking number (saleor/saleor#17712)."""
        _, order, parcel = shipped(world)
        made = back(world, order, parcel, 3)
        original = next(row for row in world.shop.fulfillments(order.id) if row.id == parcel.id)
        assert (original.tracking_number, [row.quantity for row in original.lines]) == ("T-1", [3])
        if world.returned_fulfillments:
            assert made == parcel.id
            assert original.status == "RETURNED"
            assert world.shop.order(order.id).status is OrderStatus.RETURNED

    def test_step_by_step(self, world: Any) -> None:
        """Unit by unit until nothing is left; the first number survives, the units stay three."""
        if not world.returned_fulfillments:
            pytest.skip("Saleor 2.10 has no returned fulfilments.")
        _, order, parcel = shipped(world)
        for _ in range(3):
            back(world, order, parcel, 1)
        rows = world.shop.fulfillments(order.id)
        assert sum(line.quantity for row in rows for line in row.lines) == 3
        assert {row.status for row in rows} == {"RETURNED"}
        assert [row.tracking_number for row in rows if row.id == parcel.id] == ["T-1"]
        assert world.shop.order(order.id).status is OrderStatus.RETURNED
        with pytest.raises(NotFound):
            back(world, order, parcel, 1)

    def test_with_money(self, world: Any) -> None:
        """With a refund it shows as refunded and returned."""
        _, order, parcel = shipped(world)
        made = back(world, order, parcel, 1, refund_amount=500)
        if not world.returned_fulfillments:
            assert "5.00" in world.notes(order.id)[0]
            return
        rows = {row.id: row.status for row in world.shop.fulfillments(order.id)}
        assert rows[made] == "REFUNDED_AND_RETURNED"
        assert world.shop.order(order.id).status is OrderStatus.PARTIALLY_RETURNED

    def test_two_parcels(self, world: Any) -> None:
        """Units of several parcels in one return: the order counts all of them."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 2, b: 2})
        order = world.make_order([(variant, 4)])
        one, two = ship(world, order, a, 2), ship(world, order, b, 2)
        items = [ReturnedItem(one.lines[0].id, 2), ReturnedItem(two.lines[0].id, 1)]
        world.shop.mark_returned(order.id, items)
        if world.returned_fulfillments:
            rows = world.shop.fulfillments(order.id)
            units = {row.status: 0 for row in rows}
            for row in rows:
                units[row.status] += sum(line.quantity for line in row.lines)
            assert units == {"RETURNED": 3, "FULFILLED": 1}

    def test_moves_nothing(self, world: Any) -> None:
        """It moves neither stock nor promises nor money, and the rest of the order still ships."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 9})
        order = world.make_order([(variant, 5)])
        parcel = ship(world, order, a, 3)
        before = (stock_of(world, variant)[a.id], held(world, order), world.shop.payments(order.id))
        back(world, order, parcel, 2)
        after = (stock_of(world, variant)[a.id], held(world, order), world.shop.payments(order.id))
        assert after == before
        assert world.shop.order(order.id).lines[0].to_ship == 2
        assert [row.id for row in world.shop.orders_to_ship()] == [order.id]
        ship(world, order, a, 2)
        assert world.shop.order(order.id).lines[0].to_ship == 0

    @pytest.mark.parametrize("quantity", [0, -1, 4])
    def test_quantity(self, world: Any, quantity: int) -> None:
        """Zero, negative, more than was shipped: Invalid (quantity), nothing changed."""
        _, order, parcel = shipped(world)
        with pytest.raises(Invalid) as refused:
            back(world, order, parcel, quantity)
        assert refused.value.field == "quantity"
        assert world.shop.fulfillments(order.id) == [parcel]

    def test_repeated_item(self, world: Any) -> None:
        """The same line twice adds up."""
        _, order, parcel = shipped(world)
        item = ReturnedItem(parcel.lines[0].id, 2)
        with pytest.raises(Invalid):
            world.shop.mark_returned(order.id, [item, item])
        assert world.shop.fulfillments(order.id) == [parcel]

    def test_not_shipped(self, world: Any) -> None:
        """Another order's line, a cancelled parcel, unknown ids: NotFound (fulfillmentLineId, orderId)."""
        a, order, parcel = shipped(world)
        _, _, foreign = shipped(world)
        gone = to_global("FulfillmentLine", 2_000_000_000)
        for line_id in (foreign.lines[0].id, gone, "x", parcel.id):
            with pytest.raises(NotFound) as refused:
                world.shop.mark_returned(order.id, [ReturnedItem(line_id, 1)])
            assert refused.value.field == "fulfillmentLineId"
        with pytest.raises(NotFound) as unknown:
            back(world, NoOrder(), parcel, 1)
        assert unknown.value.field == "orderId"
        world.shop.cancel_fulfillment(parcel.id, warehouse_id=a.id)
        with pytest.raises(NotFound):
            back(world, order, parcel, 1)

    def test_returned_parcel_is_not_cancelled(self, world: Any) -> None:
        """What came back cannot be cancelled as a parcel on its way: Conflict."""
        if not world.returned_fulfillments:
            pytest.skip("Saleor 2.10 has no returned fulfilments.")
        a, order, parcel = shipped(world)
        made = back(world, order, parcel, 3)
        with pytest.raises(Conflict):
            world.shop.cancel_fulfillment(made, warehouse_id=a.id)

    def test_history(self, world: Any) -> None:
        """Saleor's own event of a return is written."""
        if world.in_memory or not world.returned_fulfillments:
            pytest.skip("Only Saleor 3.x has the event.")
        _, order, parcel = shipped(world)
        back(world, order, parcel, 1)
        assert "fulfillment_returned" in world.events(order.id)

    def test_dashboard_return_after_ours(self, world: Any) -> None:
        """Saleor's own return afterwards deletes none of our parcels."""
        if world.in_memory or not world.returned_fulfillments:
            pytest.skip("Only Saleor 3.x has its own.")
        from saleor.order.actions import create_fulfillments_for_returned_products
        from saleor.order.models import Fulfillment, Order

        from saleor_plugins.platform.orm.site import site_settings
        from saleor_plugins.platform.saleor3.context import manager

        _, order, parcel = shipped(world)
        back(world, order, parcel, 3)
        row = Order.objects.get(number=order.number)
        create_fulfillments_for_returned_products(None, None, row, None, [], [], manager(), site_settings())
        assert Fulfillment.objects.filter(order=row, tracking_number="T-1").exists()


def states(world: Any, order: Any) -> dict[str, int]:
    """Units by the state of their parcel."""
    units: dict[str, int] = {}
    for row in world.shop.fulfillments(order.id):
        units[row.status] = units.get(row.status, 0) + sum(line.quantity for line in row.lines)
    return units


def newest(world: Any, order: Any, made: str) -> Any:
    return next(row for row in world.shop.fulfillments(order.id) if row.id == made)


class TestStates:
    """`mark_returned` in its states"""

    @pytest.fixture(autouse=True)
    def three(self, world: Any) -> None:
        if not world.returned_fulfillments:
            pytest.skip("Saleor 2.10 has no returned fulfilments.")

    @pytest.mark.parametrize("state", list(ReturnedState))
    @pytest.mark.parametrize("units", [1, 3])
    def test_each(self, world: Any, state: ReturnedState, units: int) -> None:
        """Each state, of a part and of the whole parcel; the tracking number is with all of its units."""
        _, order, parcel = shipped(world)
        made = newest(world, order, back(world, order, parcel, units, state=state))
        assert (made.status, made.tracking_number) == (state.value, "T-1")
        assert (made.id == parcel.id) is (units == 3)
        expected = {state.value: units} | ({"FULFILLED": 3 - units} if units < 3 else {})
        assert states(world, order) == expected
        assert {row.tracking_number for row in world.shop.fulfillments(order.id)} == {"T-1"}

    @pytest.mark.parametrize(
        ("state", "units", "status"),
        [
            (ReturnedState.REFUNDED, 3, OrderStatus.FULFILLED),
            (ReturnedState.REPLACED, 2, OrderStatus.FULFILLED),
            (ReturnedState.REPLACED, 3, OrderStatus.FULFILLED),
            (ReturnedState.REFUNDED_AND_RETURNED, 2, OrderStatus.PARTIALLY_RETURNED),
            (ReturnedState.REFUNDED_AND_RETURNED, 3, OrderStatus.RETURNED),
        ],
    )
    def test_order(self, world: Any, state: ReturnedState, units: int, status: OrderStatus) -> None:
        """The order's status is Saleor's own: what the customer keeps or got exchanged is not returned."""
        _, order, parcel = shipped(world)
        back(world, order, parcel, units, state=state)
        assert world.shop.order(order.id).status is status

    @pytest.mark.parametrize(
        ("first", "then", "finally_"),
        [
            ("REFUNDED", "RETURNED", "REFUNDED_AND_RETURNED"),
            ("REFUNDED", "REFUNDED_AND_RETURNED", "REFUNDED_AND_RETURNED"),
            ("REFUNDED", "REPLACED", "REPLACED"),
            ("RETURNED", "REFUNDED_AND_RETURNED", "REFUNDED_AND_RETURNED"),
            ("RETURNED", "REPLACED", "REPLACED"),
        ],
    )
    @pytest.mark.parametrize("units", [1, 2])
    def test_ways(self, world: Any, first: str, then: str, finally_: str, units: int) -> None:
        """Units that are refunded or returned already go on to what they become, all or some of them."""
        _, order, parcel = shipped(world)
        made = newest(world, order, back(world, order, parcel, 2, state=ReturnedState(first)))
        back(world, order, made, units, state=ReturnedState(then))
        expected = {"FULFILLED": 1, finally_: units} | ({first: 1} if units == 1 else {})
        assert states(world, order) == expected

    @pytest.mark.parametrize(
        ("first", "then"),
        [(state, "RETURNED") for state in ("RETURNED", "REFUNDED_AND_RETURNED", "REPLACED")]
        + [("RETURNED", "REFUNDED"), ("REFUNDED", "REFUNDED"), ("REPLACED", "REPLACED")]
        + [("REFUNDED_AND_RETURNED", "REPLACED"), ("REPLACED", "REFUNDED_AND_RETURNED")],
    )
    def test_no_way(self, world: Any, first: str, then: str) -> None:
        """No unit comes back twice, and what was replaced or paid for stays so: NotFound, nothing changed."""
        _, order, parcel = shipped(world)
        made = newest(world, order, back(world, order, parcel, 2, state=ReturnedState(first)))
        before = world.shop.fulfillments(order.id)
        with pytest.raises(NotFound) as refused:
            back(world, order, made, 1, state=ReturnedState(then))
        assert refused.value.field == "fulfillmentLineId"
        assert world.shop.fulfillments(order.id) == before

    def test_money(self, world: Any) -> None:
        """The money and its part for shipping are shown once, with the first parcel; more is added."""
        _, order, parcel = shipped(world)
        made = back(world, order, parcel, 1, refund_amount=1500, shipping_refund=500)
        row = newest(world, order, made)
        assert (row.status, row.refund_amount, row.shipping_refund) == ("REFUNDED_AND_RETURNED", 1500, 500)
        world.shop.restate_returned(order.id, made, ReturnedState.REFUNDED_AND_RETURNED, refund_amount=100)
        shown = world.shop.fulfillments(order.id)
        assert sum(row.refund_amount for row in shown) == 1600
        assert sum(row.shipping_refund for row in shown) == 500

    @pytest.mark.parametrize("money", [(-1, 0), (100, 101), (100, -1)])
    def test_bad_money(self, world: Any, money: tuple[int, int]) -> None:
        """Negative, or more for shipping than in all: Invalid (refundAmount), nothing changed."""
        _, order, parcel = shipped(world)
        with pytest.raises(Invalid) as refused:
            back(world, order, parcel, 1, refund_amount=money[0], shipping_refund=money[1])
        assert refused.value.field == "refundAmount"
        assert world.shop.fulfillments(order.id) == [parcel]

    def test_several_lines(self, world: Any) -> None:
        """Of a parcel of two lines one comes back whole: it moves, the other one stays."""
        a = world.make_warehouse()
        order = world.make_order(
            [(world.make_variant(stock={a: 9}), 2), (world.make_variant(stock={a: 9}), 1)]
        )
        items = [ShipItem(line.id, a.id, line.quantity) for line in order.lines]
        parcel = world.shop.fulfill(order.id, items, tracking_number="T-1")[0]
        made = back(world, order, parcel, parcel.lines[0].quantity)
        rows = {row.id: row for row in world.shop.fulfillments(order.id)}
        assert [line.order_line_id for line in rows[made].lines] == [parcel.lines[0].order_line_id]
        assert rows[parcel.id].lines == parcel.lines[1:]
        assert {row.warehouse_id for parcel in rows.values() for row in parcel.lines} == {a.id}

    def test_words_stay(self, world: Any) -> None:
        """Metadata, public and private, are with all units of the parcel (saleor/saleor#17712)."""
        if world.in_memory:
            pytest.skip("Memory keeps none.")
        from saleor.order.models import Fulfillment

        _, order, parcel = shipped(world)
        rows = Fulfillment.objects.filter(order__number=order.number)
        rows.update(metadata={"carrier": "DHL"}, private_metadata={"cost": "4.20"})
        back(world, order, parcel, 1)
        back(world, order, parcel, 2, state=ReturnedState.REPLACED)
        found = [(row.metadata, row.private_metadata, row.tracking_number) for row in rows.all()]
        assert found == [({"carrier": "DHL"}, {"cost": "4.20"}, "T-1")] * 2
        assert sorted(rows.values_list("fulfillment_order", flat=True)) == [1, 2]

    def test_history(self, world: Any) -> None:
        """Saleor's own events: refunded with the amount, replaced; the shop is told after the commit."""
        if world.in_memory:
            pytest.skip("Saleor's own history.")
        _, order, parcel = shipped(world)
        back(world, order, parcel, 1, state=ReturnedState.REFUNDED, refund_amount=700)
        back(world, order, parcel, 1, state=ReturnedState.REPLACED)
        seen = world.events(order.id)
        assert {"fulfillment_refunded", "fulfillment_replaced"} <= set(seen)
        assert "fulfillment_returned" not in seen


class TestRestateReturned:
    """`restate_returned`"""

    def test_whole(self, world: Any) -> None:
        """A returned parcel whose money was given is refunded and returned; 2.10 notes it."""
        _, order, parcel = shipped(world)
        made = back(world, order, parcel, 2)
        state = ReturnedState.REFUNDED_AND_RETURNED
        world.shop.restate_returned(order.id, made or parcel.id, state, refund_amount=700)
        if not world.returned_fulfillments:
            assert "7.00" in world.notes(order.id)[-1]
            return
        row = newest(world, order, made)
        assert (row.status, row.refund_amount, row.tracking_number) == (state.value, 700, "T-1")
        assert world.shop.order(order.id).status is OrderStatus.PARTIALLY_RETURNED

    def test_exchanged(self, world: Any) -> None:
        """A returned parcel whose goods were exchanged is replaced: the order is not returned any more."""
        _, order, parcel = shipped(world)
        made = back(world, order, parcel, 2)
        world.shop.restate_returned(order.id, made or parcel.id, ReturnedState.REPLACED)
        if world.returned_fulfillments:
            assert states(world, order) == {"FULFILLED": 1, "REPLACED": 2}
            assert world.shop.order(order.id).status is OrderStatus.FULFILLED

    def test_same_again(self, world: Any) -> None:
        """The same state again changes nothing."""
        if not world.returned_fulfillments:
            pytest.skip("Saleor 2.10 has no returned fulfilments.")
        _, order, parcel = shipped(world)
        made = back(world, order, parcel, 2)
        before = world.shop.fulfillments(order.id)
        world.shop.restate_returned(order.id, made, ReturnedState.RETURNED)
        assert world.shop.fulfillments(order.id) == before

    def test_refused(self, world: Any) -> None:
        """Unknown orders and parcels, another order's: NotFound; a parcel on its way: Conflict; money:
        Invalid.
        """
        _, order, parcel = shipped(world)
        _, _, foreign = shipped(world)
        state = ReturnedState.REFUNDED_AND_RETURNED
        for parcel_id in (foreign.id, to_global("Fulfillment", 2_000_000_000), "x"):
            with pytest.raises(NotFound) as unknown:
                world.shop.restate_returned(order.id, parcel_id, state)
            assert unknown.value.field == "fulfillmentId"
        with pytest.raises(NotFound) as unknown:
            world.shop.restate_returned(NO_ORDER[1], parcel.id, state)
        assert unknown.value.field == "orderId"
        with pytest.raises(Invalid):
            world.shop.restate_returned(order.id, parcel.id, state, refund_amount=-1)
        if world.returned_fulfillments:
            with pytest.raises(Conflict) as wrong:
                world.shop.restate_returned(order.id, parcel.id, state)
            assert wrong.value.field == "fulfillmentId"


class NoOrder:
    id = NO_ORDER[1]
