"""Goods that are not worth their way back: the customer keeps them and has the money."""

from __future__ import annotations

from saleor_plugins.kernel.money import from_minor

from .fields import amounts
from .kind import Given, Kind, Verdict

KEEP = "KEEP"


def decide(given: Given) -> Verdict | None:
    """The value is True for a line worth less than the amount of its currency; unknown worth never is."""
    if given.values is None or not given.facts.asked or given.line.value is None:
        return None
    currency = given.facts.currency
    below = given.values["below"].get(currency)
    if below is None or given.line.value >= below:
        return None
    return Verdict(KEEP, f"Worth less than {from_minor(below, currency)} {currency}: may be kept.", True)


KIND = Kind("keep", {"below": amounts}, decide, needed=("below",), asked=True, yields=False)
