"""The same verb at the same time from several connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import PurchaseOrder, PurchaseOrderLine
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.audit import audit
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.replenish import replenish
from saleor_plugins.restock.usecases.suggest import suggest

from .rooms import Room, events

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run all at once, each on a connection of its own; answers results and errors."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def unforeseen(results: list[Any]) -> list[Any]:
    return [found for found in results if isinstance(found, Exception) and not isinstance(found, OpsError)]


def test_runs_at_once_order_once(committed_room: Room) -> None:
    for _ in range(6):
        committed_room.make_low()
    assert unforeseen(together(*[replenish] * 5)) == []
    assert PurchaseOrder.objects.count() == 1
    assert PurchaseOrderLine.objects.count() == 6
    assert sum(PurchaseOrderLine.objects.values_list("ordered", flat=True)) == 6 * 18
    assert len(events("purchase_order.proposed")) == 1


def test_a_run_during_approvals_never_orders_twice(committed_room: Room) -> None:
    for _ in range(5):
        order = committed_room.make_draft(7, 9)
        results = together(suggest, lambda: approve_order(order.pk), suggest, lambda: approve_order(order.pk))
        assert unforeseen(results) == []
        assert PurchaseOrder.objects.get(pk=order.pk).state == "APPROVED"
    ids = [variant.id for variant in committed_room.low]
    for variant_id in ids:
        assert PurchaseOrderLine.objects.filter(variant_id=variant_id).count() == 1


def test_one_delivery_note_from_many_clients_is_booked_once(committed_room: Room) -> None:
    order, (line,) = committed_room.make_approved(10)
    receive = [lambda: receive_order(order.pk, "note", [Arrival(str(line.pk), 7)])] * 6
    results = together(*receive)
    assert len({found.pk for found in results}) == 1
    assert committed_room.on_hand(line.variant_id) == 7
    assert audit() == []


def test_many_delivery_notes_never_book_more_than_ordered(committed_room: Room) -> None:
    order, (first, second) = committed_room.make_approved(10, 10)
    lines = [(first, second), (second, first)]
    calls = [
        lambda number=number: receive_order(
            order.pk, f"note {number}", [Arrival(str(line.pk), 3) for line in lines[number % 2]]
        )
        for number in range(6)
    ]
    results = together(*calls)
    assert unforeseen(results) == []
    assert sum(not isinstance(found, Exception) for found in results) == 3
    assert (committed_room.on_hand(first.variant_id), committed_room.on_hand(second.variant_id)) == (9, 9)
    assert audit() == []


def test_cancelling_while_receiving_is_either_first(committed_room: Room) -> None:
    for number in range(4):
        order, (line,) = committed_room.make_approved(10)
        results = together(
            lambda: cancel_order(order.pk),
            lambda: receive_order(order.pk, "note", [Arrival(str(line.pk), 10)]),
        )
        assert unforeseen(results) == []
        row = PurchaseOrderLine.objects.get(pk=line.pk)
        assert committed_room.on_hand(line.variant_id) == row.received, number
        assert (row.order.state, row.received) in {("CANCELED", 0), ("RECEIVED", 10)}
