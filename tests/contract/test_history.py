"""`port.History`: what past orders took, and what Saleor by itself would do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from saleor_plugins.platform.port import AskerKind, Bought, OrderStatus, ShipItem

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = DAY + timedelta(days=30)


def taken(world: Any, since: datetime = DAY, until: datetime = LATER, channel: str = "") -> dict[Any, int]:
    found: Counter[tuple[str, str]] = Counter()
    for row in world.shop.taken(since, until, channel):
        found[row.warehouse_id, row.variant_id] += row.quantity
    return dict(found)


class TestHistory:
    """`count_orders`, `taken`, `sorting_orders`"""

    def test_shipped_and_promised(self, world: Any) -> None:
        """Units that were shipped count where they were shipped from, the rest where it is allocated."""
        here = world.make_warehouse(country="DE", countries=["DE"])
        variant = world.make_variant(stock={here: 9})
        order = world.make_order([(variant, 5)], country="DE", created=DAY)
        world.shop.fulfill(order.id, [ShipItem(order.lines[0].id, here.id, 2)])
        assert taken(world) == {(here.id, variant.id): 5}
        stock = world.shop.stocks([variant.id])[0]
        assert stock.free + taken(world)[here.id, variant.id] == 9

    def test_a_cancelled_parcel(self, world: Any) -> None:
        """What a cancelled parcel put back counts once: it is allocated again."""
        here = world.make_warehouse(country="DE", countries=["DE"])
        variant = world.make_variant(stock={here: 9})
        order = world.make_order([(variant, 5)], country="DE", created=DAY)
        (parcel,) = world.shop.fulfill(order.id, [ShipItem(order.lines[0].id, here.id, 5)])
        world.shop.cancel_fulfillment(parcel.id, warehouse_id=here.id)
        assert taken(world) == {(here.id, variant.id): 5}

    def test_the_window(self, world: Any) -> None:
        """Orders of [since, until); cancelled and draft orders took nothing."""
        here = world.make_warehouse(country="DE", countries=["DE"])
        variant = world.make_variant(stock={here: 99})
        days = [DAY + timedelta(days=n) for n in range(4)]
        for at, day in enumerate(days):
            world.make_order([(variant, 2**at)], country="DE", created=day)
        gone = world.make_order([(variant, 32)], country="DE", created=days[1])
        world.set_status(gone, OrderStatus.CANCELED)
        world.make_order(
            [(variant, 64)], country="DE", created=days[1], status=OrderStatus.DRAFT, allocate=False
        )
        assert taken(world, days[1], days[3]) == {(here.id, variant.id): 6}
        assert world.shop.count_orders(days[1], days[3]) == 2
        assert [row.created for row in world.shop.orders(days[1], days[3])] == days[1:3]

    def test_a_channel(self, world: Any) -> None:
        """One channel's orders, where there are channels."""
        if not world.channels:
            return
        world.make_channel("outlet")
        here = world.make_warehouse(country="DE", countries=["DE"], channels=["default", "outlet"])
        variant = world.make_variant(stock={here: 9})
        world.make_order([(variant, 1)], country="DE", created=DAY)
        world.make_order([(variant, 2)], country="DE", created=DAY, channel="outlet")
        assert taken(world, channel="outlet") == {(here.id, variant.id): 2}
        assert world.shop.count_orders(DAY, LATER, "outlet") == 1
        assert world.shop.count_orders(DAY, LATER) == 2
        assert world.shop.count_orders(DAY, LATER, "nowhere") == 0

    def test_sold(self, world: Any) -> None:
        """Units by variant of the orders of the window, also by the country they went to."""
        here = world.make_warehouse(country="DE", countries=["DE", "FR"])
        one, two = (world.make_variant(stock={here: 99}) for _ in range(2))
        world.make_order([(one, 5), (two, 1)], country="DE", created=DAY)
        world.make_order([(one, 2)], country="FR", created=DAY + timedelta(days=1))
        world.make_order([(one, 64)], country="FR", created=LATER)
        gone = world.make_order([(one, 32)], country="DE", created=DAY)
        world.set_status(gone, OrderStatus.CANCELED)
        assert world.shop.sold(DAY, LATER) == {one.id: 7, two.id: 1}
        assert world.shop.sold(DAY, LATER, country="FR") == {one.id: 2}
        assert world.shop.sold(DAY, LATER, country="PL") == {}
        if world.channels:
            assert world.shop.sold(DAY, LATER, channel="nowhere") == {}

    def test_sold_of_a_variant_that_is_gone(self, world: Any) -> None:
        """What nobody knows any more counts under ""."""
        here = world.make_warehouse(country="DE", countries=["DE"])
        order = world.make_order([(world.make_variant(stock={here: 9}), 3)], country="DE", created=DAY)
        world.drop_variant(order)
        assert world.shop.sold(DAY, LATER) == {"": 3}

    def test_bought(self, world: Any) -> None:
        """A guest by their address in any case of letters, an account by itself; cancelled orders not."""
        here = world.make_warehouse(country="US", countries=["US"])
        variant = world.make_variant(stock={here: 99})
        asker, _ = world.make_asker(AskerKind.CUSTOMER)
        world.make_order([(variant, 1)], email="Jane@example.com", created=DAY)
        guest = world.make_order([(variant, 2)], email="jane@EXAMPLE.com", created=LATER)
        mine = world.make_order([(variant, 4)], user_id=asker.id, email="a@example.com", created=LATER)
        world.make_order([(variant, 8)], user_id=asker.id, email="b@example.com", created=LATER)
        gone = world.make_order([(variant, 16)], user_id=asker.id, created=LATER)
        world.set_status(gone, OrderStatus.CANCELED)
        assert world.shop.bought(guest, DAY) == Bought(2, 3)
        assert world.shop.bought(guest, LATER) == Bought(1, 2)
        assert world.shop.bought(mine, DAY) == Bought(2, 12)

    def test_bought_by_nobody(self, world: Any) -> None:
        """An order without an account and an address is nobody's."""
        order = world.make_order([(world.make_variant(), 1)], email="", allocate=False)
        assert world.shop.bought(order, DAY) == Bought(0, 0)

    def test_sorting_orders(self, world: Any) -> None:
        """Every warehouse with stock, by channel, each once."""
        rows = [world.make_warehouse(country="DE", countries=["DE"]) for _ in range(3)]
        world.make_variant(stock=dict.fromkeys(rows, 1))
        orders = world.shop.sorting_orders()
        key = "default" if world.channels else ""
        if not world.in_memory and world.channels:
            world.model("channel.Channel").objects.update(allocation_strategy="prioritize-sorting-order")
            orders = world.shop.sorting_orders()
        assert sorted(orders[key]) == sorted(row.id for row in rows)

    def test_a_channel_that_takes_from_where_there_is_most(self, world: Any) -> None:
        """None for a channel that takes from where there is most, on 3.x."""
        if world.in_memory or not world.channels:
            return
        world.make_warehouse(country="DE", countries=["DE"])
        rows = world.model("channel.Channel").objects
        rows.update(allocation_strategy="prioritize-high-stock")
        assert world.shop.sorting_orders() == {"default": None}
