"""What a person should look at before approving, one sentence for each flag."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..rule import Advice, Flag
from .words import Words, days, number, units


def checks(advice: Advice, words: Words) -> list[str]:
    """A sentence for each flag of `advice`."""
    return [f"Check: {_SAYS[flag](advice)}" for flag in advice.flags]


def over_budget(ordered: int, wanted: int, name: str, left: str | None) -> str:
    """What a budget did to an order; `left` is the money that it had for it, None without a rate."""
    if left is None:
        return f"Check: its price has no rate into the currency of the budget {name}, so it is not ordered."
    if ordered:
        return f"Check: the budget {name} has {left} left for it: {ordered} of {units(wanted)} are ordered."
    return f"Check: the budget {name} has {left} left for it, below the least that can be ordered."


def below_minimum(supplier: str, total: str, minimum: str) -> str:
    """The order is too small for its supplier."""
    return f"Check: the whole order is {total} and {supplier} takes none below {minimum}."


def _unusual(advice: Advice) -> str:
    outlook = advice.seen.outlook
    day = outlook.spike_day.isoformat() if outlook.spike_day else "A day"
    if outlook.capped > 0:
        how = f"the forecast leaves {number(round(outlook.capped, 1))} of them out"
    else:
        how = "there are too few other sales to judge it by, so it counts in full"
    return f"{day} sold {units(round(outlook.spike, 1))}, far more than usual; {how}."


def _limited(advice: Advice) -> str:
    asked, most = advice.seen.outlook.point, advice.seen.need.limits.maximum
    return f"the forecast asks for {units(asked)}, your maximum is {most}."


def _above(advice: Advice) -> str:
    over, most = advice.bought.rounded.over_maximum, advice.seen.need.limits.maximum
    return f"this would hold {over} more than your maximum of {most}, because the supplier sells no less."


def _long(advice: Advice) -> str:
    lasts = advice.bought.quantity / advice.seen.outlook.per_day
    return f"this order lasts about {days(round(lasts))} at today's pace."


def _oversold(advice: Advice) -> str:
    stock = advice.seen.need.position
    return f"{stock.allocated - stock.on_hand} more are promised than lie here."


_SAYS: Mapping[Flag, Callable[[Advice], str]] = {
    Flag.NO_SUPPLIER: lambda advice: "no supplier sells it, so nothing is ordered. Add a supplier item.",
    Flag.MIXED_CURRENCIES: lambda advice: (
        "the suppliers' currencies cannot be compared without a rate: the quickest was taken."
    ),
    Flag.FEW_SALES: lambda advice: (
        f"only {days(advice.seen.outlook.sold)} with sales so far, so the forecast is rough."
    ),
    Flag.UNUSUAL_DAY: _unusual,
    Flag.UNREADABLE_DAYS: lambda advice: (
        f"{days(advice.seen.outlook.unreadable)} of its history could not be read and do not count."
    ),
    Flag.OVERSOLD: _oversold,
    Flag.LIMITED_BY_MAXIMUM: _limited,
    Flag.ABOVE_MAXIMUM: _above,
    Flag.LONG_COVER: _long,
}
