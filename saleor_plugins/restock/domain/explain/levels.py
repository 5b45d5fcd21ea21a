"""The risk until the next delivery, the rule that answers it, and where the stock stands."""

from __future__ import annotations

from saleor_plugins.kernel.money import exponent

from ..facts import Outlook
from ..rule import Advice
from .words import Words, days, number, units


def levels(advice: Advice, words: Words) -> list[str]:
    """The period's demand, the reorder point and the inventory position."""
    outlook, limits = advice.seen.outlook, advice.seen.need.limits
    said = [_risk(outlook, words), _rule(advice, words)] if outlook.per_day > 0 else []
    if advice.want.point == limits.minimum and limits.minimum > 0:
        said.append(f"You keep at least {units(limits.minimum)} here: that is the reorder point.")
    else:
        said.append(f"The reorder point is {advice.want.point}: below it, order up to {advice.want.target}.")
    return [*said, _position(advice)]


def _risk(outlook: Outlook, words: Words) -> str:
    lead, review = outlook.lead, words.policy.review_days
    learned = ""
    if lead.receipts:
        came = "1 delivery" if lead.receipts == 1 else f"{lead.receipts} deliveries"
        learned = f" (learned from {came}, give or take {number(round(lead.deviation, 1))})"
    return (
        f"Delivery takes {days(lead.mean)}{learned} and the next check is {days(review)} later: about"
        f" {units(round(outlook.expected, 1))} will sell in those {days(outlook.period)},"
        f" give or take {number(round(outlook.deviation, 1))}."
    )


def _rule(advice: Advice, words: Words) -> str:
    outlook = advice.seen.outlook
    enough = f"{units(max(outlook.point - 1, 0))} are enough in {number(outlook.level * 100)} of 100 cases"
    if not outlook.by_cost:
        return f"{enough}, as your service level asks."
    return (
        f"{enough}, which is cheapest where an order line costs"
        f" {words.money(float(words.policy.order_cost) * 10 ** exponent(words.currency))}, a unit held a year"
        f" {words.money(outlook.holding)} and a unit not sold {words.money(outlook.lost or 0)}."
    )


def _position(advice: Advice) -> str:
    stock = advice.seen.need.position
    parts = [f"{stock.on_hand} on hand", f"{stock.allocated} promised to orders"]
    parts.append(f"{stock.on_order} on the way from suppliers")
    if stock.incoming:
        parts.append(f"{stock.incoming} from other warehouses")
    if stock.outgoing:
        parts.append(f"{stock.outgoing} promised to other warehouses")
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"There are {listed}: {stock.units}, which is below {advice.want.point}."
