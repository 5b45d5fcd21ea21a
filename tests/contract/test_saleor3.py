"""What Saleor 3.x has of its own: approval, unpaid orders, channels, pre-orders, gift cards, mail plugin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform.port import Allocation, OrderStatus, ShipItem
from tests.contract.steps import held, ship, stock_of


@pytest.fixture(autouse=True)
def three(world: Any) -> None:
    if world.in_memory or not world.channels:
        pytest.skip("Saleor 3.x only.")


def rules(**values: Any) -> None:
    from saleor.site.models import SiteSettings

    SiteSettings.objects.update(**values)


def counters_agree() -> bool:
    from saleor.warehouse.models import Stock

    return all(
        row.quantity_allocated == sum(item.quantity_allocated for item in row.allocations.all())
        for row in Stock.objects.prefetch_related("allocations")
    )


class TestApproval:
    """parcels that wait for approval (3.x)"""

    def test_waits(self, world: Any) -> None:
        """Nothing leaves before approval: the units stay promised, in the warehouse that will ship."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5, b: 5})
        order = world.make_order([(variant, 3)], allocate={a: 3})
        rules(fulfillment_auto_approve=False)
        parcel = ship(world, order, b, 2)
        assert parcel.status == "WAITING_FOR_APPROVAL"
        assert {key: row.on_hand for key, row in stock_of(world, variant).items()} == {a.id: 5, b.id: 5}
        assert held(world, order) == {a.id: 1, b.id: 2}
        assert counters_agree()

    def test_keeps_its_promise(self, world: Any) -> None:
        """Moving or letting go of the rest leaves the waiting parcel's units promised."""
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5, b: 5})
        order = world.make_order([(variant, 3)], allocate={a: 3})
        rules(fulfillment_auto_approve=False)
        ship(world, order, b, 2)
        line = order.lines[0].id
        for plan, expected in (
            ([Allocation(line, b.id, 1)], {b.id: 3}),
            ([], {b.id: 2}),
            ([Allocation(line, a.id, 1)], {a.id: 1, b.id: 2}),
        ):
            world.shop.allocate(order.id, plan)
            assert held(world, order) == expected
        rules(fulfillment_auto_approve=True)
        ship(world, order, a, 1)
        assert held(world, order) == {b.id: 2}

    def test_cancelled(self, world: Any) -> None:
        """A waiting parcel that is cancelled brings no stock: none had left."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 3)])
        rules(fulfillment_auto_approve=False)
        parcel = ship(world, order, a, 3)
        world.shop.cancel_fulfillment(parcel.id, warehouse_id=a.id)
        row = stock_of(world, variant)[a.id]
        assert (row.on_hand, row.allocated) == (5, 3)
        assert world.shop.order(order.id).status is OrderStatus.UNFULFILLED


class TestRules:
    """Saleor's own rules (3.x)"""

    def test_unpaid(self, world: Any) -> None:
        """A shop that ships no unpaid order: Conflict with Saleor's code, read afresh each time."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 1)], paid=False)
        rules(fulfillment_allow_unpaid=False)
        with pytest.raises(Conflict) as refused:
            ship(world, order, a, 1)
        assert refused.value.code == "CANNOT_FULFILL_UNPAID_ORDER"
        assert held(world, order) == {a.id: 1}
        rules(fulfillment_allow_unpaid=True)
        ship(world, order, a, 1)

    def test_other_channel(self, world: Any) -> None:
        """A warehouse outside of the order's channel may ship, and the parcel names it."""
        a, b = world.make_warehouse(), world.make_warehouse(channels=["other"])
        variant = world.make_variant(stock={a: 5, b: 5})
        order = world.make_order([(variant, 2)], allocate={a: 2})
        parcel = ship(world, order, b, 2)
        assert [row.warehouse_id for row in parcel.lines] == [b.id]
        rows = stock_of(world, variant)
        assert (rows[a.id].on_hand, rows[b.id].on_hand, held(world, order)) == (5, 3, {})
        assert counters_agree()

    def test_preorder(self, world: Any) -> None:
        """A pre-order keeps no stock to promise and does not ship: Conflict (lineId)."""
        from django.utils import timezone
        from saleor.product.models import ProductVariant

        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 1)], allocate=False)
        ends = timezone.now() + timedelta(days=9)
        ProductVariant.objects.filter(sku=variant.sku).update(is_preorder=True, preorder_end_date=ends)
        assert not world.shop.order(order.id).lines[0].tracks_stock
        with pytest.raises(Conflict) as refused:
            ship(world, order, a, 1)
        assert refused.value.field == "lineId"

    def test_gift_cards(self, world: Any) -> None:
        """A parcel of an order with gift cards is not cancelled: Conflict (fulfillmentId)."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5}, is_gift_card=True)
        order = world.make_order([(variant, 1)])
        assert order.lines[0].is_gift_card
        parcel = ship(world, order, a, 1)
        with pytest.raises(Conflict) as refused:
            world.shop.cancel_fulfillment(parcel.id, warehouse_id=a.id)
        assert refused.value.field == "fulfillmentId"

    def test_collection_point(self, world: Any) -> None:
        """The shopper's collection point is told."""
        point = world.make_warehouse(pickup=True)
        order = world.make_order([(world.make_variant(), 1)], allocate=False, collection_point=point)
        assert order.collection_point_id == point.id

    def test_notifies(self, world: Any) -> None:
        """The customer is told by Saleor when asked to, and not otherwise."""
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 5}), 2)])
        with world.notifications() as sent, world.on_commit():
            parcel = ship(world, order, a, 1)
            world.shop.set_tracking(parcel.id, "T")
        assert sent == []
        with world.notifications() as sent, world.on_commit():
            ship(world, order, a, 1, notify_customer=True)
            world.shop.set_tracking(parcel.id, "U", notify_customer=True)
        assert sorted(sent) == ["order_fulfillment_confirmation", "order_fulfillment_update"]

    def test_mail_plugin(self, world: Any) -> None:
        """Mail goes through the server that the merchant set in the dashboard."""
        from saleor.plugins.manager import get_plugins_manager

        from saleor_plugins.platform import shop

        smtp: dict[str, Any] = {"host": "smtp.example.com", "port": "587", "use_tls": True, "use_ssl": False}
        smtp |= {
            "username": "u",
            "password": "p",
            "sender_name": "Shop",
            "sender_address": "shop@example.com",
        }
        plugin = get_plugins_manager(allow_replica=False).get_plugin("mirumee.notifications.user_email")
        usual = {row["name"]: row["value"] for row in plugin.configuration} if plugin else {}
        world.configure_plugin("mirumee.notifications.user_email", **{**usual, **smtp})
        rows = world.model("plugins.PluginConfiguration").objects
        rows.filter(identifier="mirumee.notifications.user_email").update(channel=world.make_channel())
        connection, sender = shop()._mail_connection()  # type: ignore[attr-defined]
        assert (connection.host, connection.port, connection.use_tls) == ("smtp.example.com", "587", True)
        assert sender == "Shop <shop@example.com>"


class TestSaleorsOwnAllocation:
    """Saleor 3.23's own allocation"""

    def test_defect_is_repaired(self, world: Any) -> None:
        """What Saleor itself over-allocates is seen, refused to ship, and repaired by moving."""
        from saleor.order.fetch import OrderLineInfo
        from saleor.order.models import Order
        from saleor.warehouse.management import allocate_stocks

        from saleor_plugins.platform.orm.site import site_settings
        from saleor_plugins.platform.saleor3.context import call

        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 5, b: 5})
        orders = [world.make_order([(variant, 5)], allocate=False) for _ in range(2)]
        for order in orders:
            row = Order.objects.get(number=order.number)
            lines = [OrderLineInfo(line=line, quantity=5, variant=line.variant) for line in row.lines.all()]
            call(
                allocate_stocks, lines, "US", row.channel, site_settings(), None,
                calculate_stocks_with_shipping_zones=True, check_reservations=True,
            )  # fmt: skip
        worst = min(stock_of(world, variant).values(), key=lambda row: row.free)
        if worst.free == 0:
            pytest.skip("This Saleor counts other orders' allocations.")
        assert worst.free == -5
        free = next(row for row in stock_of(world, variant).values() if row.free > 0)
        moved, stays = orders[1], orders[0]
        with pytest.raises(Conflict):
            item = ShipItem(stays.lines[0].id, worst.warehouse_id, 5)
            world.shop.fulfill(stays.id, [item])
        world.shop.allocate(moved.id, [Allocation(moved.lines[0].id, free.warehouse_id, 5)])
        assert [row.free for row in stock_of(world, variant).values()] == [0, 0]
        world.shop.fulfill(stays.id, [item])
        assert counters_agree()
