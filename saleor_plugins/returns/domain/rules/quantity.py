"""How many units may one request ask for?"""

from __future__ import annotations

from ..quantities import MAX_UNITS
from .fields import one_of, whole
from .kind import REFUSE, THEN, Given, Kind, Verdict, counted

TOO_MANY = "TOO_MANY"
WITHIN = "WITHIN"


def decide(given: Given) -> Verdict | None:
    """The value is the most units of the line; None for no limit."""
    if given.values is None:
        return None
    line, facts = given.line, given.facts
    most, all_most = given.values.get("per_line"), given.values.get("per_request")
    effect = given.values.get("then", REFUSE)
    limit = min((each for each in (most, all_most) if each is not None), default=None)
    # A limit that only calls for a look is no limit for whoever asks.
    value = limit if effect == REFUSE else None
    if facts.asked and most is not None and line.quantity > most:
        return Verdict(TOO_MANY, f"At most {most} of an item may be returned at once.", value, effect)
    if facts.asked and all_most is not None and facts.units > all_most:
        return Verdict(
            TOO_MANY, f"At most {counted(all_most, 'unit')} may be returned at once.", value, effect
        )
    return Verdict(WITHIN, f"At most {counted(limit, 'unit')}.", value) if limit is not None else None


_UNITS = whole(1, MAX_UNITS)
KIND = Kind(
    "quantity",
    {"per_line": _UNITS, "per_request": _UNITS, "then": one_of(THEN)},
    decide,
    any_of=("per_line", "per_request"),
    asked=True,
)
