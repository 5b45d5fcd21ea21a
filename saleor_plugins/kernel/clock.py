"""The one place that asks for the time, so that tests can set it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC)


def day_of(instant: datetime, zone: str) -> date:
    """The calendar day of `instant` where people live by `zone` (IANA name)."""
    return instant.astimezone(ZoneInfo(zone)).date()
