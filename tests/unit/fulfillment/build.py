"""Short spellings of the router's facts."""

from __future__ import annotations

import itertools
import random
from typing import Any

from saleor_plugins.fulfillment.domain.facts import Line, Profile, Request, Source
from saleor_plugins.fulfillment.domain.problem import Problem, fill, reachable
from saleor_plugins.fulfillment.domain.rates import RateTable, default_table

EUROPE = frozenset({"DE", "FR", "PL"})


def line(key: str, variant: str | None, quantity: int, grams: int | None = 100, **more: Any) -> Line:
    return Line(key, f"Line {key}", variant, quantity, grams, **more)


def source(key: str, country: str = "DE", profile: Profile | None = None, **free: int) -> Source:
    return Source(key, key.title(), country, EUROPE, None, free, profile or Profile())


def request(lines: list[Line], sources: list[Source], rates: RateTable | None = None, **more: Any) -> Request:
    table = rates or default_table("EUR", {"DE", "FR", "PL"})
    return Request(tuple(lines), tuple(sources), **{"country": "DE", "rates": table, **more})


def random_problem(
    rng: random.Random, lines: int, warehouses: int, most: int = 12, cover: float = 0.6
) -> Problem:
    wanted = [rng.randint(0, most) for _ in range(lines)]
    supply = [
        [rng.randint(1, 6) if rng.random() < cover else 0 for _ in range(warehouses)] for _ in range(lines)
    ]
    fixed = [rng.randint(0, 1500) for _ in range(warehouses)]
    unit = [[rng.randint(0, 400) for _ in range(warehouses)] for _ in range(lines)]
    return Problem(reachable(wanted, supply), fixed, unit, supply)


def brute_force(problem: Problem) -> int:
    """The least cost over every subset of the warehouses."""
    width = len(problem.fixed)
    subsets = itertools.chain.from_iterable(
        itertools.combinations(range(width), size) for size in range(width + 1)
    )
    return min(
        fill(problem, subset)[1]
        for subset in subsets
        if all(
            sum(row[w] for w in subset) >= need
            for row, need in zip(problem.supply, problem.demand, strict=True)
        )
    )
