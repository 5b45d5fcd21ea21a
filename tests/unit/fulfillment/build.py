"""Short spellings of the router's facts."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from saleor_plugins.fulfillment.domain.facts import Line, Place, Profile, Request, Source
from saleor_plugins.fulfillment.domain.rates.table import RateTable, default_table
from saleor_plugins.fulfillment.domain.solver.problem import Mode, Pool, Problem, Solution

EUROPE = frozenset({"DE", "FR", "PL"})


def line(key: str, variant: str | None, quantity: int, grams: int | None = 100, **more: Any) -> Line:
    return Line(key, f"Line {key}", variant, quantity, grams, **more)


def source(key: str, country: str = "DE", profile: Profile | None = None, **free: int) -> Source:
    return Source(key, key.title(), Place(country), EUROPE, None, free, profile or Profile())


def request(lines: list[Line], sources: list[Source], rates: RateTable | None = None, **more: Any) -> Request:
    table = rates or default_table("EUR", {"DE", "FR", "PL"})
    country = more.pop("country", "DE")
    to = more.pop("destination", Place(country) if country else None)
    return Request(tuple(lines), tuple(sources), to, table, **more)


def one_mode(fixed: int, unit: Sequence[int]) -> tuple[Mode, ...]:
    """A linear tariff."""
    return (Mode(fixed, tuple(unit)),)


def random_problem(
    rng: random.Random, rows: int, warehouses: int, most: int = 12, cover: float = 0.6
) -> Problem:
    """Linear tariffs, neither pools nor limits."""
    width = range(warehouses)
    return Problem(
        demand=[rng.randint(0, most) for _ in range(rows)],
        supply=[[rng.randint(1, 6) if rng.random() < cover else 0 for _ in width] for _ in range(rows)],
        modes=[one_mode(rng.randint(0, 1500), [rng.randint(0, 400) for _ in range(rows)]) for _ in width],
        grams=[rng.randint(0, 900) for _ in range(rows)],
        worth=[1] * rows,
    )


def stepped(rng: random.Random, problem: Problem, *, heaviest: bool = False) -> Problem:
    """The same with a band of weights every few grams; `heaviest` also limits a parcel's weight."""
    modes = []
    for _ in problem.modes:
        caps = sorted(rng.sample(range(100, 6000), rng.randint(1, 4)))
        bases = sorted(rng.randint(0, 1500) for _ in range(len(caps) + 1))
        handling = rng.choice([0, 0, rng.randint(0, 90)])
        per_kg = rng.choice([0, 0, rng.randint(0, 300)])
        unit = tuple(handling + per_kg * weight // 1000 for weight in problem.grams)
        other = tuple(price + rng.randint(0, 50) for price in unit)
        bands = [
            Mode(base, rng.choice([unit, unit, other]), cap)
            for base, cap in zip(bases, [*caps, None], strict=True)
        ]
        modes.append(tuple(bands[: rng.randint(1, len(bands))] if heaviest else bands))
    return replace(problem, modes=modes)


def pooled(rng: random.Random, problem: Problem) -> Problem:
    """The same with some rows that share stock, and rows that are worth more."""
    rows = range(len(problem.demand))
    found = []
    for _ in range(rng.randint(1, 2)):
        takes = {r: rng.randint(1, 3) for r in rows if rng.random() < 0.7}
        found.append(Pool(takes, tuple(rng.randint(0, 7) for _ in problem.modes)))
    return replace(problem, pools=tuple(found), worth=[rng.randint(1, 3) for _ in rows])


def brute_force(problem: Problem) -> tuple[int, int]:
    """The most that can be shipped, and its least cost: every content of every parcel."""
    limit = len(problem.modes) if problem.most_open is None else problem.most_open
    worth = problem.worth

    @cache
    def best(w: int, need: tuple[int, ...], limit: int) -> tuple[int, int]:
        if w == len(problem.modes):
            return 0, 0
        found = best(w + 1, need, limit)
        if not limit:
            return found
        most = [range(min(n, row[w]) + 1) for n, row in zip(need, problem.supply, strict=True)]
        for units in itertools.product(*most):
            if any(units) and (cost := parcel_cost(problem, w, units)) is not None:
                left = tuple(a - b for a, b in zip(need, units, strict=True))
                shipped, rest = best(w + 1, left, limit - 1)
                value = sum(a * b for a, b in zip(units, worth, strict=True))
                found = min(found, (shipped - value, rest + cost))
        return found

    shipped, cost = best(0, tuple(problem.demand), limit)
    return -shipped, cost


def parcel_cost(problem: Problem, w: int, units: Sequence[int]) -> int | None:
    """What a parcel costs, None when the warehouse cannot make it."""
    for pool in problem.pools:
        if sum(units[r] * n for r, n in pool.takes.items()) > pool.stock[w]:
            return None
    grams = sum(a * b for a, b in zip(units, problem.grams, strict=True))
    return min(
        (
            mode.fixed + sum(a * b for a, b in zip(units, mode.unit, strict=True))
            for mode in problem.modes[w]
            if mode.capacity is None or grams <= mode.capacity
        ),
        default=None,
    )


def cheapest_subset(problem: Problem) -> tuple[int, int]:
    """As `brute_force`, for linear tariffs without pools: every set of warehouses, filled cheapest first."""
    width = range(len(problem.modes))
    most = len(width) if problem.most_open is None else problem.most_open
    subsets = itertools.chain.from_iterable(itertools.combinations(width, n) for n in range(most + 1))
    shipped, cost = min(_filled(problem, subset) for subset in subsets)
    return -shipped, cost


def _filled(problem: Problem, subset: Sequence[int]) -> tuple[int, int]:
    shipped, cost = 0, sum(problem.modes[w][0].fixed for w in subset)
    for r, (need, supply) in enumerate(zip(problem.demand, problem.supply, strict=True)):
        for price, w in sorted((problem.modes[w][0].unit[r], w) for w in subset):
            taken = min(need, supply[w])
            cost += price * taken
            shipped -= taken * problem.worth[r]
            need -= taken
    return shipped, cost


def check(problem: Problem, solution: Solution) -> None:
    """The plan is feasible, and costs and ships what it says."""
    cost = 0
    for w in range(len(problem.modes)):
        units = [row[w] for row in solution.flow]
        assert (w in solution.open) == (w in solution.mode) == any(units)
        if any(units):
            best = parcel_cost(problem, w, units)
            assert best is not None
            mode = problem.modes[w][solution.mode[w]]
            grams = sum(a * b for a, b in zip(units, problem.grams, strict=True))
            assert mode.capacity is None or grams <= mode.capacity
            assert best == mode.fixed + sum(a * b for a, b in zip(units, mode.unit, strict=True))
            cost += best
    assert cost == solution.cost
    assert solution.bound <= solution.cost
    assert problem.most_open is None or len(solution.open) <= problem.most_open
    for flow, supply, need in zip(solution.flow, problem.supply, problem.demand, strict=True):
        assert sum(flow) <= need
        assert all(0 <= units <= most for units, most in zip(flow, supply, strict=True))
    assert solution.shipped == sum(sum(f) * n for f, n in zip(solution.flow, problem.worth, strict=True))
