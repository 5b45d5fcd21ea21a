"""What the solver is asked and what it answers: integers only, no orders and no warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Lines `l` and warehouses `w` by index; amounts are non-negative integers.

    `fixed[w]` is paid once per open warehouse, `unit[l][w]` per unit, and `supply[l][w]` caps
    the units. The demand must be within the supply (`reachable` makes it so).
    """

    demand: Sequence[int]
    fixed: Sequence[int]
    unit: Sequence[Sequence[int]]
    supply: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Solution:
    """Units `flow[l][w]` from the warehouses `open`, their cost, and what is proven about it.

    `bound` is a lower limit of any plan's cost: equal to `cost` when `optimal`. `nodes` is how
    many open sets were looked at.
    """

    flow: tuple[tuple[int, ...], ...]
    open: tuple[int, ...]
    cost: int
    bound: int
    nodes: int

    @property
    def optimal(self) -> bool:
        """Whether no plan can be cheaper. False only after the node limit."""
        return self.bound == self.cost


def reachable(demand: Sequence[int], supply: Sequence[Sequence[int]]) -> list[int]:
    """The part of each line's demand that all warehouses together can supply."""
    return [min(need, sum(row)) for need, row in zip(demand, supply, strict=True)]


def fill(problem: Problem, chosen: Sequence[int]) -> tuple[list[list[int]], int]:
    """Fill each line from the `chosen` warehouses, cheapest first: units, and cost with the parcels used.

    Optimal for linear unit costs; units are missing when `chosen` cannot supply them.
    """
    flow, cost = [], 0
    used: set[int] = set()
    for need, prices, units in zip(problem.demand, problem.unit, problem.supply, strict=True):
        row = [0] * len(problem.fixed)
        for w in sorted(chosen, key=prices.__getitem__):
            if not need:
                break
            if taken := min(units[w], need):
                row[w] = taken
                cost += taken * prices[w]
                need -= taken
                used.add(w)
        flow.append(row)
    return flow, cost + sum(problem.fixed[w] for w in used)
