"""Calendar days as the shop lives them: 23, 24 or 25 hours long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def start_of(day: date, zone: str) -> datetime:
    """The first instant of `day` in `zone` (IANA name), as UTC.

    Where the clocks skip midnight the day starts at the first instant that exists.
    """
    local = datetime.combine(day, time.min, ZoneInfo(zone))
    # fold=0 in a gap reads the offset from before the gap, so UTC is the gap's far edge.
    return local.astimezone(UTC)


def bounds(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The instants [since, until) that cover the days `first` to `last`, both included."""
    return start_of(first, zone), start_of(last + timedelta(days=1), zone)


def each(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included; none when `last` is earlier."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
