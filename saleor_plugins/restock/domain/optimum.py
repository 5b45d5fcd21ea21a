"""The exact (s, S) optimum of one need whose demand does not change: daily review, backorders.

Costs are per day: `holding` a unit in stock, `backorder` a unit owed, `order` an order. Zheng and
Federgruen's search (Operations Research 39, 1991, pages 654-665) over the renewal function.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, log1p

import numpy as np

from .demand import Vector


@dataclass(frozen=True)
class Optimum:
    """Order up to `target` once the inventory position is at `point` or below, for `cost` a day."""

    point: int
    target: int
    cost: float


def probabilities(mean: float, variance: float, tail: float = 1e-10) -> Vector:
    """P(0), P(1), ... of a negative binomial, to where less than `tail` is left.

    Poisson where the variance is not above the mean.
    """
    if mean <= 0:
        return np.ones(1)
    size = mean * mean / max(variance - mean, mean * 1e-9)
    # From term to term: differences of lgamma lose all digits where the size is large.
    logged, step = -size * log1p(mean / size), log(mean / (size + mean))
    found: list[float] = []
    total, k = 0.0, 0
    while total < 1 - tail and (k <= mean or not found or found[-1] > tail * 1e-3):
        found.append(exp(logged))
        total += found[-1]
        logged += log((k + size) / (k + 1)) + step
        k += 1
    return np.array(found) / total


def one_day_costs(demand: Vector, holding: float, backorder: float, levels: Vector) -> Vector:
    """Expected cost of the day on which `demand` (of lead time and that day) has gone off `levels`."""
    units = np.arange(len(demand))
    left = levels[:, None] - units
    return np.where(left > 0, holding * left, -backorder * left) @ demand


def renewal(demand: Vector, length: int) -> Vector:
    """How many days the position spends 0, 1, ... `length` - 1 below the target in a cycle, on average.

    Raises ValueError when `demand` never leaves zero.
    """
    if len(demand) < 2 or demand[0] >= 1:
        raise ValueError("Demand is always zero.")
    stay = 1 - demand[0]
    days = np.zeros(length)
    days[0] = 1 / stay
    for gone in range(1, length):
        most = min(gone, len(demand) - 1)
        days[gone] = days[gone - most : gone][::-1] @ demand[1 : most + 1] / stay
    return days


def cost(point: int, target: int, day: Vector, lead: Vector, costs: tuple[float, float, float]) -> float:
    """What (s, S) costs a day; `day` and `lead` are demand of a day and of lead time plus one day.

    `costs` are order, holding and backorder.
    """
    order, holding, backorder = costs
    levels = np.arange(target, point, -1.0)
    days = renewal(day, target - point)
    return float((order + days @ one_day_costs(lead, holding, backorder, levels)) / days.sum())


def find(day: Vector, lead: Vector, order: float, holding: float, backorder: float) -> Optimum:
    """The (s, S) with the lowest cost a day; `day` and `lead` are probabilities as in `cost`.

    Raises ValueError when nothing ever sells or a cost is not positive.
    """
    if min(order, holding, backorder) <= 0:
        raise ValueError("Costs must be positive.")
    return _Search(day, lead, order, holding, backorder).run()


class _Search:
    """Tables that grow as the search looks further: day costs by level, renewal days by gap."""

    def __init__(self, day: Vector, lead: Vector, order: float, holding: float, backorder: float) -> None:
        self.lead, self.order, self.prices = lead, order, (holding, backorder)
        ratio = backorder / (backorder + holding)
        self.base = int(np.searchsorted(np.cumsum(lead), ratio))
        mean = float(np.arange(len(day)) @ day)
        spread = 4 * int(np.sqrt(2 * mean * order / holding) + 2) + len(lead)
        self.low = self.base - spread
        levels = np.arange(self.low, self.base + spread + 1.0)
        self.g = one_day_costs(lead, holding, backorder, levels)
        self.days = renewal(day, 2 * spread + 1)

    def at(self, level: int) -> float:
        return float(self.g[level - self.low])

    def over(self, point: int, target: int) -> float:
        gap = target - point
        costs = self.g[point + 1 - self.low : target + 1 - self.low][::-1]
        return float((self.order + self.days[:gap] @ costs) / self.days[:gap].sum())

    def run(self) -> Optimum:
        target = self.base
        point = target - 1
        while self.over(point, target) > self.at(point) and point > self.low:
            point -= 1
        least = self.over(point, target)
        trial = target + 1
        while trial < self.low + len(self.g) and self.at(trial) <= least:
            if self.over(point, trial) < least:
                target = trial
                while point + 1 < self.base and self.over(point, target) <= self.at(point + 1):
                    point += 1
                least = self.over(point, target)
            trial += 1
        return Optimum(point, target, least)
