"""200 racers for the last returnable unit: one wins, and it is returned once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.returns.models import Inspection, Receipt, Refund, Return, ReturnableLine
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.send_refund import send_refund
from tests.integration.returns.rooms import STAFF, make_room

RACERS, AT_ONCE = 200, 20


def race(call, racers=RACERS):
    """`call` by every racer, 20 connections at a time; answers how many got which answer."""
    start = threading.Barrier(AT_ONCE)
    own = threading.local()

    def run(_):
        if not hasattr(own, "started"):
            own.started = True
            start.wait(30)
        try:
            call()
        except OpsError as error:
            return error.code
        finally:
            connections.close_all()
        return "WON"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(run, range(racers)))


def test_the_last_unit_is_reserved_once(transactional_db):
    room = make_room()
    order = room.make_shipped(3)
    room.request(order, 2)
    answers = race(lambda: room.request(order, 1))
    print(f"\n{RACERS} racers for the last unit: {dict(answers)}")
    assert answers == {"WON": 1, "UNRETURNABLE": RACERS - 1}
    assert Return.objects.count() == 2
    line = ReturnableLine.objects.get()
    assert (line.shipped, line.reserved, line.returned) == (3, 3, 0)


def test_the_first_two_hundred_requests_of_an_order_meet_it_once(transactional_db):
    room = make_room()
    order = room.make_shipped(3)
    assert race(lambda: room.request(order, 1)) == {"WON": 3, "UNRETURNABLE": RACERS - 3}
    assert ReturnableLine.objects.get().reserved == 3


def test_each_step_happens_once(transactional_db):
    room = make_room()
    order = room.make_shipped(1)
    rma = room.request(order, 1)
    before = room.on_hand(order)
    assert race(lambda: approve_return(STAFF, rma.pk), 40)["WON"] == 1
    assert race(lambda: room.receive(rma, 1), 40)["WON"] == 1
    assert race(lambda: room.inspect(rma, 1), 40)["WON"] == 1
    assert race(lambda: refund_return(STAFF, rma.pk), 40)["WON"] == 1
    refund = Refund.objects.get()
    race(lambda: send_refund(refund.pk), 40)
    refund.refresh_from_db()
    assert refund.state == "SUCCEEDED"
    assert (Receipt.objects.count(), Inspection.objects.count()) == (1, 1)
    assert room.on_hand(order) == before + 1
    assert room.payment(order).refunded == order.total_gross
