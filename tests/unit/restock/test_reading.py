"""Which days are read next: whole readings that go on where they were, and when doubt starts one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from saleor_plugins.restock.domain.reading import (
    BATCH_DAYS,
    FULL_EVERY,
    HISTORY_DAYS,
    ONE,
    REREAD_DAYS,
    Reach,
    Step,
    next_step,
)

TODAY = date(2026, 3, 20)
FIRST = TODAY - timedelta(days=HISTORY_DAYS - 1)
DONE = Reach("UTC", FIRST, TODAY, TODAY)


def steps(known: Reach | None, today: date = TODAY, zone: str = "UTC", full: bool = False) -> list[Step]:
    found: list[Step] = []
    while not found or found[-1].whole:
        found.append(next_step(known, zone, today, full=full and not found))
        known = found[-1].after
        assert len(found) < 99, "a reading ends"
    return found


def whole_days(found: list[Step]) -> list[date]:
    return [s.first + timedelta(days=n) for s in found if s.whole for n in range((s.last - s.first).days + 1)]


def test_a_whole_reading_reads_each_day_once_in_pieces_and_then_the_last_days() -> None:
    found = steps(None)
    assert whole_days(found) == [FIRST + timedelta(days=n) for n in range(HISTORY_DAYS)]
    assert max((step.last - step.first).days for step in found[:-1]) == BATCH_DAYS - 1
    assert (found[-1].first, found[-1].last) == (TODAY - timedelta(days=REREAD_DAYS), TODAY)
    assert found[-1].after == DONE


def test_a_killed_reading_goes_on_where_it_was_also_tomorrow() -> None:
    begun = steps(None)[4].after
    again = steps(begun, TODAY + ONE)
    assert again[0].first == begun.reading
    assert again[-1].after == Reach("UTC", FIRST + ONE, TODAY + ONE, TODAY)


@pytest.mark.parametrize(
    ("known", "today", "zone", "full"),
    [
        (DONE, TODAY, "Europe/Berlin", False),
        (DONE, TODAY + 2 * ONE, "UTC", False),
        (replace(DONE, full_on=TODAY - FULL_EVERY), TODAY, "UTC", False),
        (DONE, TODAY - ONE, "UTC", False),
        (DONE, TODAY, "UTC", True),
        (replace(DONE, reading=TODAY), TODAY, "Europe/Berlin", False),
        (replace(DONE, reading=TODAY), TODAY + FULL_EVERY, "UTC", False),
        (replace(DONE, reading=TODAY), TODAY - ONE, "UTC", False),
    ],
    ids=["zone", "pause", "week", "clock", "asked", "zone-reading", "week-reading", "clock-reading"],
)
def test_doubt_reads_everything(known: Reach, today: date, zone: str, full: bool) -> None:
    found = steps(known, today, zone, full)
    assert len(whole_days(found)) == HISTORY_DAYS
    assert found[-1].after == Reach(zone, today - timedelta(days=HISTORY_DAYS - 1), today, today)


@pytest.mark.parametrize("later", [0, 1])
def test_otherwise_only_the_last_days_are_read_and_the_noted_ones(later: int) -> None:
    today = TODAY + later * ONE
    (step,) = steps(DONE, today)
    first, recent = today - timedelta(days=HISTORY_DAYS - 1), today - timedelta(days=REREAD_DAYS)
    noted = [recent, recent - ONE, first, first - ONE, today + ONE]
    assert step.spans(noted) == [(first, first), (recent - ONE, recent - ONE), (recent, today)]


def test_what_was_read_before_stays_known_while_all_of_it_is_read_again() -> None:
    found = steps(DONE, TODAY, full=True)
    assert {step.after.through for step in found} == {TODAY}
    assert {step.after.reading is None for step in found[:-2]} == {False}


def test_a_first_reading_is_known_as_far_as_it_came() -> None:
    step = steps(None)[2]
    assert (step.after.since, step.after.through) == (FIRST, step.last)


@pytest.mark.parametrize(
    ("known", "today", "zone"),
    [
        (None, TODAY, "UTC"),
        (replace(DONE, reading=FIRST + 99 * ONE), TODAY, "UTC"),
        (DONE, TODAY + 5 * ONE, "UTC"),
        (DONE, TODAY, "Europe/Berlin"),
    ],
    ids=["never", "reading", "pause", "zone"],
)
def test_somebody_who_waits_reads_the_last_days_and_leaves_the_rest_due(
    known: Reach | None, today: date, zone: str
) -> None:
    step = next_step(known, zone, today, brief=True)
    assert (step.first, step.last, step.whole) == (today - timedelta(days=REREAD_DAYS), today, False)
    assert step.after is None
    assert next_step(known, zone, today).whole


def test_where_nothing_is_due_the_brief_way_is_the_usual_one() -> None:
    assert next_step(DONE, "UTC", TODAY + ONE, brief=True) == next_step(DONE, "UTC", TODAY + ONE)
