"""Transfers under kills, twins, repeats and sales: no unit is lost or doubled, no promised one leaves."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from saleor_plugins.delivery.deadlocks import unlocked
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, InsufficientStock, OpsError
from saleor_plugins.platform.port import Allocation, Variant, Warehouse
from saleor_plugins.restock.domain.transfer import Arrival, Shipping
from saleor_plugins.restock.models import (
    ExpectedBack,
    PurchaseOrder,
    StockMovement,
    Transfer,
    TransferHandling,
    TransferLine,
)
from saleor_plugins.restock.usecases.approve_transfer import approve_transfer
from saleor_plugins.restock.usecases.audit_transfers import audit_transfers
from saleor_plugins.restock.usecases.cancel_transfer import cancel_transfer
from saleor_plugins.restock.usecases.create_transfer import Wanted, create_transfer
from saleor_plugins.restock.usecases.expected_back import publish
from saleor_plugins.restock.usecases.receive_transfer import receive_transfer
from saleor_plugins.restock.usecases.ship_transfer import ship_transfer
from tests.integration.restock.expected import make_door
from tests.integration.restock.test_twins import together, unforeseen
from tests.integration.restock.transfers import Lane, lines, make_lane, now

pytestmark = pytest.mark.django_db(transaction=True)
# A few in CI; a hundred in the run that docs/restock-transfers.md quotes.
SEEDS = range(int(os.environ.get("TRANSFER_SEEDS", "6")))
STEPS = 60


class Killed(BaseException):
    """The process is gone: nothing catches it, the open transaction is rolled back."""


@pytest.fixture
def lane(transactional_db: None) -> Lane:
    return make_lane()


class Shop:
    """Three warehouses with little stock, orders that take it, and everybody who moves it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.lane = make_lane()
        self.data = self.lane.data
        self.houses: list[Warehouse] = [self.lane.source, self.lane.target, self.data.make_warehouse()]
        self.goods: list[Variant] = [
            self.data.make_variant(stock={house: self.dice.randint(9, 25) for house in self.houses})
            for _ in range(3)
        ]
        self.begun = {variant.id: self.on_hand(variant) for variant in self.goods}
        self.references = [f"r{number}" for number in range(4)]
        self.refused = 0

    def on_hand(self, variant: Variant) -> int:
        return sum(stock.on_hand for stock in self.data.shop.stocks([variant.id]))

    def pick(self, *states: str) -> Transfer | None:
        found = list(Transfer.objects.filter(state__in=states).order_by("pk"))
        return self.dice.choice(found) if found else None

    def plan(self) -> None:
        source, target = self.dice.sample(self.houses, 2)
        wanted = self.dice.sample(self.goods, self.dice.randint(1, 2))
        create_transfer(source.id, target.id, [Wanted(v.id, self.dice.randint(1, 3)) for v in wanted])

    def approve(self) -> None:
        if transfer := self.pick("DRAFT") or self.pick("APPROVED"):
            approve_transfer(transfer.pk)

    def cancel(self) -> None:
        if transfer := self.pick("DRAFT", "APPROVED", "SHIPPED"):
            cancel_transfer(transfer.pk)

    def ship(self) -> None:
        if transfer := self.pick("APPROVED") or self.pick("SHIPPED", "PARTLY_RECEIVED"):
            some = [Shipping(str(row.pk), self.dice.randint(0, row.quantity)) for row in lines(transfer)]
            chosen, only_free = self.dice.choice([None, some]), self.dice.random() < 0.5
            ship_transfer(transfer.pk, self.dice.choice(self.references), chosen, only_free=only_free)

    def receive(self) -> None:
        if transfer := self.pick("SHIPPED", "PARTLY_RECEIVED", "RECEIVED"):
            rows = lines(transfer)
            rows = self.dice.sample(rows, self.dice.randint(1, len(rows)))
            arrivals = [
                Arrival(str(row.pk), self.dice.randint(0, row.shipped), self.dice.choice([0, 0, 1]))
                for row in rows
            ]
            receive_transfer(transfer.pk, self.dice.choice(self.references), arrivals, note="said")

    def sell(self) -> None:
        variant, house = self.dice.choice(self.goods), self.dice.choice(self.houses)
        units = self.dice.randint(1, 3)
        order = self.data.make_order([(variant, units)], allocate=False, paid=False)
        self.data.shop.allocate(order.id, [Allocation(order.lines[0].id, house.id, units)])

    def step(self) -> None:
        verbs = [self.plan, self.approve, self.cancel, self.ship, self.receive, self.sell]
        try:
            unlocked(self.dice.choices(verbs, (3, 4, 1, 4, 4, 1))[0])
        except OpsError:
            self.refused += 1

    def check(self) -> None:
        """Every unit is on a shelf, on its way or written off; no order's unit left; the ledger agrees."""
        for variant in self.goods:
            rows = TransferLine.objects.filter(variant_id=variant.id)
            away = sum(row.shipped - row.received for row in rows)
            assert self.on_hand(variant) + away == self.begun[variant.id]
        for stock in self.data.shop.stocks([variant.id for variant in self.goods]):
            assert stock.on_hand >= stock.allocated >= 0
        assert audit_transfers() == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_life_keeps_every_unit(transactional_db: None, seed: int) -> None:
    shop = Shop(seed)
    for _ in range(STEPS):
        shop.step()
        shop.check()
    assert shop.refused
    kinds = TransferHandling.objects.values_list("kind", flat=True)
    assert set(kinds) == {"SHIP", "RECEIVE"}


@pytest.mark.parametrize("seed", range(3))
def test_four_at_once_keep_every_unit(transactional_db: None, seed: int) -> None:
    shop = Shop(seed)
    shop.plan()

    def live(part: int) -> Callable[[], None]:
        mine = Shop.__new__(Shop)
        mine.__dict__.update(shop.__dict__, dice=random.Random(seed * 10 + part))

        def run() -> None:
            for _ in range(STEPS // 2):
                mine.step()

        return run

    assert unforeseen(together(*(live(part) for part in range(4)))) == []
    shop.check()
    assert TransferHandling.objects.exists()


def at_every_query(call: Callable[[], Any], untouched: Callable[[], None]) -> int:
    """Kill `call` before each of its queries in turn, until it lives; answers how often it died."""
    for deaths in range(200):
        left = [deaths]

        def kill(
            execute: Any, sql: str, params: Any, many: bool, context: Any, left: list[int] = left
        ) -> Any:
            if not left[0]:
                raise Killed
            left[0] -= 1
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(kill):
                call()
        except Killed:
            untouched()
        else:
            return deaths
    raise AssertionError("It never lived.")


def test_killed_at_every_query_of_its_life(lane: Lane) -> None:
    one, two = lane.stock(6, 4)
    transfer = lane.draft({one: 6, two: 4})
    first, second = (str(line.pk) for line in lines(transfer))

    def stays(state: str, *stocks: tuple[int, int]) -> Callable[[], None]:
        counts = (TransferHandling.objects.count(), StockMovement.objects.count())

        def check() -> None:
            assert (now(transfer).state, lane.on_hand(one), lane.on_hand(two)) == (state, *stocks)
            assert (TransferHandling.objects.count(), StockMovement.objects.count()) == counts
            assert audit_transfers() == []

        return check

    deaths = at_every_query(lambda: approve_transfer(transfer.pk), stays("DRAFT", (6, 0), (4, 0)))
    ship = [Shipping(first, 5), Shipping(second, 4)]
    deaths += at_every_query(
        lambda: ship_transfer(transfer.pk, "waybill", ship), stays("APPROVED", (6, 0), (4, 0))
    )
    arrivals = [Arrival(first, 5), Arrival(second, 3, 1)]
    deaths += at_every_query(
        lambda: receive_transfer(transfer.pk, "note", arrivals, note="one sank"),
        stays("SHIPPED", (1, 0), (0, 0)),
    )
    assert (now(transfer).state, lane.on_hand(one), lane.on_hand(two)) == ("RECEIVED", (1, 5), (0, 3))
    assert audit_transfers() == []
    assert deaths > 30
    print(f"\nkilled {deaths} times")


def test_one_waybill_from_many_clients_ships_once(lane: Lane) -> None:
    transfer = lane.approved()
    results = together(*[lambda: ship_transfer(transfer.pk, "waybill")] * 6)
    assert len({found.pk for found in results}) == 1
    assert lane.on_hand(lane.goods[0]) == (2, 0)


def test_many_waybills_ship_once(lane: Lane) -> None:
    transfer = lane.approved()
    calls = [lambda number=number: ship_transfer(transfer.pk, f"waybill {number}") for number in range(6)]
    results = together(*calls)
    assert sum(isinstance(found, TransferHandling) for found in results) == 1
    assert sum(isinstance(found, Conflict) for found in results) == 5
    assert lane.on_hand(lane.goods[0]) == (2, 0)


def test_many_notes_never_book_more_than_was_shipped(lane: Lane) -> None:
    transfer = lane.shipped()
    key = str(lines(transfer)[0].pk)
    calls = [
        lambda number=number: receive_transfer(transfer.pk, f"note {number}", [Arrival(key, 3)])
        for number in range(6)
    ]
    results = together(*calls)
    assert unforeseen(results) == []
    assert sum(isinstance(found, TransferHandling) for found in results) == 3
    assert (lane.on_hand(lane.goods[0]), audit_transfers()) == ((2, 9), [])


def test_one_surplus_is_promised_once_however_many_ask(lane: Lane) -> None:
    (goods,) = lane.stock(10)
    others = [lane.target, *(lane.data.make_warehouse() for _ in range(3))]
    drafts = [create_transfer(lane.source.id, house.id, [Wanted(goods.id, 6)]) for house in others]
    results = together(*(lambda draft=draft: approve_transfer(draft.pk) for draft in drafts))
    assert sum(isinstance(found, Transfer) for found in results) == 1
    assert sum(isinstance(found, InsufficientStock) for found in results) == 3


def test_goods_come_and_go_between_two_warehouses_without_a_deadlock(lane: Lane) -> None:
    goods = [lane.data.make_variant(stock={lane.source: 9, lane.target: 9}) for _ in range(4)]
    ways = [(lane.source.id, lane.target.id, goods), (lane.target.id, lane.source.id, goods[::-1])]
    for _ in range(4):
        there, back = (
            approve_transfer(create_transfer(a, b, [Wanted(v.id, 2) for v in some]).pk) for a, b, some in ways
        )
        assert unforeseen(together(*(lambda t=t: ship_transfer(t.pk, "w") for t in (there, back)))) == []
        arrivals = {t.pk: [Arrival(str(line.pk), 2) for line in lines(t)] for t in (there, back)}
        booked = together(*(lambda t=t: receive_transfer(t.pk, "n", arrivals[t.pk]) for t in (there, back)))
        assert unforeseen(booked) == []
    assert {lane.on_hand(variant) for variant in goods} == {(9, 9)}


def test_shipping_while_orders_come_never_takes_what_they_hold(lane: Lane) -> None:
    for _ in range(5):
        (goods,) = lane.stock(10)
        transfer = lane.approved({goods: 10})
        orders = [lane.data.make_order([(goods, 3)], allocate=False, paid=False) for _ in range(3)]

        def take(order: Any) -> None:
            plan = [Allocation(order.lines[0].id, lane.source.id, 3)]
            unlocked(lambda: lane.data.shop.allocate(order.id, plan))

        calls: list[Callable[[], Any]] = [lambda order=order: take(order) for order in orders]
        calls.insert(2, lambda: ship_transfer(transfer.pk, "waybill", only_free=True))
        assert unforeseen(together(*calls)) == []
        stocks = {stock.warehouse_id: stock for stock in lane.data.shop.stocks([goods.id])}
        here = stocks[lane.source.id]
        assert here.on_hand >= here.allocated
        assert here.on_hand == 10 - sum(line.shipped for line in lines(transfer))


def test_cancelling_while_shipping_is_either_first(lane: Lane) -> None:
    for _ in range(5):
        (goods,) = lane.stock(5)
        transfer = lane.approved({goods: 5})
        results = together(
            lambda: cancel_transfer(transfer.pk), lambda: ship_transfer(transfer.pk, "waybill")
        )
        assert unforeseen(results) == []
        end = (now(transfer).state, lane.on_hand(goods))
        assert end in {("CANCELED", (5, 0)), ("SHIPPED", (0, 0))}


def test_planning_at_once_makes_one_draft(lane: Lane) -> None:
    goods = lane.stock(5, 5, 5, 5)
    results = together(*(lambda v=v: lane.draft({v: 2}) for v in goods))
    assert len({found.pk for found in results}) == 1
    assert {line.variant_id for line in lines(results[0])} == {variant.id for variant in goods}


def test_days_published_at_once_end_at_the_last_word(transactional_db: None) -> None:
    door = make_door()
    shirt = door.sold_out()
    day = clock.day_of(clock.now(), door.data.shop.time_zone())
    order = door.owe(shirt, 5, on=day)

    def postpone(days: int) -> None:
        PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=day + timedelta(days=days))
        publish([shirt.id])

    for _ in range(3):
        calls = [lambda days=days: postpone(days) for days in range(1, 7)]
        assert unforeseen(together(*calls)) == []
        said = PurchaseOrder.objects.get(pk=order.pk).expected_on
        assert door.said(shirt) == said.isoformat()
        assert ExpectedBack.objects.get().published == said
