"""Readings at once, and orders that change while one runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from saleor_plugins.delivery import emit
from saleor_plugins.delivery.models import Delivery
from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform import shop, use
from saleor_plugins.platform.port import OrderStatus, ReturnedItem, Sale
from saleor_plugins.restock.models import ChangedDay
from saleor_plugins.restock.usecases.note_order import note_order
from saleor_plugins.restock.usecases.rebuild_demand import rebuild_demand
from tests.contract.steps import ship

from .lives import facts
from .rooms import Room

At = Callable[[datetime], None]
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


def together(*calls: Callable[[], object]) -> None:
    """Run them in threads of their own; the first exception is raised."""
    errors: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_twins_share_the_pieces(committed_room: Room, at: At) -> None:
    at(NOW)
    variant = committed_room.data.make_variant(stock={committed_room.house: 5})
    for back in range(0, 1000, 90):
        committed_room.data.make_sale(variant, 1 + back, NOW - timedelta(days=back, hours=1))
    done: list[Any] = []
    together(*[lambda: done.append(rebuild_demand())] * 3)
    assert len(facts()) == 12
    assert sum(result.changed for result in done) == 12
    together(*[lambda: done.append(rebuild_demand(full=True))] * 2)
    assert len(facts()) == 12
    assert sum(result.changed for result in done) == 12


class Slow:
    """The shop, which says when its sales are looked at and takes its time then."""

    def __init__(self) -> None:
        self._shop, self.looked = shop(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)

    def sales(self, since: datetime, until: datetime) -> Iterator[Sale]:
        rows = list(self._shop.sales(since, until))
        self.looked.set()
        threading.Event().wait(0.5)
        yield from rows


def test_a_day_noted_while_it_is_read_is_read_again(committed_room: Room, at: At) -> None:
    at(NOW)
    variant = committed_room.data.make_variant(stock={committed_room.house: 5})
    order = committed_room.data.make_order([(variant, 3)], created=NOW - timedelta(days=100))
    rebuild_demand()
    note_order(order.id)
    slow = Slow()

    def read() -> None:
        with use(slow):
            rebuild_demand()

    def cancel() -> None:
        assert slow.looked.wait(10)
        committed_room.data.set_status(order, OrderStatus.CANCELED)
        note_order(order.id)

    together(read, cancel)
    assert [units for units, _ in facts().values()] == [3], "it was read before the order was cancelled"
    assert ChangedDay.objects.count() == 1
    rebuild_demand()
    assert facts() == {}


@pytest.mark.parametrize("topic", ["return.inspected", "return.refunded", "return.exchanged"])
def test_what_the_returns_desk_says_is_read_again_at_the_day_of_the_sale(
    room: Room, at: At, topic: str
) -> None:
    at(NOW)
    variant = room.data.make_variant(stock={room.house: 5})
    order = room.data.make_order([(variant, 3)], created=NOW - timedelta(days=100))
    parcel = ship(room.data, order, room.house, 3)
    rebuild_demand()
    room.data.shop.mark_returned(order.id, [ReturnedItem(parcel.lines[0].id, 2)])
    ChangedDay.objects.all().delete()
    rebuild_demand()
    assert list(facts().values()) == [(3, 0)]
    emit(topic, {"orderId": order.id})
    Delivery.objects.exclude(subscriber__startswith="restock.").delete()
    drain()
    assert ChangedDay.objects.get().day == (NOW - timedelta(days=100)).date()
    rebuild_demand()
    assert list(facts().values()) == [(3, 2 if room.data.returned_fulfillments else 0)]


def test_an_order_that_is_gone_needs_no_note(room: Room) -> None:
    emit("restock.order_seen", {"orderId": "T3JkZXI6OTk5OTk5"})
    drain()
    assert not ChangedDay.objects.exists()
