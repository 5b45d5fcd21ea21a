"""Customers who return again and again: a person looks, or the request is refused."""

from __future__ import annotations

from saleor_plugins.kernel.money import from_minor

from .facts import History
from .fields import amounts, one_of, whole
from .kind import REFUSE, REFUSE_UNLESS_FAULT, REVIEW, THEN, Given, Kind, Verdict, counted

LIMIT_REACHED = "LIMIT_REACHED"


def decide(given: Given) -> Verdict | None:
    """Limits are reached by what was asked for before, in the clause's days; none is for faults."""
    if given.values is None:
        return None
    days = given.values["days"]
    past = given.facts.history.get(days, History())
    said = _over(given, past)
    if not said:
        return None
    effect = REFUSE_UNLESS_FAULT if given.values.get("then", REVIEW) == REFUSE else REVIEW
    return Verdict(LIMIT_REACHED, f"{said} in the last {counted(days, 'day')}.", effect=effect)


def _over(given: Given, past: History) -> str:
    """Which limit is reached, in words; "" for none."""
    values, currency = given.values or {}, given.facts.currency
    returns, units, value = values.get("returns"), values.get("units"), values.get("value", {}).get(currency)
    if returns is not None and past.returns >= returns:
        return counted(past.returns, "return")
    if units is not None and past.units >= units:
        return f"{counted(past.units, 'unit')} returned"
    if value is not None and past.value >= value:
        return f"Returns worth {from_minor(past.value, currency)} {currency}"
    return ""


_COUNT = whole(1, 100_000)
KIND = Kind(
    "serial",
    {"days": whole(1, 3650), "returns": _COUNT, "units": _COUNT, "value": amounts, "then": one_of(THEN)},
    decide,
    needed=("days",),
    any_of=("returns", "units", "value"),
)
