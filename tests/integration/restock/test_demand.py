"""Demand from Saleor's orders: in shop days, and the same whichever way it was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import override_settings

from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform.port import OrderStatus
from saleor_plugins.restock.domain.reading import HISTORY_DAYS
from saleor_plugins.restock.models import DailyDemand
from saleor_plugins.restock.usecases.note_order import note_order
from saleor_plugins.restock.usecases.rebuild_demand import rebuild_demand

from .rooms import Room

BERLIN = "Europe/Berlin"
START = datetime(2026, 3, 20, 9, tzinfo=UTC)
Rows = dict[tuple[str, date, str], int]
At = Callable[[datetime], None]


def rows() -> Rows:
    return {(row.variant_id, row.day, row.country): row.units for row in DailyDemand.objects.all()}


@override_settings(TIME_ZONE=BERLIN)
def test_orders_become_units_per_shop_day_and_country(room: Room, at: At) -> None:
    variant = room.data.make_variant(stock={room.house: 50})
    # 23:30 UTC is already the next day in Berlin; the day after it is 23 hours long.
    for hour, units in ((22, 1), (23, 2)):
        room.data.make_order([(variant, units)], created=datetime(2026, 3, 28, hour, 30, tzinfo=UTC))
    room.data.make_order([(variant, 4)], country="DE", created=datetime(2026, 3, 29, 21, 59, tzinfo=UTC))
    room.data.make_order([(variant, 8)], created=datetime(2026, 3, 29, 22, 0, tzinfo=UTC))
    at(datetime(2026, 4, 2, tzinfo=UTC))
    rebuild_demand()
    assert rows() == {
        (variant.id, date(2026, 3, 28), "US"): 1,
        (variant.id, date(2026, 3, 29), "US"): 2,
        (variant.id, date(2026, 3, 29), "DE"): 4,
        (variant.id, date(2026, 3, 30), "US"): 8,
    }


@pytest.mark.parametrize("status", [OrderStatus.DRAFT, OrderStatus.CANCELED])
def test_drafts_and_cancelled_orders_are_no_demand(room: Room, status: OrderStatus) -> None:
    variant = room.data.make_variant(stock={room.house: 50})
    room.data.make_order([(variant, 3)], status=status, allocate=False, paid=False)
    rebuild_demand()
    assert rows() == {}


def test_reading_again_changes_nothing(room: Room) -> None:
    variant = room.data.make_variant(stock={room.house: 50})
    room.sell_daily(variant, 2, days=10)
    assert rebuild_demand().changed == 10
    before = rows()
    for full in (False, True):
        assert rebuild_demand(full=full).changed == 0
    assert rows() == before


def test_a_late_cancellation_is_read_when_its_hook_reported_it(room: Room, at: At) -> None:
    variant = room.data.make_variant(stock={room.house: 50})
    order = room.data.make_order([(variant, 3)], created=START - timedelta(days=100))
    at(START)
    rebuild_demand()
    room.data.set_status(order, OrderStatus.CANCELED)
    rebuild_demand()
    assert sum(rows().values()) == 3, "a hundred days back is not read again by itself"
    note_order(order.id)
    assert rebuild_demand().full is False
    assert rows() == {}


def test_what_no_hook_reported_is_found_within_a_week(room: Room, at: At) -> None:
    variant = room.data.make_variant(stock={room.house: 50})
    order = room.data.make_order([(variant, 3)], created=START - timedelta(days=100))
    at(START)
    rebuild_demand()
    room.data.set_status(order, OrderStatus.CANCELED)
    for day in range(1, 8):
        at(START + timedelta(days=day))
        rebuild_demand()
    assert rows() == {}


def test_another_time_zone_or_a_pause_reads_everything(room: Room, at: At) -> None:
    at(START)
    assert rebuild_demand().full
    assert not rebuild_demand().full
    with override_settings(TIME_ZONE="Pacific/Auckland"):
        assert rebuild_demand().full
    at(START + timedelta(days=3))
    assert rebuild_demand().full


def test_only_the_history_window_is_kept(room: Room, at: At) -> None:
    variant = room.data.make_variant(stock={room.house: 50})
    room.data.make_sale(variant, 1, START)
    at(START)
    rebuild_demand()
    at(START + timedelta(days=HISTORY_DAYS - 1))
    rebuild_demand()
    assert len(rows()) == 1
    at(START + timedelta(days=HISTORY_DAYS))
    rebuild_demand()
    assert rows() == {}


def test_the_hook_leads_to_the_day_being_read(room: Room, at: At) -> None:
    from saleor_plugins.delivery import emit

    variant = room.data.make_variant(stock={room.house: 50})
    order = room.data.make_order([(variant, 3)], created=START - timedelta(days=100))
    at(START)
    rebuild_demand()
    room.data.set_status(order, OrderStatus.CANCELED)
    emit("restock.order_seen", {"orderId": order.id})
    drain()
    rebuild_demand()
    assert rows() == {}
