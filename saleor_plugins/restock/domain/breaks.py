"""Which quantity to buy where a supplier's price falls with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from saleor_plugins.kernel.errors import Invalid


@dataclass(frozen=True)
class Break:
    """From `quantity` units on, a unit costs `price` (minor units)."""

    quantity: int
    price: int


@dataclass(frozen=True)
class Choice:
    """`quantity` to buy at `price` a unit; `yearly` is what that costs a year, `plain` without breaks."""

    quantity: int
    price: int
    yearly: float
    plain: float


def price_of(breaks: Sequence[Break], quantity: int) -> int:
    """The unit price of `quantity`: the lowest that any break it reaches offers.

    Breaks may overlap or rise; a quantity never pays more than a break it has reached. Below the
    first break the first one's price holds. Raises Invalid (field ``breaks``) without any.
    """
    if not breaks:
        raise Invalid("Give at least one price.", field="breaks")
    reached = [each.price for each in breaks if each.quantity <= quantity]
    return min(reached) if reached else min(breaks, key=lambda each: each.quantity).price


def choose(
    breaks: Sequence[Break], need: int, per_day: float, order_cost: float, holding_rate: float, pack: int = 1
) -> Choice:
    """The quantity with the lowest yearly cost, never below `need` units, in whole packs.

    Units, order lines and stock held, each counted (Hadley and Whitin, 1963, section 2-11). Without
    demand only `need` is bought. `order_cost` is in minor units, `holding_rate` a part of the price a year.
    Raises Invalid (field ``breaks``) without any price.
    """
    least = ceil(max(need, 1) / pack) * pack
    tried = {least}
    for each in breaks if per_day > 0 else ():
        best = sqrt(2 * order_cost * per_day * 365 / (holding_rate * each.price)) if each.price > 0 else 0.0
        for quantity in (each.quantity, best):
            tried.add(max(ceil(quantity / pack) * pack, least))
    costs = {
        quantity: _yearly(quantity, price_of(breaks, quantity), per_day, order_cost, holding_rate)
        for quantity in tried
    }
    found = min(sorted(tried), key=lambda quantity: costs[quantity])
    return Choice(found, price_of(breaks, found), costs[found], costs[least])


def _yearly(quantity: int, price: int, per_day: float, order_cost: float, holding_rate: float) -> float:
    if per_day <= 0:
        return float(quantity * price)
    wanted = per_day * 365
    return wanted * price + order_cost * wanted / quantity + holding_rate * price * quantity / 2
