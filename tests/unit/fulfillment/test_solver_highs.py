"""The search agrees with an independent solver, HiGHS, on problems that brute force cannot reach."""

from __future__ import annotations

import random

import pytest

from benchmarks.routing_milp import least_cost
from saleor_plugins.fulfillment.domain.solver.exact import solve
from saleor_plugins.fulfillment.domain.solver.problem import Problem
from tests.unit.fulfillment.build import check, random_problem, stepped


def agree(problem: Problem) -> None:
    solution = solve(problem)
    check(problem, solution)
    assert solution.optimal
    assert least_cost(problem).cost == pytest.approx(solution.cost, rel=1e-9, abs=0.01)


@pytest.mark.parametrize("seed", range(10))
def test_linear_tariffs(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        agree(random_problem(rng, rng.randint(1, 5), rng.randint(2, 9), most=6))


@pytest.mark.parametrize("seed", range(10))
def test_stepped_tariffs(seed: int) -> None:
    rng = random.Random(100 + seed)
    for _ in range(100):
        agree(stepped(rng, random_problem(rng, rng.randint(1, 4), rng.randint(2, 5), most=4)))
