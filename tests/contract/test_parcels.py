"""`port.Orders`: parcels on their way, and Saleor's own history of them."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import OrderStatus
from tests.contract.steps import NOWHERE, held, ship, stock_of


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
