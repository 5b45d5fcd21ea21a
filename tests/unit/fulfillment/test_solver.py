"""The search agrees with brute force, never explodes, and never claims more than it proved."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.fulfillment.domain.bound import even_shares, tighten
from saleor_plugins.fulfillment.domain.problem import Problem, Solution
from saleor_plugins.fulfillment.domain.solver import solve
from tests.unit.fulfillment.build import brute_force, random_problem


def check(problem: Problem, solution: Solution) -> None:
    """The flow is feasible and costs what the solution says."""
    fixed = sum(problem.fixed[w] for w in solution.open)
    linear = sum(
        units * price
        for flow, prices in zip(solution.flow, problem.unit, strict=True)
        for units, price in zip(flow, prices, strict=True)
    )
    assert solution.cost == fixed + linear
    for flow, supply, need in zip(solution.flow, problem.supply, problem.demand, strict=True):
        assert sum(flow) == need
        assert all(0 <= units <= most for units, most in zip(flow, supply, strict=True))
        assert all(w in solution.open for w, units in enumerate(flow) if units)


@pytest.mark.parametrize("seed", range(8))
def test_agrees_with_brute_force(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(125):
        problem = random_problem(rng, rng.randint(1, 4), rng.randint(1, 7))
        solution = solve(problem)
        assert solution is not None and solution.optimal
        check(problem, solution)
        assert solution.cost == brute_force(problem)


def test_agrees_with_brute_force_without_a_warehouse() -> None:
    rng = random.Random(99)
    missing = 0
    for _ in range(200):
        problem = random_problem(rng, 2, 5, most=5)
        without = replace(problem, supply=[[0, *row[1:]] for row in problem.supply])
        solution = solve(problem, banned=[0])
        if any(sum(row) < need for row, need in zip(without.supply, problem.demand, strict=True)):
            assert solution is None
            missing += 1
        else:
            assert solution is not None and solution.cost == brute_force(without)
            assert 0 not in solution.open
    assert 0 < missing < 200


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_small_amounts_with_many_ties(data: st.DataObject) -> None:
    lines, width = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 5))
    amounts = st.integers(0, 3)

    def table(values: st.SearchStrategy[int]) -> list[list[int]]:
        row = st.lists(values, min_size=width, max_size=width)
        return data.draw(st.lists(row, min_size=lines, max_size=lines))

    supply = table(amounts)
    demand = [data.draw(st.integers(0, sum(row))) for row in supply]
    fixed = data.draw(st.lists(amounts, min_size=width, max_size=width))
    problem = Problem(demand, fixed, table(amounts), supply)
    solution = solve(problem)
    assert solution is not None and solution.optimal
    check(problem, solution)
    assert solution.cost == brute_force(problem)


def test_nothing_to_do() -> None:
    solution = solve(Problem([], [], [], []))
    assert solution == Solution((), (), 0, 0, 1)
    idle = solve(Problem([0], [5, 5], [[1, 1]], [[3, 3]]))
    assert idle is not None and idle.open == () and idle.cost == 0


def test_alike_warehouses_do_not_explode() -> None:
    problem = Problem([10], [100] * 50, [[0] * 50], [[3] * 50])
    solution = solve(problem)
    assert solution is not None and solution.optimal
    assert (solution.cost, solution.open) == (400, (0, 1, 2, 3))
    assert solution.nodes < 20


def test_two_hundred_lines() -> None:
    rng = random.Random(5)
    problem = random_problem(rng, 200, 12, most=4)
    solution = solve(problem)
    assert solution is not None
    check(problem, solution)


def test_limit_is_reported_with_a_true_bound() -> None:
    rng = random.Random(11)
    cut = 0
    for _ in range(10):
        problem = random_problem(rng, 8, 16, most=10)
        best, quick = solve(problem), solve(problem, node_limit=3)
        assert best is not None and best.optimal and quick is not None
        check(problem, quick)
        assert quick.bound <= best.cost <= quick.cost
        assert quick.nodes <= 5
        cut += not quick.optimal
    assert cut > 0


def test_shares_never_exceed_the_fixed_cost() -> None:
    rng = random.Random(3)
    for _ in range(50):
        problem = random_problem(rng, 5, 8)
        capped = replace(
            problem,
            supply=[
                [min(units, need) for units in row]
                for row, need in zip(problem.supply, problem.demand, strict=True)
            ],
        )
        usable = [w for w in range(8) if any(row[w] for row in capped.supply)]
        for shares in (even_shares(capped), tighten(capped, usable, 10)[0]):
            for w in range(8):
                spread = sum(a[w] * row[w] for a, row in zip(shares, capped.supply, strict=True))
                assert spread <= capped.fixed[w]
