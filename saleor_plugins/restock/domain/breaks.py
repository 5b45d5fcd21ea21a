"""Which quantity to buy where a supplier's price falls with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from saleor_plugins.kernel.errors import Invalid

from .demand import Counts, Matrix, Vector


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


@dataclass(frozen=True)
class Ladders:
    """Many needs' breaks: from `quantities` units on, a unit costs `prices`. Short ones repeat a break."""

    quantities: Matrix
    prices: Matrix


@dataclass(frozen=True)
class Choices:
    """Per need what `Choice` says of one; `price` and `yearly` are in the unit of the prices given."""

    quantity: Counts
    price: Vector
    yearly: Vector


def choose_all(
    ladders: Ladders, need: Counts, per_day: Vector, order_cost: float, holding_rate: float, pack: Counts
) -> Choices:
    """`choose` for many needs at once, with the same answers.

    Raises Invalid (field ``breaks``) without breaks.
    """
    if not ladders.quantities.shape[1]:
        raise Invalid("Give at least one price.", field="breaks")
    pack = np.maximum(pack, 1)
    least = np.ceil(np.maximum(need, 1) / pack) * pack
    wanted = np.maximum(per_day, 0.0) * 365
    with np.errstate(divide="ignore", invalid="ignore"):
        lots = np.sqrt(2 * order_cost * wanted[:, None] / (holding_rate * ladders.prices))
    tried = np.concatenate([least[:, None], ladders.quantities, lots], axis=1)
    tried = np.where(np.isfinite(tried) & (wanted > 0)[:, None], tried, 0.0)
    tried = np.maximum(np.ceil(tried / pack[:, None]) * pack[:, None], least[:, None])
    prices = _prices(ladders, tried)
    held = holding_rate * prices * tried / 2
    yearly = wanted[:, None] * prices + order_cost * wanted[:, None] / tried + held
    yearly = np.where((wanted > 0)[:, None], yearly, tried * prices)
    # Of equal costs the smallest quantity, as in `choose`.
    ties = yearly <= yearly.min(axis=1, keepdims=True)
    place = np.where(ties, tried, np.inf).argmin(axis=1)
    rows = np.arange(len(tried))
    return Choices(tried[rows, place].astype(np.int64), prices[rows, place], yearly[rows, place])


def _prices(ladders: Ladders, tried: Matrix) -> Matrix:
    """`price_of` each quantity: the lowest reached, the first break's below all."""
    rows = np.arange(len(tried))
    first = ladders.prices[rows, ladders.quantities.argmin(axis=1)]
    found = np.full(tried.shape, np.inf)
    for step in range(ladders.quantities.shape[1]):
        reached = ladders.quantities[:, step, None] <= tried
        found = np.where(reached, np.minimum(found, ladders.prices[:, step, None]), found)
    return np.where(np.isfinite(found), found, first[:, None])
