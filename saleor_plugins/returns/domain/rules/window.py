"""Until when may units be asked back? Whole days of the shop, from the youngest parcel's arrival."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from ..policy import WINDOW_CLOSED
from .fields import whole
from .kind import LAW, REFUSE, Given, Kind, Verdict, counted

OPEN = "OPEN"


class Window(NamedTuple):
    """`days` of the rule, and the last day that comes of it; None while nothing has started it."""

    days: int
    until: date | None


def decide(given: Given) -> Verdict:
    """The law's days are the least."""
    line, right = given.line, given.right
    days = int(given.policy.window_days if given.values is None else given.values["days"])
    until = line.since + timedelta(days=days) if line.since else None
    by = ""
    if right.open and until is not None and (right.until is None or right.until > until):
        until, by = right.until, LAW
    if until is not None and given.facts.today > until:
        why = f"{line.name or 'This item'} could be returned until {until.isoformat()}."
        return Verdict(WINDOW_CLOSED, why, Window(days, until), REFUSE)
    return Verdict(OPEN, _words(days, until, by), Window(days, until), by=by)


def _words(days: int, until: date | None, by: str) -> str:
    last = f"until {until.isoformat()}" if until else "nothing has started them yet"
    return f"The right of withdrawal lives longer: {last}." if by else f"{counted(days, 'day')}: {last}."


KIND = Kind("window", {"days": whole(0, 3650)}, decide, needed=("days",))
