"""A hundred checkouts and routings at once on scarce stock: not one unit is promised twice."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from saleor_plugins.delivery import emit, relay
from saleor_plugins.delivery.models import Delivery, Event
from saleor_plugins.fulfillment.models import RoutingDecision, WarehouseProfile
from saleor_plugins.fulfillment.tasks.sweep import find_broken, find_unrouted
from saleor_plugins.fulfillment.topics import ORDER_SEEN
from saleor_plugins.fulfillment.usecases.commit_decision import Trigger
from saleor_plugins.fulfillment.usecases.reject_order import reject_order
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.kernel.errors import Conflict, sqlstate
from saleor_plugins.platform.port import OrderStatus
from tests.fault.routing import (
    DEADLOCK,
    SEEDS,
    check_ledger,
    check_routed,
    checkout,
    make_world,
    oversold,
    race,
)
from tests.integration.fulfillment.life import change_line

RACERS = 100

pytestmark = pytest.mark.usefixtures("transactional_db")


class Scene:
    """Four warehouses, six variants with little stock, and a hundred orders of up to three lines."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.w = make_world()
        countries = ("US", "US", "DE", "FR")
        self.places = [self.w.make_warehouse(country=country, countries=["US"]) for country in countries]
        self.variants = [
            self.w.make_variant(
                stock={place: self.dice.randint(0, 12) for place in self.places}, weight_grams=400
            )
            for _ in range(6)
        ]
        self.orders = [self._order() for _ in range(RACERS)]

    def _order(self) -> Any:
        # The same variant twice in an order, and lines in any order, are what deadlocks are made of.
        chosen = self.dice.choices(self.variants, k=self.dice.randint(1, 3))
        lines = [(variant, self.dice.randint(1, 3)) for variant in chosen]
        return self.w.make_order(lines, allocate=False, paid=False)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Under each routing's own locks, once it has allocated: stocks that it promised more of than there is."""
    kind, broken = type(make_world().shop), []
    real = kind.allocate_under_lock

    def allocate(self: Any, order: Any, plan: Any, **read: Any) -> None:
        real(self, order, plan, **read)
        mine = {(order.line(row.line_id).variant_id, row.warehouse_id) for row in plan}
        for stock in self.stocks({variant for variant, _ in mine}):
            if (stock.variant_id, stock.warehouse_id) in mine and stock.free < 0:
                broken.append((stock.id, stock.free))

    monkeypatch.setattr(kind, "allocate_under_lock", allocate)
    return broken


def settle(scene: Scene) -> None:
    """What the beat does in a few minutes: it meets every order, and promises that broke."""
    for _ in range(3):
        find_unrouted()
        find_broken()
        relay.drain()
        Event.objects.filter(topic=ORDER_SEEN).delete()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_routings_at_once(seed: int, watched: list) -> None:
    scene = Scene(seed)
    answers = race([lambda order=order: route_order(order.id) for order in scene.orders])
    assert all(answer.new for answer in answers)
    assert oversold(scene.w.shop, scene.variants) == {} and watched == []
    check_ledger(scene.w.shop)
    check_routed(scene.w.shop, [order.id for order in scene.orders])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_checkouts_and_routings_at_once(seed: int, watched: list, count: Any) -> None:
    """Saleor's own checkouts promise units twice; no routing does, and what they did is put right."""
    scene = Scene(seed)
    half = RACERS // 2
    calls = [lambda order=order: checkout(order, reservations=seed % 2) for order in scene.orders[:half]]
    calls += [lambda order=order: route_order(order.id) for order in scene.orders[half:]]
    scene.dice.shuffle(calls)
    answers = race(calls)
    shoppers = Counter(answer for answer in answers if isinstance(answer, str))
    failed = [answer for answer in answers if isinstance(answer, Exception)]
    assert {error.code for error in failed} <= {"TRY_AGAIN", "INSUFFICIENT_STOCK"}
    twice = sum(oversold(scene.w.shop, scene.variants).values())
    settle(scene)
    left = oversold(scene.w.shop, scene.variants)
    count(
        f"seed {seed}: {half} checkouts {dict(shoppers)} and {half} routings, {len(failed)} of them put off; "
        f"units promised twice by routings {len(watched)}, by Saleor {twice}, left {sum(left.values())}"
    )
    assert watched == [] and left == {}
    check_ledger(scene.w.shop)
    check_routed(scene.w.shop, [order.id for order in scene.orders])


@pytest.mark.parametrize("seed", SEEDS)
def test_one_order_routed_fifty_times_at_once(seed: int) -> None:
    w = make_world()
    far, near = w.make_warehouse(country="DE", countries=["US"]), w.make_warehouse()
    order = w.make_order([(w.make_variant(stock={far: 5, near: 5}), 2)], allocate={far: 2})
    triggers = [Trigger.EVENT, Trigger.REROUTE, Trigger.MANUAL]
    answers = race([lambda n=n: route_order(order.id, trigger=triggers[n % 3]) for n in range(50)])
    assert sum(answer.new for answer in answers) == 1
    assert RoutingDecision.objects.count() == 1
    assert Event.objects.filter(topic="order.routed").count() == 1
    assert len(w.notes(order.id)) == 1
    check_routed(w.shop, [order.id])


@pytest.mark.parametrize("seed", SEEDS)
def test_routing_while_staff_cancels_edits_ships_and_warehouses_reject(seed: int) -> None:
    dice = random.Random(seed)
    w = make_world()
    places = [w.make_warehouse(country=country, countries=["US"]) for country in ("US", "DE", "FR")]
    shirt = w.make_variant(stock=dict.fromkeys(places, 12))
    orders = [w.make_order([(shirt, 3)], allocate=False) for _ in range(10)]
    for order in orders:
        route_order(order.id)

    def cancel(order: Any) -> None:
        with transaction.atomic():
            w.shop.order(order.id, lock=True)
            w.set_status(order, OrderStatus.CANCELED)

    def edit(order: Any) -> None:
        change_line(order, dice.randint(1, 4))

    def reject(order: Any) -> None:
        reject_order(order.id, dice.choice(places).id, "")

    acts = [cancel, edit, reject, lambda order: route_order(order.id, trigger=Trigger.REROUTE)]
    calls = [lambda order=order, act=act: act(order) for order in orders for act in dice.sample(acts, 3)]
    dice.shuffle(calls)
    answers = race(calls)
    allowed = (Conflict,)  # a warehouse rejects what was cancelled a moment before
    assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, allowed)]
    for order in orders:
        emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    assert oversold(w.shop, [shirt]) == {}
    check_ledger(w.shop)
    for order in orders:
        if w.shop.order(order.id).status is OrderStatus.CANCELED:
            assert w.shop.allocations(order.id) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_days_capacity_is_never_exceeded(seed: int) -> None:
    w = make_world()
    here = w.make_warehouse()
    WarehouseProfile.objects.create(warehouse_id=here.id, daily_parcels=7, working_days=list(range(7)))
    shirt = w.make_variant(stock={here: 500})
    orders = [w.make_order([(shirt, 1)], allocate=False, paid=False) for _ in range(40)]
    race([lambda order=order: route_order(order.id) for order in orders])
    days = Counter(row.plan["parcels"][0]["ship_on"] for row in RoutingDecision.objects.all())
    assert sum(days.values()) == 40 and max(days.values()) == 7 and len(days) == 6


def test_a_deadlock_with_saleors_own_locks_is_repeated(count: Any) -> None:
    """Saleor locks the stocks of one line, then of the next; we lock all by id. One of us has to give way."""
    w = make_world()
    here = w.make_warehouse()
    first, second = (w.make_variant(stock={here: 9}) for _ in range(2))
    order = w.make_order([(first, 1), (second, 1)], allocate=False)
    met: list[str] = []
    gate = threading.Barrier(2)

    def saleor() -> None:
        """The second stock, then the first, as an order whose lines stand the other way round."""
        try:
            with transaction.atomic():
                w.shop.stocks([second.id], lock=True)
                gate.wait(10)
                time.sleep(0.2)
                w.shop.stocks([first.id], lock=True)
                time.sleep(0.1)
        except OperationalError as error:
            assert sqlstate(error) == DEADLOCK
            met.append("Saleor")
        finally:
            connection.close()

    other = threading.Thread(target=saleor)
    other.start()
    gate.wait(10)
    with connection.cursor() as cursor:
        # We are the one that notices first.
        cursor.execute("SET deadlock_timeout = '100ms'")
    emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    other.join()
    count(f"a deadlock with Saleor's locks: {met or ['we']} gave way; the order was routed")
    assert RoutingDecision.objects.get().outcome == "ROUTED"
    assert set(Delivery.objects.values_list("state", "attempts")) <= {("DONE", 1)}
