"""Days without anything to sell: seen at hourly looks, counted when they were whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery import emit
from saleor_plugins.delivery.registry import registry
from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform.port import Variant
from saleor_plugins.restock.models import StockOut
from saleor_plugins.restock.usecases.stock_outs import look_at, look_through

from .rooms import Room, events

At = Callable[[datetime], None]
MONDAY = datetime(2026, 3, 16, 14, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def day(number: int) -> date:
    """0 is Monday."""
    return MONDAY.date() + timedelta(days=number)


def seen() -> list[tuple[date, date | None]]:
    return list(StockOut.objects.order_by("since").values_list("since", "until"))


@pytest.fixture
def shirt(room: Room, at: At) -> Variant:
    """A variant of which there was some on Monday at noon."""
    variant: Variant = room.data.make_variant(stock={room.house: 3})
    at(MONDAY - 2 * HOUR)
    look_through()
    return variant


def have(room: Room, variant: Variant, units: int, at: At, when: datetime) -> None:
    at(when)
    room.data.set_stock(variant, room.house, units)
    look_through()


def test_only_whole_days_without_count(room: Room, at: At, shirt: Variant) -> None:
    have(room, shirt, 0, at, MONDAY)
    assert seen() == [(day(1), None)], "on Monday there was some until noon"
    have(room, shirt, 0, at, MONDAY + DAY)
    have(room, shirt, 5, at, MONDAY + 2 * DAY)
    assert seen() == [(day(1), day(1))], "on Wednesday there is some again"


def test_less_than_a_day_counts_nothing(room: Room, at: At, shirt: Variant) -> None:
    have(room, shirt, 0, at, MONDAY)
    have(room, shirt, 5, at, MONDAY + HOUR)
    assert seen() == []
    have(room, shirt, 0, at, MONDAY + 2 * HOUR)
    have(room, shirt, 5, at, MONDAY + DAY)
    assert seen() == []


def test_gone_at_the_first_look_of_a_day_is_gone_all_day(room: Room, at: At, shirt: Variant) -> None:
    have(room, shirt, 0, at, MONDAY + DAY)
    have(room, shirt, 5, at, MONDAY + 2 * DAY)
    assert seen() == [(day(1), day(1))]


def test_what_nobody_saw_during_a_pause_is_not_counted(room: Room, at: At, shirt: Variant) -> None:
    have(room, shirt, 0, at, MONDAY + DAY)
    have(room, shirt, 5, at, MONDAY + 9 * DAY)
    assert seen() == [(day(1), day(1))]


def test_what_is_promised_is_not_there_and_carts_hold_nothing(room: Room, at: At, shirt: Variant) -> None:
    order = room.data.make_order([(shirt, 3)])
    if room.data.reservations:
        other = room.data.make_variant(stock={room.house: 3})
        room.data.reserve(other, room.house, 3)
    at(MONDAY + DAY)
    look_through()
    assert list(StockOut.objects.values_list("variant_id", "until")) == [(shirt.id, None)]
    room.data.shop.allocate(order.id, [])
    look_through()
    assert seen() == []


def test_looking_again_notes_nothing_twice(room: Room, at: At, shirt: Variant) -> None:
    for _ in range(3):
        have(room, shirt, 0, at, MONDAY)
    assert seen() == [(day(1), None)]


def test_each_warehouse_by_itself(room: Room, at: At, shirt: Variant) -> None:
    other = room.data.make_warehouse()
    room.data.set_stock(shirt, other, 9)
    have(room, shirt, 0, at, MONDAY + DAY)
    assert [row.warehouse_id for row in StockOut.objects.all()] == [room.house.id]


@pytest.mark.parametrize("how", ["row", "variant", "tracking"])
def test_what_is_stocked_no_more_is_not_out(room: Room, at: At, shirt: Variant, how: str) -> None:
    from saleor.product.models import ProductVariant

    have(room, shirt, 0, at, MONDAY + DAY)
    assert len(seen()) == 1
    if how == "row":
        room.data.set_stock(shirt, room.house, None)
    elif how == "variant":
        ProductVariant.objects.all().delete()
    else:
        ProductVariant.objects.update(track_inventory=False)
    at(MONDAY + 3 * DAY)
    look_through()
    assert seen() == [(day(1), day(1))], "the last look that saw it was on Tuesday"


def test_days_are_the_shops(room: Room, at: At, shirt: Variant) -> None:
    with override_settings(TIME_ZONE="Pacific/Auckland"):
        # 14:00 on Monday in UTC is Tuesday in Auckland, on which nobody looked before.
        at(MONDAY - 4 * HOUR)
        look_through()
        have(room, shirt, 0, at, MONDAY)
    assert seen() == [(day(1), None)]


def test_old_ones_are_forgotten(room: Room, at: At, shirt: Variant) -> None:
    have(room, shirt, 0, at, MONDAY + DAY)
    have(room, shirt, 5, at, MONDAY + 3 * DAY)
    assert seen()
    at(MONDAY + 1200 * DAY)
    look_through()
    assert not seen()


def test_a_look_takes_as_many_queries_for_many(room: Room, at: At, shirt: Variant) -> None:
    ids = [shirt.id]
    counts = []
    for more in (0, 30):
        ids += [room.data.make_variant(stock={room.house: 0}).id for _ in range(more)]
        with CaptureQueriesContext(connection) as queries:
            look_at(ids)
        counts.append(len(queries))
    # Only the writing of what was found is more.
    assert counts[1] - counts[0] <= 1


def test_the_hour_looks_once(room: Room, at: At, shirt: Variant) -> None:
    at(MONDAY + DAY)
    room.data.set_stock(shirt, room.house, 0)
    for _ in range(3):
        registry.sweepers["restock.hourly"]()
    drain()
    assert len(events("restock.stock_due")) == 1
    assert seen() == [(day(1), None)]


def test_a_hook_is_looked_after_at_once(room: Room, at: At, shirt: Variant) -> None:
    at(MONDAY)
    room.data.set_stock(shirt, room.house, 0)
    emit("restock.stock_seen", {"variantId": shirt.id})
    drain()
    assert seen() == [(day(1), None)]


def test_a_switched_off_plugin_looks_at_nothing(room: Room, at: At, shirt: Variant) -> None:
    room.data.configure_plugin("saleor_plugins.restock", active=False)
    room.data.set_stock(shirt, room.house, 0)
    registry.sweepers["restock.hourly"]()
    emit("restock.stock_seen", {"variantId": shirt.id})
    emit("restock.stock_due", {"hour": "now"})
    drain()
    assert seen() == []


def test_twins_note_one(committed_room: Room, at: At) -> None:
    variant = committed_room.data.make_variant(stock={committed_room.house: 0})
    at(MONDAY)

    def twin() -> None:
        try:
            look_at([variant.id])
        finally:
            connection.close()

    threads = [threading.Thread(target=twin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen() == [(day(0), None)]
