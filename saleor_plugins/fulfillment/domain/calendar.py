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
        here = now.astimezone(ZoneInfo(self.time_zone))
        first = here.date()
        if self.cut_off is not None and here.time() >= self.cut_off:
            first += timedelta(days=1)
        day = first
        while day - first <= HORIZON:
            full = daily_parcels is not None and (planned or {}).get(day, 0) >= daily_parcels
            if not full and self.works(day):
                return day
            day += timedelta(days=1)
        return None


def arrives_on(shipped: date, transit_days: int, destination_holidays: str = "") -> date:
    """`transit_days` working days of the destination after `shipped`."""
    there = Calendar(holidays=destination_holidays)
    day = shipped
    while transit_days > 0:
        day += timedelta(days=1)
        if there.works(day):
            transit_days -= 1
    return day


@lru_cache(maxsize=512)
def public_holidays(region: str, year: int) -> Mapping[date, str]:
    """Public holidays of "DE" or "DE-BY"; none where the calendar of a country is not known."""
    country, _, area = region.partition("-")
    try:
        return dict(holidays.country_holidays(country, subdiv=area or None, years=year))
    except NotImplementedError:
        return {}
