"""What carriers report, as scans: each checked, each with an id that is the same when it comes again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..kernel.errors import Invalid
from .states import REPORTED, Scan, Source

MOST_EVENTS = 1000
LONGEST_NUMBER = 255
LONGEST_ID = 150
LONGEST_DESCRIPTION = 500
LONGEST_PLACE = 100
# A clock may be wrong by a time zone; a scan of next week would hide all others until then.
AHEAD = timedelta(days=1)
KNOWN = ("trackingNumber", "status", "at", "id", "description", "place")


@dataclass(frozen=True)
class Reported:
    """A scan of the parcels with a tracking number."""

    tracking_number: str
    scan: Scan


def read_events(body: Any, now: datetime) -> list[Reported]:
    """The scans of a message ``{"events": [...]}``. Raises Invalid naming the event and its field."""
    events = body.get("events") if isinstance(body, Mapping) else None
    if not isinstance(events, list) or not events:
        raise Invalid("Must be a list of at least one event.", field="events")
    if len(events) > MOST_EVENTS:
        raise Invalid(f"At most {MOST_EVENTS} events.", field="events")
    return [_event(row, f"events[{number}]", now) for number, row in enumerate(events)]


def _event(row: Any, where: str, now: datetime) -> Reported:
    if not isinstance(row, Mapping):
        raise Invalid("Must be an object.", field=where)
    for name in row:
        if name not in KNOWN:
            raise Invalid(f"Must be one of: {', '.join(KNOWN)}.", field=where)
    number = _text(row, "trackingNumber", LONGEST_NUMBER, where, needed=True)
    status = checked_status(_text(row, "status", 20, where, needed=True), f"{where}.status")
    at = checked_time(_text(row, "at", 40, where, needed=True), now, f"{where}.at")
    description = _text(row, "description", LONGEST_DESCRIPTION, where, cut=True)
    place = _text(row, "place", LONGEST_PLACE, where, cut=True)
    key = _text(row, "id", LONGEST_ID, where) or same_again(status, at, description, place)
    return Reported(number, Scan(status, at, Source.CARRIER, key, description, place))


def checked_status(value: str, field: str) -> str:
    """A status that may be reported, in any case. Raises Invalid naming `field`."""
    status = value.strip().upper().replace(" ", "_").replace("-", "_")
    if status not in REPORTED:
        raise Invalid(f"Must be one of: {', '.join(REPORTED)}.", field=field)
    return status


def checked_time(value: str, now: datetime, field: str) -> datetime:
    """An ISO 8601 instant with its offset, not from the future. Raises Invalid naming `field`."""
    try:
        at = datetime.fromisoformat(value.strip())
        at = at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, OverflowError):
        raise Invalid("Must be a time such as 2026-03-01T09:30:00+01:00.", field=field) from None
    if at.tzinfo is None:
        raise Invalid("Must have an offset, such as Z or +01:00.", field=field)
    if at > now + AHEAD:
        raise Invalid("Lies in the future.", field=field)
    return at


def same_again(*parts: object) -> str:
    """An id made of what an event says, for events that come without one."""
    text = "\x1f".join(str(part) for part in parts)
    return "made:" + hashlib.sha256(text.encode()).hexdigest()[:40]


def _text(
    row: Mapping[str, Any], name: str, longest: int, where: str, *, needed: bool = False, cut: bool = False
) -> str:
    value = row.get(name)
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise Invalid("Must be a text.", field=f"{where}.{name}")
    # What carriers write for people may be long and broken into lines; that is no reason to lose a scan.
    value = "".join(char if char.isprintable() else " " for char in value).strip() if cut else value.strip()
    if not value.isprintable():
        raise Invalid("Only printable characters.", field=f"{where}.{name}")
    if len(value) > longest and not cut:
        raise Invalid(f"At most {longest} characters.", field=f"{where}.{name}")
    return value[:longest]
