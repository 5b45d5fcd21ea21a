"""How many units to buy: up to the target, as the supplier sells them, at the price that pays."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from .breaks import choose, price_of
from .rounding import Rounded, round_order
from .supplier import Terms


@dataclass(frozen=True)
class Bought:
    """`quantity` at `price` a unit (minor units of the supplier's currency, None without a supplier).

    `rounded` says what the supplier's packs made of the need; a price break took it from there to
    `quantity`, when `broke`, `before` being the price without.
    """

    quantity: int
    rounded: Rounded
    price: int | None = None
    before: int | None = None
    broke: bool = False


NOTHING = Bought(0, Rounded(0))


def buy(
    need: int,
    terms: Terms | None,
    *,
    least: int,
    room: int | None,
    per_day: float,
    order_cost: float,
    holding_rate: float,
) -> Bought:
    """The order for `need` units, of which `least` bring the position to the reorder point.

    `room` units are allowed by the merchant's maximum. A price break is taken when it costs less a year, or
    less at once, and there is room. `order_cost` is in minor units of the supplier's currency.
    """
    if terms is None:
        return Bought(max(need, 0), Rounded(max(need, 0)))
    rounded = round_order(need, moq=terms.moq, pack=terms.pack, least=least, room=room)
    price = price_of(terms.prices, rounded.quantity)
    plain = Bought(rounded.quantity, rounded, price)
    if not rounded.quantity or not terms.breaks:
        return plain
    best = choose(terms.prices, rounded.quantity, per_day, order_cost, holding_rate, terms.pack).quantity
    steps = {best, *(ceil(each.quantity / terms.pack) * terms.pack for each in terms.breaks)}
    paying = [
        units
        for units in sorted(steps)
        if units > rounded.quantity
        and (room is None or units <= room)
        and price_of(terms.prices, units) < price
        and (units == best or _total(terms, units) < _total(terms, rounded.quantity))
    ]
    if not paying:
        return plain
    quantity = best if best in paying else min(paying, key=lambda units: _total(terms, units))
    return Bought(quantity, rounded, price_of(terms.prices, quantity), price, broke=True)


def _total(terms: Terms, units: int) -> int:
    return units * price_of(terms.prices, units)
