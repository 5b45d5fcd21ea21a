"""Races at the returns desk, on a real Postgres: 200 racers for the last unit, one wins; each step happens once.

Racers share a pool of connections that stay open: what is raced is the desk, not Postgres' log-in.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection, connections, transaction

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError, sqlstate
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind, OrderStatus, ShipItem
from saleor_plugins.returns.models import Inspection, Receipt, Refund, RefundPart, Return, ReturnableLine
from saleor_plugins.returns.schema import view
from saleor_plugins.returns.tasks.desk import find_overdue
from saleor_plugins.returns.usecases import send_refund as send_module
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.cancel_exchange import cancel_exchange
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.reopen_return import reopen_return
from saleor_plugins.returns.usecases.send_refund import send_refund
from tests.integration.returns.rooms import MANAGER, STAFF, make_room
from tests.shopdata import request

RACERS, AT_ONCE, SEEDS = 200, 4, 50


class Pool:
    """Threads with a connection each, which begin together."""

    def __init__(self, threads=AT_ONCE):
        self.threads = threads
        self.pool = ThreadPoolExecutor(threads)
        self.gate = threading.Barrier(threads)

    def race(self, *calls, racers=RACERS):
        """`calls` in turn by that many racers; answers how many got which answer."""
        own = threading.local()

        def run(number):
            if not hasattr(own, "started"):
                own.started = True
                self.gate.wait(30)
            try:
                calls[number % len(calls)]()
            except OpsError as error:
                return error.code
            return "WON"

        return Counter(self.pool.map(run, range(racers)))

    def close(self):
        gate = threading.Barrier(self.threads)

        def leave(_):
            gate.wait(30)
            connections.close_all()

        list(self.pool.map(leave, range(self.threads)))
        self.pool.shutdown()


@pytest.fixture
def pool(transactional_db):
    found = Pool()
    yield found
    found.close()


@pytest.fixture
def room(transactional_db):
    return make_room()


def test_the_last_unit_is_reserved_once(room, pool, count):
    """50 times: an order with some units taken and one left, 200 who want it."""
    answers = Counter()
    for seed in range(SEEDS):
        units = random.Random(seed).randint(1, 5)
        order = room.make_shipped(units)
        if units > 1:
            room.request(order, units - 1)
        answers += (found := pool.race(lambda order=order: room.request(order, 1)))
        assert found == {"WON": 1, "UNRETURNABLE": RACERS - 1}, seed
        line = ReturnableLine.objects.get(order=order.id)
        assert (line.shipped, line.reserved, line.returned) == (units, units, 0)
        assert sum(rma.lines.get().requested for rma in Return.objects.filter(order=order.id)) == units
    count(f"{SEEDS} times {RACERS} racers for the last unit: {dict(answers)}")


def test_the_first_two_hundred_requests_of_an_order_meet_it_once(room, pool):
    order = room.make_shipped(3)
    assert pool.race(lambda: room.request(order, 1)) == {"WON": 3, "UNRETURNABLE": RACERS - 3}
    assert ReturnableLine.objects.get().reserved == 3


def test_each_step_happens_once(room, pool, count):
    order = room.make_shipped(1)
    rma = room.request(order, 1)
    before = room.on_hand(order)
    assert pool.race(lambda: approve_return(STAFF, rma.pk), racers=40)["WON"] == 1
    assert pool.race(lambda: room.receive(rma, 1), racers=40)["WON"] == 1
    assert pool.race(lambda: room.inspect(rma, 1), racers=40)["WON"] == 1
    assert pool.race(lambda: refund_return(STAFF, rma.pk), racers=40)["WON"] == 1
    refund = Refund.objects.get()
    pool.race(lambda: send_refund(refund.pk), racers=40)
    refund.refresh_from_db()
    assert refund.state == "SUCCEEDED"
    assert pool.race(lambda: close_return(STAFF, rma.pk), racers=40)["WON"] == 1
    assert pool.race(lambda: reopen_return(MANAGER, rma.pk, "late"), racers=40)["WON"] == 1
    rma.refresh_from_db()
    assert (rma.state, rma.reopened) == ("RECEIVING", 1)
    assert (Receipt.objects.count(), Inspection.objects.count()) == (1, 1)
    assert room.on_hand(order) == before + 1
    assert room.payment(order).refunded == order.total_gross
    count("40 racers for each of 7 steps of a return: each happened once")


def test_an_exchange_is_made_once_and_undone_once(room, pool, count):
    order = room.make_shipped(1, price=1000)
    rma = room.accepted(order, 1)
    new = room.data.make_variant(price=700, stock={room.house: 50})
    answers = pool.race(
        lambda: exchange_return(STAFF, rma.pk, [(new.id, 1)]), lambda: refund_return(STAFF, rma.pk), racers=40
    )
    assert answers["WON"] == 1, answers
    drain()
    parts = list(RefundPart.objects.all())
    assert sum(part.amount for part in parts) == 1000
    made = [part.target_id for part in parts if part.kind == "EXCHANGE"]
    if made:
        room.data.set_status(room.data.shop.order(made[0]), OrderStatus.CANCELED)
        undone = pool.race(lambda: cancel_exchange(STAFF, rma.pk, made[0]), racers=40)
        assert undone["WON"] == 1, undone
        drain()
    assert room.payment(order).refunded == 1000
    count("40 racers to exchange or refund one unit: one of them did; all of its money came back once")


def test_both_ends_of_an_exchange_give_back_at_once(room, pool):
    """A unit of the first order and the one it was exchanged for: the money of both is on one payment."""
    order = room.make_shipped(2, price=1000)
    rma = room.accepted(order, 1)
    new = room.data.make_variant(price=1000, stock={room.house: 9})
    made = exchange_return(STAFF, rma.pk, [(new.id, 1)])
    bought = room.data.shop.order(made.order_id)
    room.data.shop.fulfill(bought.id, [ShipItem(bought.lines[0].id, room.house.id, 1)])
    first, second = room.accepted(order, 1), room.accepted(bought, 1)
    answers = pool.race(
        lambda: refund_return(STAFF, first.pk),
        lambda: refund_return(STAFF, second.pk),
        lambda: drain(strict=False),
        racers=40,
    )
    later = mock.patch.object(clock, "now", lambda: datetime.now(UTC) + timedelta(minutes=5))
    with later:
        drain()
    assert Refund.objects.filter(state="SUCCEEDED").count() == 3, answers
    assert room.payment(order).refunded == 2000


def test_units_arrive_as_often_as_they_were_sent(room, pool):
    """40 scanners read parcels of one unit each; three units were sent."""
    order = room.make_shipped(3)
    rma = room.request(order, 3)
    approve_return(STAFF, rma.pk)
    assert pool.race(lambda: room.receive(rma, 1), racers=40) == {"WON": 3, "OVER_RECEIPT": 37}
    assert sum(row.quantity for parcel in Receipt.objects.all() for row in parcel.lines.all()) == 3
    line = ReturnableLine.objects.get()
    assert (line.reserved, line.returned) == (0, 3)


def test_workers_who_get_the_same_refund_ask_the_gateway_once(room, pool, monkeypatch):
    """Ten workers with the same event, a sweeper's and a retry's, while the gateway takes its time."""
    order = room.make_shipped(2)
    rma = room.refunded(order, 2)
    asked, real = [], send_module._call

    def slow(*args):
        asked.append(args)
        time.sleep(0.3)
        return real(*args)

    monkeypatch.setattr(send_module, "_call", slow)
    refund = Refund.objects.get(rma=rma)
    pool.race(lambda: send_refund(refund.pk), lambda: drain(strict=False), find_overdue, racers=40)
    assert len(asked) == 1
    assert room.payment(order).refunded == order.total_gross
    refund.refresh_from_db()
    assert refund.state == "SUCCEEDED"


def test_what_cannot_both_be_is_one_of_them(room, pool):
    """Cancelling against receiving; receiving the last unit against closing."""
    for _ in range(10):
        order = room.make_shipped(2)
        rma = approve_return(STAFF, room.request(order, 2).pk)
        answers = pool.race(
            lambda r=rma: cancel_return(STAFF, r.pk), lambda r=rma: room.receive(r, 2), racers=20
        )
        assert answers["WON"] == 1, answers
        line = ReturnableLine.objects.get(order=order.id)
        rma.refresh_from_db()
        units = (0, 2) if rma.state == "RECEIVING" else (0, 0)
        assert (line.reserved, line.returned) == units
        assert Receipt.objects.filter(rma=rma).count() == (rma.state == "RECEIVING")


def test_a_deadlock_with_saleors_own_locks_is_repeated(room, count):
    """Saleor has a stock and waits for the order; the desk has the order and waits for the stock."""
    order = room.make_shipped(2)
    rma = room.receive(approve_return(STAFF, room.request(order, 2).pk), 2)
    before, variant = room.on_hand(order), order.lines[0].variant_id
    _, token = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    gate, met = threading.Barrier(2), []

    def saleor():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                # The desk is the one that notices.
                cursor.execute("SET LOCAL deadlock_timeout = '20s'")
                room.data.shop.stocks([variant], lock=True)
                gate.wait(10)
                time.sleep(0.3)
                room.data.shop.order(order.id, lock=True)
        except OperationalError as error:
            assert sqlstate(error) == "40P01"
            met.append("Saleor")
        finally:
            connection.close()

    other = threading.Thread(target=saleor)
    other.start()
    gate.wait(10)
    line = to_global("ReturnLine", room.keys(rma)[0])
    query = f"""mutation {{ returnInspect(id: "{to_global("Return", rma.pk)}", idempotencyKey: "once",
        lines: [{{ returnLineId: "{line}", quantity: 2, disposition: RESTOCK }}]) {{ errors {{ code }} }} }}"""
    answer = json.loads(view(request(token, {"query": query})).content)
    other.join()
    assert answer == {"data": {"returnInspect": {"errors": []}}}
    assert met == [], "the desk gave way, and tried again"
    assert room.on_hand(order) == before + 2
    assert Inspection.objects.count() == 1
    count("a deadlock with Saleor's locks: the desk gave way, and restocked once")


def test_a_refund_in_saleors_own_order_of_locks_waits_and_is_seen(room, pool):
    """Saleor's refunds take the payment first and the order then, the other way round than the desk."""
    order = room.make_shipped(2, price=1000)
    rma = room.accepted(order, 2)
    payments = room.data.shop.payments(order.id)
    gate, done = threading.Barrier(2), []

    def saleor():
        try:
            with transaction.atomic():
                room.data.shop.payments(order.id, lock=True)
                gate.wait(10)
                time.sleep(0.3)
                room.data.shop.order(order.id, lock=True)
            done.append(True)
        finally:
            connection.close()

    other = threading.Thread(target=saleor)
    other.start()
    gate.wait(10)
    refund_return(STAFF, rma.pk)
    drain()
    other.join()
    assert done, "Saleor was not the one to give way"
    assert Refund.objects.get().state == "SUCCEEDED"
    assert room.payment(order).refunded == 2000 == payments[0].captured
