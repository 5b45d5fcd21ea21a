"""A worker is killed while it routes: each order is routed whole or not at all, and another worker goes on."""

from __future__ import annotations

import mmap
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from saleor_plugins.delivery import emit, relay
from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.models import PlannedParcel, RoutedOrder, RoutingDecision
from saleor_plugins.fulfillment.topics import ORDER_SEEN
from saleor_plugins.fulfillment.usecases.route_order import route_order
from tests.fault.routing import check_ledger, check_routed, make_world, oversold

KILLS = int(os.environ.get("ROUTING_KILLS", "12"))

pytestmark = pytest.mark.usefixtures("transactional_db")


def killed_while(work: Callable[[memoryview], None], steps: int, seconds: float) -> bool:
    """Fork, let the child work so many steps and so long more, and kill -9 it; whether it was still at work."""
    done = mmap.mmap(-1, 1)
    connection.close()
    child = os.fork()
    if child == 0:
        try:
            work(memoryview(done))
        finally:
            os._exit(0)
    deadline = time.monotonic() + 30
    while done[0] < steps and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_killed_while_routing(count: Any) -> None:
    dice = random.Random(7)
    w = make_world()
    far, near = w.make_warehouse(country="DE", countries=["US"]), w.make_warehouse()
    shirts = [w.make_variant(stock={far: 200, near: 30}) for _ in range(3)]
    orders = [
        w.make_order([(shirt, 1) for shirt in shirts], allocate={far: 1}, paid=False)
        for _ in range(KILLS * 6)
    ]
    order_ids = [order.id for order in orders]
    held = {key: sorted(map(str, w.shop.allocations(key))) for key in order_ids}

    def work(done: memoryview) -> None:
        for key in dice.sample(order_ids, len(order_ids)):
            done[0] += route_order(key).new

    kills = sum(killed_while(work, dice.randrange(4), dice.uniform(0, 0.05)) for _ in range(KILLS))
    _wait_for_the_dead()
    rows = {row.order_id: row for row in RoutedOrder.objects.all()}
    routed = [key for key in order_ids if key in rows]
    untouched = [key for key in order_ids if key not in rows]
    count(
        f"killed {kills} times while routing: {len(routed)} orders routed whole, {len(untouched)} untouched"
    )
    assert kills and routed
    check_ledger(w.shop)
    check_routed(w.shop, routed)
    events = Counter(Event.objects.filter(topic="order.routed").values_list("data__orderId", flat=True))
    assert events == Counter(routed)
    for key in untouched:
        assert sorted(map(str, w.shop.allocations(key))) == held[key]
        assert not PlannedParcel.objects.filter(order_id=key).exists() and not w.notes(key)
    assert not RoutingDecision.objects.filter(order_id__in=untouched).exists()
    for key in order_ids:
        emit(ORDER_SEEN, {"orderId": key})
    relay.drain()
    check_ledger(w.shop)
    check_routed(w.shop, order_ids)
    assert oversold(w.shop, shirts) == {}


def _wait_for_the_dead() -> None:
    """Postgres notices that a client is gone when it next talks to it; its locks go with its transaction."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.1)
