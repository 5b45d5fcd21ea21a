"""When a warehouse hands a parcel over, and when that arrives: working days, cut-off, holidays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

# A warehouse that is closed for longer has no next day.
HORIZON = timedelta(days=365)
DAY = timedelta(days=1)

EVERY_DAY = frozenset(range(7))
MONDAY_TO_FRIDAY = frozenset(range(5))


@dataclass(frozen=True)
class Calendar:
    """A warehouse's working time. Weekdays count from Monday 0; `cut_off` is in its own time zone.

    An order that comes before the cut-off leaves the same working day. `holidays` is a country or a
    region of it ("DE", "DE-BY"), "" for none; `closed` are further days without work.
    """

    time_zone: str = "UTC"
    working_days: frozenset[int] = MONDAY_TO_FRIDAY
    cut_off: time | None = None
    holidays: str = ""
    closed: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether parcels leave on `day`."""
        return day.weekday() in self.working_days and day not in self.closed and not self.holiday(day)

    def holiday(self, day: date) -> str:
        """The name of the public holiday, "" on other days."""
        return public_holidays(self.holidays, day.year).get(day, "") if self.holidays else ""

    def ships_on(
        self, now: datetime, *, planned: Mapping[date, int] | None = None, daily_parcels: int | None = None
    ) -> date | None:
        """The first day on which one more parcel can leave; None when there is none within a year.

        `now` is aware. `planned` counts the parcels of a day, `daily_parcels` limits them.
        """
        if daily_parcels == 0 or not self.working_days:
            return None
        taken = planned or {}
        day = first = _first_day(now, self.time_zone, self.cut_off)
        while day - first <= HORIZON:
            full = daily_parcels is not None and taken.get(day, 0) >= daily_parcels
            if not full and self.works(day):
                return day
            day += DAY
        return None


@lru_cache(maxsize=256)
def _first_day(now: datetime, time_zone: str, cut_off: time | None) -> date:
    """Today in a time zone, or tomorrow once the cut-off has passed.

    When clocks go back, the cut-off is the first of the two moments of that name; when they jump over it,
    it has passed at once.
    """
    zone = ZoneInfo(time_zone)
    here = now.astimezone(zone)
    if cut_off is None:
        return here.date()
    moment = datetime.combine(here.date(), cut_off, zone)
    # Aware times of one zone compare by the wall clock, so the instants are asked for.
    passed = here.time() >= cut_off or here.timestamp() >= moment.timestamp()
    return here.date() + DAY if passed else here.date()


@lru_cache(maxsize=4096)
def arrives_on(shipped: date, transit_days: int | None, destination_holidays: str = "") -> date | None:
    """`transit_days` working days of the destination after `shipped`, never on a day without work there.

    None when nobody knows how long the way takes.
    """
    if transit_days is None:
        return None
    there = Calendar(working_days=working_week(destination_holidays), holidays=destination_holidays)
    day = shipped
    while transit_days > 0 or not there.works(day):
        day += DAY
        transit_days -= there.works(day)
    return day


@lru_cache(maxsize=512)
def public_holidays(region: str, year: int) -> Mapping[date, str]:
    """Public holidays of "DE" or "DE-BY"; none where the calendar of a country is not known."""
    country, _, area = region.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=area or None, years=year))
    except NotImplementedError:
        return {}


@lru_cache(maxsize=512)
def working_week(region: str) -> frozenset[int]:
    """The weekdays on which people work in a country or region; Monday to Friday where it is not known."""
    country, _, area = region.partition("-")
    if not country:
        return MONDAY_TO_FRIDAY
    try:
        return EVERY_DAY - frozenset(holidays.country_holidays(country, subdiv=area or None).weekend)
    except NotImplementedError:
        return MONDAY_TO_FRIDAY


def is_region(region: str) -> bool:
    """Whether `region` is a country, or a region of one, whose holidays are known."""
    country, dash, area = region.partition("-")
    try:
        known = holidays.country_holidays(country)
    except NotImplementedError:
        return False
    return len(country) == 2 and (not dash or area in known.subdivisions)
