"""Two at once: threads with a connection each, on rows that are committed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.platform.port import Allocation, NewItem, NewOrder, RefundStatus, ReturnedItem, ShipItem
from tests.contract.steps import held, ship, stock_of

ROUNDS = 4


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run all of `calls` from the same instant; their results or errors, in order."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        from django.db import connection

        barrier.wait(timeout=30)
        try:
            return call()
        except OpsError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def failures(results: list[Any]) -> list[str]:
    return [result.code for result in results if isinstance(result, OpsError)]


class TestRaces:
    """two at once"""

    def test_last_unit(self, committed: Any) -> None:
        """Two orders want the last unit: one gets it, the other is told; nothing is promised twice."""
        world = committed
        a = world.make_warehouse()
        for _ in range(ROUNDS):
            variant = world.make_variant(stock={a: 1})
            orders = [world.make_order([(variant, 1)], allocate=False) for _ in range(2)]
            results = at_once(
                *(
                    lambda o=order: world.shop.allocate(o.id, [Allocation(o.lines[0].id, a.id, 1)])
                    for order in orders
                )
            )
            assert failures(results) == ["INSUFFICIENT_STOCK"]
            assert stock_of(world, variant)[a.id].free == 0

    def test_same_parcel(self, committed: Any) -> None:
        """The same order shipped twice at once: one parcel, stock taken once."""
        world = committed
        a = world.make_warehouse()
        for _ in range(ROUNDS):
            variant = world.make_variant(stock={a: 9})
            order = world.make_order([(variant, 2)])
            item = ShipItem(order.lines[0].id, a.id, 2)
            results = at_once(*[lambda: world.shop.fulfill(order.id, [item])] * 2)
            assert len(failures(results)) == 1
            assert len(world.shop.fulfillments(order.id)) == 1
            assert stock_of(world, variant)[a.id].on_hand == 7

    def test_ship_against_move(self, committed: Any) -> None:
        """Shipping one order while another takes the units: never below zero, never another's units."""
        world = committed
        a, b = world.make_warehouse(), world.make_warehouse()
        for _ in range(ROUNDS):
            variant = world.make_variant(stock={a: 3, b: 3})
            one = world.make_order([(variant, 3)], allocate={a: 3})
            two = world.make_order([(variant, 3)], allocate={b: 3})
            at_once(
                lambda: world.shop.fulfill(one.id, [ShipItem(one.lines[0].id, b.id, 3)]),
                lambda: world.shop.allocate(two.id, [Allocation(two.lines[0].id, a.id, 3)]),
                lambda: world.shop.allocate(two.id, []),
            )
            rows = stock_of(world, variant)
            assert all(row.on_hand >= 0 and row.free >= 0 for row in rows.values())
            promised = sum(held(world, one).values()) + sum(held(world, two).values())
            assert promised == sum(row.allocated for row in rows.values())

    def test_arrivals(self, committed: Any) -> None:
        """Eight arrivals at once, four of them at a stock without a row: none is lost."""
        world = committed
        a, b = world.make_warehouse(), world.make_warehouse()
        variant = world.make_variant(stock={a: 0})
        at_once(*[lambda w=w: world.shop.move_stock(variant.id, w.id, 3) for w in (a, b) for _ in range(4)])
        assert {key: row.on_hand for key, row in stock_of(world, variant).items()} == {a.id: 12, b.id: 12}

    def test_cancelled_twice(self, committed: Any) -> None:
        """A parcel cancelled twice at once: units come back once."""
        world = committed
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 5})
        order = world.make_order([(variant, 5)])
        parcel = ship(world, order, a, 5)
        results = at_once(*[lambda: world.shop.cancel_fulfillment(parcel.id, warehouse_id=a.id)] * 2)
        assert failures(results) == ["CONFLICT"]
        assert stock_of(world, variant)[a.id].on_hand == 5
        assert held(world, order) == {a.id: 5}

    def test_refunded_twice(self, committed: Any) -> None:
        """Two refunds at once for more than was captured: one goes through."""
        world = committed
        for _ in range(ROUNDS):
            order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False)
            payment = world.shop.payments(order.id)[0]
            results = at_once(
                *[lambda k=k: world.shop.refund(order.id, payment.id, 3000, key=k) for k in ("a", "b")]
            )
            done = [row for row in results if getattr(row, "status", None) is RefundStatus.SUCCEEDED]
            assert len(done) == 1
            assert world.shop.payments(order.id)[0].refundable == 2000

    def test_waves_cross(self, committed: Any) -> None:
        """Two swaps over the same orders at once, named in opposite order: no deadlock, nothing oversold."""
        world = committed
        a, b = world.make_warehouse(), world.make_warehouse()
        for _ in range(ROUNDS):
            variant = world.make_variant(stock={a: 2, b: 2})
            one, two = (world.make_order([(variant, 2)], allocate={w: 2}) for w in (a, b))
            plans = {o.id: [Allocation(o.lines[0].id, w.id, 2)] for o, w in ((one, b), (two, a))}
            back = {o.id: [Allocation(o.lines[0].id, w.id, 2)] for o, w in ((two, b), (one, a))}
            results = at_once(*[lambda p=p: world.shop.allocate_many(p) for p in (plans, back, plans)])
            assert failures(results) == []
            assert [row.free for row in world.shop.stocks([variant.id])] == [0, 0]

    def test_last_unit_exchanged(self, committed: Any) -> None:
        """Two exchanges want the last unit: one order is made, the other leaves nothing behind."""
        world = committed
        a = world.make_warehouse()
        variant = world.make_variant(price=900, stock={a: 0})
        orders = [world.make_order([(variant, 1)], allocate=False) for _ in range(2)]
        for _ in range(ROUNDS):
            world.set_stock(variant, a, stock_of(world, variant)[a.id].on_hand + 1)
            wishes = [NewOrder(order.id, (NewItem(variant.id, 1),), credit=900) for order in orders]
            results = at_once(*(lambda w=wish: world.shop.create_order(w) for wish in wishes))
            assert failures(results) == ["INSUFFICIENT_STOCK"]
            assert stock_of(world, variant)[a.id].free == 0

    def test_same_key_at_once(self, committed: Any) -> None:
        """A refund asked for twice at once with one key: money moves once, nobody hears another answer."""
        world = committed
        for number in range(ROUNDS):
            order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False)
            payment = world.shop.payments(order.id)[0]
            key = f"key {number}"
            results = at_once(*[lambda: world.shop.refund(order.id, payment.id, 1000, key=key)] * 3)
            assert {row.status for row in results} <= {RefundStatus.SUCCEEDED, RefundStatus.UNKNOWN}
            assert world.shop.payments(order.id)[0].refunded == 1000
            assert world.shop.refund(order.id, payment.id, 1000, key=key).status is RefundStatus.SUCCEEDED

    def test_card_at_once(self, committed: Any) -> None:
        """The same, onto a gift card, and several keys that together want more than it paid."""
        world = committed
        order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
        card = world.make_gift_card(2000)
        world.use_gift_card(order, card, 2000)
        payment = world.shop.payments(order.id)[0]
        results = at_once(*[lambda: world.shop.refund(order.id, payment.id, 700, key="one")] * 3)
        assert {row.status for row in results} == {RefundStatus.SUCCEEDED}
        assert world.gift_card(card.id).balance == 700
        keys = ("a", "b", "c")
        results = at_once(
            *(lambda k=key: world.shop.refund(order.id, payment.id, 650, key=k) for key in keys)
        )
        assert failures(results) == ["INVALID"]
        assert world.gift_card(card.id).balance == 2000

    def test_same_unit_back(self, committed: Any) -> None:
        """Two desks take in the last unit of a parcel: one does, where Saleor can say so."""
        world = committed
        if not world.returned_fulfillments:
            pytest.skip("Saleor 2.10 has no returned fulfilments.")
        a = world.make_warehouse()
        for _ in range(ROUNDS):
            order = world.make_order([(world.make_variant(stock={a: 2}), 2)])
            parcel = ship(world, order, a, 2)
            world.shop.mark_returned(order.id, [ReturnedItem(parcel.lines[0].id, 1)])
            item = ReturnedItem(parcel.lines[0].id, 1)
            results = at_once(*[lambda: world.shop.mark_returned(order.id, [item])] * 2)
            assert len(failures(results)) == 1
            units = [
                line.quantity for row in world.shop.fulfillments(order.id) for line in row.lines
                if row.status == "RETURNED"
            ]  # fmt: skip
            assert sum(units) == 2
