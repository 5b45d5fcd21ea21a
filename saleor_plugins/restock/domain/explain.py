"""A suggestion in words a merchant can check against the shelf."""

from __future__ import annotations

from .forecast import Forecast
from .rule import Advice, Flag, Policy


def explain(advice: Advice, policy: Policy, share: float = 1.0) -> list[str]:
    """Sentences, in order: demand, risk, rule, position, quantity, then one per flag.

    `share` is the part of the variant's demand that this warehouse answers for.
    """
    return [
        *_demand(advice.forecast, share),
        *_risk(advice, policy),
        _position(advice),
        _quantity(advice),
        *(_FLAGS[flag](advice) for flag in advice.flags),
    ]


def number(value: float) -> str:
    """At most two decimals, none where they would be zero: 12, 0.5, 1.43."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def units(count: float) -> str:
    """A count with its noun: 1 unit, 12 units."""
    return f"{number(count)} {'unit' if count == 1 else 'units'}"


def _days(count: int) -> str:
    return f"{count} {'day' if count == 1 else 'days'}"


def _demand(found: Forecast, share: float) -> list[str]:
    if found.per_day <= 0:
        return [
            f"No sales in the last {_days(found.history_days)}." if found.history_days else "No sales yet."
        ]
    part = "" if share >= 0.995 else f" ({share:.0%} of all its sales: other warehouses share the rest)"
    pace = f"Sells about {units(found.per_day)} a day here{part}, smoothed over"
    return [f"{pace} {_days(found.history_days)} of which {found.sold_days} had sales."]


def _risk(advice: Advice, policy: Policy) -> list[str]:
    found, limits = advice.forecast, advice.limits
    said = []
    if found.per_day > 0:
        lead = advice.terms.lead_days if advice.terms else policy.default_lead_days
        said.append(
            f"Delivery takes {_days(lead)} and the next check is {_days(policy.review_days)} later: about"
            f" {units(found.expected)} will sell in those {_days(found.period_days)}, and"
            f" {units(found.covers)} are enough in {policy.service_level * 100:g} of 100 cases."
        )
    if advice.reorder_point == limits.minimum and limits.minimum > 0:
        said.append(f"You keep at least {units(limits.minimum)} here: that is the reorder point.")
    else:
        said.append(f"The reorder point is {advice.reorder_point}.")
    return said


def _position(advice: Advice) -> str:
    stock = advice.position
    return (
        f"There are {stock.on_hand} on hand, {stock.allocated} promised to orders and {stock.on_order} on the"
        f" way from suppliers: {stock.units}, which is below {advice.reorder_point}."
    )


def _quantity(advice: Advice) -> str:
    aim = f"Filling up to {advice.target} takes {units(advice.need)}"
    terms, rounded = advice.terms, advice.rounded
    if terms is None or rounded.quantity == advice.need:
        return f"{aim}."
    why = []
    if rounded.by_moq:
        why.append(f"sells at least {terms.moq}")
    if rounded.by_pack or terms.pack > 1:
        why.append(f"packs {terms.pack} together")
    return f"{aim}; {terms.supplier} {' and '.join(why)}, so the order is for {rounded.quantity}."


def _unusual(advice: Advice) -> str:
    spike = advice.forecast.spike
    assert spike
    if spike.counted < spike.units:
        how = f"the forecast counts {number(spike.counted)} of them"
    else:
        how = "there are too few other sales to judge it by, so it counts in full"
    return f"Check: {spike.day.isoformat()} sold {units(spike.units)}, far more than usual; {how}."


def _above(advice: Advice) -> str:
    return (
        f"Check: this would hold {advice.rounded.over_maximum} more than your maximum of"
        f" {advice.limits.maximum}, because the supplier sells no less."
    )


def _long(advice: Advice) -> str:
    return (
        f"Check: this lasts about {_days(round(advice.quantity / advice.forecast.per_day))} at today's pace."
    )


_FLAGS = {
    Flag.NO_SUPPLIER: lambda advice: (
        "Check: no supplier sells it, so nothing is ordered. Add a supplier item."
    ),
    Flag.FEW_SALES: lambda advice: (
        f"Check: only {_days(advice.forecast.sold_days)} with sales so far, so the forecast is rough."
    ),
    Flag.UNUSUAL_DAY: _unusual,
    Flag.OVERSOLD: lambda advice: (
        f"Check: {advice.position.allocated - advice.position.on_hand} more are promised than lie here."
    ),
    Flag.LIMITED_BY_MAXIMUM: lambda advice: (
        f"Check: the forecast asks for {units(advice.forecast.covers)},"
        f" your maximum is {advice.limits.maximum}."
    ),
    Flag.ABOVE_MAXIMUM: _above,
    Flag.LONG_COVER: _long,
}
