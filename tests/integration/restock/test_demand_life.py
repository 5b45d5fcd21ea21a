"""However the history was read, in whatever pieces, it is the same rows: those of an independent count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from saleor_plugins.kernel.clock import day_of
from saleor_plugins.platform import shop, use
from saleor_plugins.platform.port import Sale
from saleor_plugins.restock.domain import reading
from saleor_plugins.restock.domain.reading import BATCH_DAYS, HISTORY_DAYS
from saleor_plugins.restock.models import ChangedDay, DailyDemand, DemandCursor
from saleor_plugins.restock.usecases.rebuild_demand import rebuild_demand

from .lives import START, Life, facts
from .rooms import Room

At = Callable[[datetime], None]


def from_scratch() -> None:
    for model in (DailyDemand, DemandCursor, ChangedDay):
        model.objects.all().delete()
    rebuild_demand()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Santiago"])
def test_incremental_equals_scratch_equals_an_independent_count(
    room: Room, at: At, monkeypatch: pytest.MonkeyPatch, seed: int, zone: str
) -> None:
    monkeypatch.setattr(reading, "FULL_EVERY", timedelta(days=999))
    with override_settings(TIME_ZONE=zone):
        life = Life(room, zone, seed)
        at(START)
        seen = rebuild_demand().through
        for _ in range(30):
            life.step()
            at(life.now)
            if day_of(life.now, zone) > seen or life.chance.random() < 0.3:
                done = rebuild_demand()
                assert not done.full
                seen = done.through
        # The day after: what deleted variants sold is forgotten once a day.
        at(life.now + timedelta(days=1))
        assert not rebuild_demand().full
        incremental = facts()
        assert incremental == life.expected()
        from_scratch()
        assert facts() == incremental


class Killed(BaseException):
    """The worker is gone."""


class Dying:
    """The shop, until it dies at the n-th look at its sales."""

    def __init__(self, lives: int) -> None:
        self._shop, self._lives = shop(), lives
        self.asked: list[tuple[datetime, datetime]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)

    def sales(self, since: datetime, until: datetime) -> Iterator[Sale]:
        self.asked.append((since, until))
        rows = list(self._shop.sales(since, until))
        yield from rows[: len(rows) // 2]
        if len(self.asked) == self._lives:
            raise Killed
        yield from rows[len(rows) // 2 :]


@pytest.mark.parametrize("dies_at", [1, 2, 20, HISTORY_DAYS // BATCH_DAYS, HISTORY_DAYS // BATCH_DAYS + 1])
def test_a_killed_reading_goes_on_where_it_was(room: Room, at: At, dies_at: int) -> None:
    at(START)
    variant = room.data.make_variant(stock={room.house: 5})
    for back in range(0, HISTORY_DAYS, 13):
        room.data.make_sale(variant, 1 + back % 7, START - timedelta(days=back, hours=3))
    with use(Dying(dies_at)) as killed, pytest.raises(Killed):
        rebuild_demand()
    assert len(killed.asked) == dies_at
    with use(Dying(0)) as again:
        rebuild_demand()
    # The piece in which it died, and the one over the last days at the end, are read twice.
    assert len(killed.asked) + len(again.asked) == HISTORY_DAYS // BATCH_DAYS + 1 + 1
    assert again.asked[0] == killed.asked[-1]
    done = facts()
    assert len(done) == len(range(0, HISTORY_DAYS, 13))
    from_scratch()
    assert facts() == done


def test_a_note_taken_while_all_is_read_is_not_lost(room: Room, at: At) -> None:
    at(START)
    variant = room.data.make_variant(stock={room.house: 5})
    order = room.data.make_order([(variant, 3)], created=START - timedelta(days=700))
    with use(Dying(30)), pytest.raises(Killed):
        rebuild_demand()
    assert len(facts()) == 1, "its day was read before"
    from saleor_plugins.platform.port import OrderStatus
    from saleor_plugins.restock.usecases.note_order import note_order

    room.data.set_status(order, OrderStatus.CANCELED)
    note_order(order.id)
    rebuild_demand()
    assert facts() == {}


def test_a_bulk_order_is_a_fact_however_large(room: Room, at: At) -> None:
    at(START)
    variant = room.data.make_variant(stock={room.house: 5}, price=0)
    for _ in range(3):
        room.data.make_sale(variant, 2_000_000_000, START - timedelta(days=1))
    rebuild_demand()
    assert [units for units, _ in facts().values()] == [6_000_000_000]


def test_a_clock_set_back_reads_everything_and_forgets_the_future(room: Room, at: At) -> None:
    variant = room.data.make_variant(stock={room.house: 5})
    room.data.make_sale(variant, 1, START - timedelta(days=10))
    room.data.make_sale(variant, 2, START + timedelta(days=300))
    at(START + timedelta(days=301))
    rebuild_demand()
    assert sorted(units for units, _ in facts().values()) == [1, 2]
    at(START)
    assert rebuild_demand().full
    assert [units for units, _ in facts().values()] == [1]


@pytest.mark.parametrize("zone", ["UTC", "America/Havana", "Pacific/Kiritimati"])
def test_an_order_at_midnight_is_of_the_day_that_begins(room: Room, at: At, zone: str) -> None:
    from saleor_plugins.restock.domain.days import start_of

    variant = room.data.make_variant(stock={room.house: 5})
    days = [START.date() - timedelta(days=back) for back in (1, 3, 12)]
    with override_settings(TIME_ZONE=zone):
        for day in days:
            room.data.make_sale(variant, 1, start_of(day, zone))
            room.data.make_sale(variant, 10, start_of(day, zone) - timedelta(microseconds=1))
        at(START)
        rebuild_demand()
        wanted = dict.fromkeys(days, 1) | {day - timedelta(days=1): 10 for day in days}
        assert {day: units for (_, day, _), (units, _) in facts().items()} == wanted


def test_somebody_who_waits_reads_what_is_new_and_the_worker_the_rest(room: Room, at: At) -> None:
    at(START)
    variant = room.data.make_variant(stock={room.house: 5})
    for back in (3, 300):
        room.data.make_sale(variant, back, START - timedelta(days=back))
    assert not rebuild_demand(brief=True).full
    assert [units for units, _ in facts().values()] == [3]
    assert not DemandCursor.objects.exists()
    assert rebuild_demand().full
    assert sorted(units for units, _ in facts().values()) == [3, 300]
