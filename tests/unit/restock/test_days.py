"""Shop days: 23, 24 and 25 hours, and orders on their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.clock import day_of
from saleor_plugins.restock.domain import days
from saleor_plugins.restock.domain.demand import Sold, Tally, by_day

BERLIN = "Europe/Berlin"
ZONES = [
    BERLIN,
    "America/Santiago",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Cairo",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
]


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2028, 2, 29), 24), (date(2026, 6, 1), 24)],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    since, until = days.bounds(day, day, BERLIN)
    assert until - since == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_starts_at_its_first_instant() -> None:
    # Chile moved its clocks from 24:00 to 01:00 on 2022-09-11.
    assert days.start_of(date(2022, 9, 11), "America/Santiago") == datetime(2022, 9, 11, 4, tzinfo=UTC)


def test_days_touch_without_gap_or_overlap() -> None:
    year = list(days.each(date(2026, 1, 1), date(2026, 12, 31)))
    assert len(year) == 365
    for first, second in pairwise(year):
        assert days.bounds(first, first, BERLIN)[1] == days.bounds(second, second, BERLIN)[0]


def test_each_of_an_empty_span_is_nothing() -> None:
    assert list(days.each(date(2026, 1, 2), date(2026, 1, 1))) == []


def sold(when: str, quantity: int = 1, variant: str = "v", country: str = "DE") -> Sold:
    return Sold(variant, country, quantity, datetime.fromisoformat(when).replace(tzinfo=UTC))


def test_a_sale_at_midnight_belongs_to_the_day_that_begins() -> None:
    sales = [sold("2026-06-01T21:59:59"), sold("2026-06-01T22:00:00", 2)]
    assert list(by_day(sales, BERLIN)) == [
        (date(2026, 6, 1), {("v", "DE"): Tally(1)}),
        (date(2026, 6, 2), {("v", "DE"): Tally(2)}),
    ]


def test_the_repeated_hour_of_autumn_is_one_day() -> None:
    sales = [sold(f"2026-10-25T{hour:02}:30:00") for hour in range(23)]
    sales.insert(0, sold("2026-10-24T22:00:00"))
    assert list(by_day(sales, BERLIN)) == [(date(2026, 10, 25), {("v", "DE"): Tally(24)})]


def test_variants_and_countries_are_kept_apart() -> None:
    sales = [sold("2026-06-01T10:00:00", 2), sold("2026-06-01T11:00:00", 3, country="FR")]
    sales += [sold("2026-06-01T12:00:00", 4), sold("2026-06-01T13:00:00", 5, variant="w")]
    wanted = {("v", "DE"): Tally(6), ("v", "FR"): Tally(3), ("w", "DE"): Tally(5)}
    assert dict(by_day(sales, "UTC")) == {date(2026, 6, 1): wanted}


def back(when: str, quantity: int) -> Sold:
    return Sold("v", "DE", 0, datetime.fromisoformat(when).replace(tzinfo=UTC), returned=quantity)


def test_what_came_back_counts_on_the_day_of_its_sale() -> None:
    sales = [sold("2026-06-01T10:00:00", 5), back("2026-06-01T10:00:00", 2), sold("2026-06-02T10:00:00")]
    assert dict(by_day(sales, "UTC")) == {
        date(2026, 6, 1): {("v", "DE"): Tally(5, 2)},
        date(2026, 6, 2): {("v", "DE"): Tally(1)},
    }


def test_no_more_comes_back_than_was_sold_and_nothing_of_nothing() -> None:
    sales = [back("2026-06-01T10:00:00", 9), sold("2026-06-02T10:00:00", 3), back("2026-06-02T10:00:00", 9)]
    assert list(by_day(sales, "UTC")) == [(date(2026, 6, 2), {("v", "DE"): Tally(3, 3)})]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Santiago", date(2022, 9, 11), 23),
        ("America/Santiago", date(2022, 4, 2), 25),
        ("America/Havana", date(2026, 3, 8), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Africa/Cairo", date(2024, 4, 26), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_days_of_zones_with_odd_nights(zone: str, day: date, hours: float) -> None:
    since, until = days.bounds(day, day, zone)
    assert until - since == timedelta(hours=hours)
    if hours:
        inside = (since, until - timedelta(microseconds=1))
        assert [day_of(instant, zone) for instant in inside] == [day, day]
    assert day_of(until, zone) > day


@given(st.integers(0, 6 * 366 * 24 * 60), st.sampled_from(ZONES))
def test_every_instant_is_within_the_bounds_of_its_day(minutes: int, zone: str) -> None:
    instant = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    day = day_of(instant, zone)
    since, until = days.bounds(day, day, zone)
    assert since <= instant < until
