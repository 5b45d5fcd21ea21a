"""A shop that sells, loses sales and orders by a rule; and what someone who knows the future would pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..demand import Matrix, Vector
from .rules import Rule
from .shelf import Past, Shelf

WEEK = 7
"""Days after which a rule learns its levels anew."""

FIRST_COVER = 7
"""All rules begin with the stock of the lead time and so many days more."""


@dataclass(frozen=True)
class Outcome:
    """Per need: money in minor units, units, and `value` of the stock at cost summed over the days."""

    ordering: Vector
    holding: Vector
    losing: Vector
    wanted: Vector
    served: Vector
    lines: Vector
    bought: Vector
    value: Vector
    left: Vector

    @property
    def cost(self) -> Vector:
        """Order lines, stock held, sales lost."""
        return np.asarray(self.ordering + self.holding + self.losing)


def replay(shelf: Shelf, rule: Rule) -> Outcome:
    """The days after the history: arrivals, sales, lost sales, and a look at every position each evening."""
    stock = np.ceil(Past(shelf, shelf.history).pace() * (shelf.lead + FIRST_COVER))
    coming = np.zeros((shelf.count, int(shelf.lead.max(initial=0)) + 1))
    served, held, value = (np.zeros(shelf.count) for _ in range(3))
    lines, bought = np.zeros(shelf.count), np.zeros(shelf.count)
    rows = np.arange(shelf.count)
    point, target = rule.learn(Past(shelf, shelf.history))
    for day in range(shelf.history, shelf.units.shape[1]):
        stock += coming[:, 0]
        coming = np.roll(coming, -1, axis=1)
        coming[:, -1] = 0.0
        sold = np.minimum(stock, shelf.units[:, day])
        stock -= sold
        served += sold
        held += stock
        value += stock * shelf.cost
        if (day - shelf.history) % WEEK == WEEK - 1:
            point, target = rule.learn(Past(shelf, day + 1))
        order = _order(shelf, stock + coming.sum(axis=1), point, target)
        lines += order > 0
        bought += order
        coming[rows, shelf.lead] += order
    wanted = shelf.units[:, shelf.history :].sum(axis=1)
    losing = (wanted - served) * shelf.lost
    return Outcome(
        lines * shelf.order, held * shelf.holding, losing, wanted, served, lines, bought, value, stock
    )


def _order(shelf: Shelf, position: Vector, point: Vector, target: Vector) -> Vector:
    """What is ordered: up to the target, at least the supplier's minimum, in whole packs."""
    need = np.where(position < point, np.maximum(target - position, 0), 0)
    asked = np.where(need > 0, np.maximum(need, shelf.moq), 0)
    return np.asarray(np.ceil(asked / shelf.pack) * shelf.pack)


def clairvoyant(shelf: Shelf) -> Outcome:
    """The least cost of serving everything when every sale is known (Wagner and Whitin, 1958).

    Supplier's minimums and packs are left out, so it is a bound: nobody can do better.
    """
    wanted = shelf.units[:, shelf.history :]
    cost, lots = _cheapest(wanted, shelf.order, shelf.holding)
    total = wanted.sum(axis=1)
    held = cost - lots * shelf.order
    value = np.divide(held * shelf.cost, shelf.holding, out=np.zeros(shelf.count), where=shelf.holding > 0)
    none = np.zeros(shelf.count)
    return Outcome(lots * shelf.order, held, none, total, total, lots, total, value, none)


def _cheapest(wanted: Matrix, order: float, holding: Vector) -> tuple[Vector, Vector]:
    """Least cost and its number of lots, backwards over the days; a lot covers all demand of its days."""
    count, days = wanted.shape
    least = np.zeros((days + 1, count))
    lots = np.zeros((days + 1, count))
    for first in range(days - 1, -1, -1):
        sells = wanted[:, first] > 0
        best = np.where(sells, np.inf, least[first + 1])
        number = np.where(sells, 0.0, lots[first + 1])
        cost = np.full(count, order)
        for last in range(first, days):
            cost = cost + wanted[:, last] * holding * (last - first)
            if not (cost < best).any():
                break
            total = cost + least[last + 1]
            better = total < best
            best = np.where(better, total, best)
            number = np.where(better, lots[last + 1] + 1, number)
        least[first], lots[first] = best, number
    return least[0], lots[0]
