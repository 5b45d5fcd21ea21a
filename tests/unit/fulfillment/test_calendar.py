"""When parcels leave and arrive: cut-offs where clocks change, holidays, capacity."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.fulfillment.domain.calendar import (
    EVERY_DAY,
    HORIZON,
    Calendar,
    arrives_on,
    is_region,
    working_week,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def on(text: str) -> date:
    return date.fromisoformat(text)


BERLIN = Calendar("Europe/Berlin", EVERY_DAY, time(2, 30))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        # 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC, so 02:30 is never on the clock.
        ("2026-03-29T00:59:59", "2026-03-29"),
        ("2026-03-29T01:00:00", "2026-03-30"),
        # 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC; 02:30 is there at 00:30 and at 01:30 UTC.
        ("2026-10-25T00:29:59", "2026-10-25"),
        ("2026-10-25T00:30:00", "2026-10-26"),
        ("2026-10-25T01:15:00", "2026-10-26"),  # 02:15 for the second time
        ("2026-10-25T22:59:59", "2026-10-26"),
        ("2026-10-25T23:00:00", "2026-10-26"),  # midnight, before that day's cut-off
    ],
)
def test_a_cut_off_holds_where_clocks_change(now: str, day: str) -> None:
    assert BERLIN.ships_on(at(now)) == on(day)


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("Pacific/Auckland", "2026-07-01T02:59:59", "2026-07-01"),  # 14:59:59 there
        ("Pacific/Auckland", "2026-07-01T03:00:00", "2026-07-02"),
        ("Pacific/Auckland", "2026-07-01T12:00:00", "2026-07-02"),  # midnight there: a new day
        ("Pacific/Kiritimati", "2026-07-01T10:30:00", "2026-07-02"),  # UTC+14
        ("America/Los_Angeles", "2026-07-02T05:00:00", "2026-07-02"),  # 22:00 the day before
        ("America/Los_Angeles", "2026-07-01T21:59:59", "2026-07-01"),
        ("America/Los_Angeles", "2026-07-01T22:00:00", "2026-07-02"),
        ("Asia/Kathmandu", "2026-07-01T09:14:59", "2026-07-01"),  # UTC+5:45
        ("Asia/Kathmandu", "2026-07-01T09:15:00", "2026-07-02"),
    ],
)
def test_the_day_is_the_warehouses(zone: str, now: str, day: str) -> None:
    assert Calendar(zone, EVERY_DAY, time(15)).ships_on(at(now)) == on(day)


def test_without_a_cut_off_the_day_lasts_until_midnight() -> None:
    calendar = Calendar("Europe/Berlin", EVERY_DAY)
    assert calendar.ships_on(at("2026-07-01T21:59:59")) == on("2026-07-01")
    assert calendar.ships_on(at("2026-07-01T22:00:00")) == on("2026-07-02")


def test_the_cut_off_of_a_day_without_work_does_not_count() -> None:
    calendar = Calendar("UTC", cut_off=time(12))
    for hour in ("08", "18"):  # Saturday
        assert calendar.ships_on(at(f"2026-07-04T{hour}:00:00")) == on("2026-07-06")
    assert calendar.ships_on(at("2026-07-03T11:59:00")) == on("2026-07-03")
    assert calendar.ships_on(at("2026-07-03T12:00:00")) == on("2026-07-06")


def test_holidays_of_a_country_and_of_a_region() -> None:
    corpus_christi = at("2026-06-04T08:00:00")
    assert Calendar(holidays="DE").ships_on(corpus_christi) == on("2026-06-04")
    assert Calendar(holidays="DE-BY").ships_on(corpus_christi) == on("2026-06-05")
    assert Calendar(holidays="DE-BY").holiday(on("2026-06-04"))
    assert Calendar(holidays="").ships_on(at("2026-12-25T08:00:00")) == on("2026-12-25")
    assert Calendar(holidays="XX").ships_on(at("2026-12-25T08:00:00")) == on("2026-12-25")


def test_a_week_of_holidays_and_the_turn_of_the_year() -> None:
    golden_week = at("2026-10-01T02:00:00")  # China: 1 to 7 October
    assert Calendar("Asia/Shanghai", holidays="CN").ships_on(golden_week) == on("2026-10-08")
    assert Calendar("Europe/Berlin", holidays="DE").ships_on(at("2026-12-31T23:30:00")) == on("2027-01-04")
    # 1 January 2028 is a Saturday: Americans have the day before, which is another year's.
    assert Calendar("UTC", holidays="US").ships_on(at("2027-12-31T12:00:00")) == on("2028-01-03")
    assert Calendar("UTC", holidays="US").ships_on(at("2027-12-30T12:00:00")) == on("2027-12-30")


def test_closed_days_and_full_days_move_parcels_on() -> None:
    monday = on("2026-07-06")
    days = [monday + timedelta(days=number) for number in range(14)]
    calendar = Calendar(closed=frozenset(days[:2]))
    planned = {days[2]: 10, days[3]: 9}
    now = at("2026-07-06T08:00:00")
    assert calendar.ships_on(now) == days[2]
    assert calendar.ships_on(now, planned=planned, daily_parcels=10) == days[3]
    assert calendar.ships_on(now, planned=planned, daily_parcels=9) == days[4]
    full = dict.fromkeys(days, 5)
    assert calendar.ships_on(now, planned=full, daily_parcels=5) == on("2026-07-20")
    assert calendar.ships_on(now, planned=full, daily_parcels=6) == days[2]


def test_what_never_ships_has_no_day() -> None:
    now = at("2026-07-06T08:00:00")
    assert Calendar(working_days=frozenset()).ships_on(now) is None
    assert Calendar().ships_on(now, daily_parcels=0) is None
    year = frozenset(on("2026-07-06") + timedelta(days=number) for number in range(367))
    assert Calendar(closed=year).ships_on(now) is None
    long = frozenset(sorted(year)[:300])
    assert Calendar(closed=long).ships_on(now) == on("2027-05-03")


@pytest.mark.parametrize(
    ("shipped", "days", "region", "arrives"),
    [
        ("2026-07-03", 0, "", "2026-07-03"),
        ("2026-07-03", 1, "", "2026-07-06"),
        ("2026-07-04", 0, "DE", "2026-07-06"),  # a Saturday: nobody is there to take it
        ("2026-12-23", 1, "DE", "2026-12-24"),
        ("2026-12-23", 2, "DE", "2026-12-28"),  # two holidays and a weekend
        ("2026-12-23", 2, "IL", "2026-12-27"),  # no Christmas, but Friday and Saturday are free
        ("2026-12-31", 1, "DE", "2027-01-04"),
        ("2026-06-03", 1, "DE-BY", "2026-06-05"),
        ("2026-06-03", 1, "DE", "2026-06-04"),
        ("2026-06-03", 1, "XX", "2026-06-04"),
    ],
)
def test_arrival_counts_the_destinations_working_days(shipped, days, region, arrives) -> None:
    assert arrives_on(on(shipped), days, region) == on(arrives)


def test_a_holiday_at_one_end_only_counts_there() -> None:
    unity_day = at("2025-10-03T06:00:00")  # a Friday, in Germany only
    german, french = Calendar(holidays="DE"), Calendar(holidays="FR")
    assert german.ships_on(unity_day) == on("2025-10-06")
    assert french.ships_on(unity_day) == on("2025-10-03")
    assert arrives_on(on("2025-10-02"), 1, "DE") == on("2025-10-06")
    assert arrives_on(on("2025-10-02"), 1, "FR") == on("2025-10-03")


def test_nobody_knows_when_what_is_without_days_arrives() -> None:
    assert arrives_on(on("2026-07-03"), None, "DE") is None


def test_regions() -> None:
    assert [is_region(each) for each in ("DE", "DE-BY", "DE-XX", "de", "DEU", "", "DE-", "XX")] == [
        True,
        True,
        False,
        False,
        False,
        False,
        False,
        False,
    ]
    assert working_week("SA") == frozenset({0, 1, 2, 3, 6})
    assert working_week("XX") == working_week("") == frozenset(range(5))


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "America/Havana"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1_704_000_000, 1_893_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    ZONES,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.none() | st.times(timezones=st.none()),
    st.sampled_from(["", "DE", "US-CA", "CN", "IL"]),
    st.dictionaries(st.integers(0, 9), st.integers(0, 4)),
)
def test_the_day_is_the_first_that_can_be(now, zone, days, cut_off, region, taken) -> None:
    calendar = Calendar(zone, days, cut_off, region)
    today = now.astimezone(ZoneInfo(zone)).date()
    planned = {today + timedelta(days=day): parcels for day, parcels in taken.items()}
    found = calendar.ships_on(now, planned=planned, daily_parcels=3)
    assert found is not None and today <= found <= today + HORIZON
    assert calendar.works(found) and planned.get(found, 0) < 3
    first = today + timedelta(days=1) if cut_off is not None else today
    between = (first + timedelta(days=number) for number in range((found - first).days))
    assert all(not calendar.works(day) or planned.get(day, 0) >= 3 for day in between)
    later = calendar.ships_on(now + timedelta(hours=1), planned=planned, daily_parcels=3)
    assert later is not None and later >= found
