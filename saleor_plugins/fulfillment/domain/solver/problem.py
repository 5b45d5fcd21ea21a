"""What the solver is asked and what it answers: integers only, no orders and no warehouses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mode:
    """One price of a warehouse's parcel: `fixed` once, `unit[row]` per unit, up to `capacity` grams.

    A capacity of None is any weight. A linear tariff is one mode, a stepped one is a mode per band.
    """

    fixed: int
    unit: Sequence[int]
    capacity: int | None = None


@dataclass(frozen=True)
class Pool:
    """Stock that several rows draw on: a unit of `row` takes `takes[row]`, warehouse `w` has `stock[w]`."""

    takes: Mapping[int, int]
    stock: Sequence[int]


@dataclass(frozen=True)
class Problem:
    """Rows `r` (a variant, or a bundle that stays together) and warehouses `w` by index.

    Amounts are non-negative integers. `supply[r][w]` caps the units of a row from a warehouse;
    `pools` cap what rows take together. A warehouse pays for the cheapest of `modes[w]` that its grams
    fit in, once it ships anything; at most `most_open` warehouses ship (None: any number).

    The plan ships the most, a unit of row `r` counting as `worth[r]`; among those it costs least.
    """

    demand: Sequence[int]
    supply: Sequence[Sequence[int]]
    modes: Sequence[Sequence[Mode]]
    grams: Sequence[int]
    worth: Sequence[int]
    pools: Sequence[Pool] = ()
    most_open: int | None = None


@dataclass(frozen=True)
class Solution:
    """Units `flow[r][w]` from the warehouses `open`, in the mode `mode[w]`, and what is proven about it.

    `shipped` is what the plan ships in `worth`. `bound` is a lower limit of the cost of any plan that
    ships as much: equal to `cost` when `optimal`. `nodes` counts the steps of the search.
    """

    flow: tuple[tuple[int, ...], ...]
    open: tuple[int, ...]
    mode: Mapping[int, int]
    shipped: int
    cost: int
    bound: int
    nodes: int

    @property
    def optimal(self) -> bool:
        """Whether no plan can be better. False only after the node limit."""
        return self.bound == self.cost


def cheapest_mode(modes: Sequence[Mode], units: Sequence[int], grams: int) -> tuple[int, int] | None:
    """What a parcel with `units` of each row costs and in which mode; None when it is too heavy for all."""
    best = None
    for index, mode in enumerate(modes):
        if mode.capacity is None or grams <= mode.capacity:
            cost = mode.fixed + sum(n * price for n, price in zip(units, mode.unit, strict=True) if n)
            if best is None or cost < best[0]:
                best = cost, index
    return best


def priced(problem: Problem, flow: Sequence[Sequence[int]]) -> Solution:
    """A plan with each parcel in its cheapest mode. Its bound says nothing yet (0)."""
    cost, mode = 0, {}
    for w, modes in enumerate(problem.modes):
        units = [row[w] for row in flow]
        if any(units):
            grams = sum(n * weight for n, weight in zip(units, problem.grams, strict=True))
            found = cheapest_mode(modes, units, grams)
            assert found is not None, "the parcel fits its heaviest mode"
            cost, mode[w] = cost + found[0], found[1]
    shipped = sum(sum(row) * worth for row, worth in zip(flow, problem.worth, strict=True))
    return Solution(tuple(map(tuple, flow)), tuple(mode), mode, shipped, cost, 0, 0)
