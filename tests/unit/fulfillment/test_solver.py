"""The search agrees with brute force, never explodes, and never claims more than it proved."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.fulfillment.domain.solver import exact
from saleor_plugins.fulfillment.domain.solver.exact import solve
from saleor_plugins.fulfillment.domain.solver.problem import Problem, Solution
from tests.unit.fulfillment.build import (
    brute_force,
    cheapest_subset,
    check,
    one_mode,
    pooled,
    random_problem,
    stepped,
)


def agree(problem: Problem, oracle: Callable[[Problem], tuple[int, int]]) -> Solution:
    solution = solve(problem)
    check(problem, solution)
    assert solution.optimal
    assert (solution.shipped, solution.cost) == oracle(problem)
    return solution


@pytest.mark.parametrize("seed", range(8))
def test_linear_tariffs_agree_with_brute_force(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(125):
        problem = random_problem(rng, rng.randint(1, 4), rng.randint(1, 7))
        agree(problem, cheapest_subset)
        limit = rng.randint(1, 3)
        agree(replace(problem, most_open=limit), cheapest_subset)


@pytest.mark.parametrize("seed", range(8))
def test_stepped_tariffs_agree_with_brute_force(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(125):
        problem = random_problem(rng, rng.randint(1, 3), rng.randint(1, 4), most=4)
        problem = stepped(rng, problem, heaviest=rng.random() < 0.3)
        if rng.random() < 0.3:
            problem = replace(problem, most_open=rng.randint(1, 2))
        agree(problem, brute_force)


@pytest.mark.parametrize("seed", range(8))
def test_shared_stock_agrees_with_brute_force(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(125):
        problem = random_problem(rng, rng.randint(2, 3), rng.randint(1, 4), most=4)
        if rng.random() < 0.5:
            problem = stepped(rng, problem, heaviest=rng.random() < 0.3)
        problem = pooled(rng, problem)
        if rng.random() < 0.3:
            problem = replace(problem, most_open=rng.randint(1, 2))
        agree(problem, brute_force)


@pytest.mark.parametrize("search", ["as it comes", "too many to list"])
@pytest.mark.parametrize("seed", range(4))
def test_warehouses_that_are_the_same_agree_with_brute_force(
    seed: int, search: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if search != "as it comes":
        monkeypatch.setattr(exact, "countable", lambda case, best: False)
    rng = random.Random(900 + seed)
    for _ in range(60):
        problem = random_problem(rng, rng.randint(1, 3), 4, most=3)
        problem = stepped(rng, problem, heaviest=rng.random() < 0.3)
        if rng.random() < 0.3:
            problem = pooled(rng, problem)
        if rng.random() < 0.3:
            problem = replace(problem, most_open=rng.randint(1, 3))
        agree(alike(rng, problem), brute_force)


def alike(rng: random.Random, problem: Problem) -> Problem:
    """Two or three warehouses become the same, but for what a parcel costs once: that may differ by a bit."""
    as_ = list(range(4))
    for w in rng.sample(as_, rng.randint(1, 2)):
        as_[w] = rng.randrange(4)
    extra = [rng.choice((0, w, 4 - w)) for w in range(4)]
    return replace(
        problem,
        supply=[[row[w] for w in as_] for row in problem.supply],
        modes=[
            [replace(mode, fixed=mode.fixed + more) for mode in problem.modes[w]]
            for w, more in zip(as_, extra, strict=True)
        ],
        pools=[replace(pool, stock=[pool.stock[w] for w in as_]) for pool in problem.pools],
    )


@pytest.mark.parametrize("seed", range(6))
def test_orders_too_large_to_list_are_searched_as_exactly(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "countable", lambda case, best: False)
    rng = random.Random(500 + seed)
    for _ in range(60):
        problem = random_problem(rng, rng.randint(2, 3), rng.randint(3, 6), most=4)
        problem = stepped(rng, problem, heaviest=rng.random() < 0.3)
        if rng.random() < 0.4:
            problem = pooled(rng, problem)
        if rng.random() < 0.4:
            problem = replace(problem, most_open=rng.randint(1, 3))
        agree(problem, brute_force)


@pytest.mark.parametrize("seed", range(6))
def test_both_searches_agree_on_larger_orders(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(700 + seed)
    problems = [random_problem(rng, rng.randint(3, 5), rng.randint(6, 12), most=3) for _ in range(10)]
    problems = [stepped(rng, problem, heaviest=rng.random() < 0.3) for problem in problems]
    listed = [solve(problem) for problem in problems]
    monkeypatch.setattr(exact, "countable", lambda case, best: False)
    finished = 0
    for problem, first in zip(problems, listed, strict=True):
        second = solve(problem)
        check(problem, first)
        check(problem, second)
        assert first.optimal
        assert second.bound <= first.cost <= second.cost
        finished += second.optimal
    assert finished > 5


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_small_amounts_with_many_ties(data: st.DataObject) -> None:
    rows, width = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 5))
    amounts = st.integers(0, 3)

    def row(size: int) -> list[int]:
        return data.draw(st.lists(amounts, min_size=size, max_size=size))

    problem = Problem(
        demand=row(rows),
        supply=[row(width) for _ in range(rows)],
        modes=[one_mode(fixed, row(rows)) for fixed in row(width)],
        grams=[1] * rows,
        worth=[1] * rows,
    )
    agree(problem, cheapest_subset)


def test_nothing_to_do() -> None:
    empty = solve(Problem([], [], [], [], []))
    assert (empty.flow, empty.open, empty.cost, empty.optimal) == ((), (), 0, True)
    idle = solve(Problem([0], [[3, 3]], [one_mode(5, [1])] * 2, [1], [1]))
    assert idle.open == () and idle.cost == 0


def test_alike_warehouses_do_not_explode() -> None:
    problem = Problem([10], [[3] * 50], [one_mode(100, [0])] * 50, [1], [1])
    solution = solve(problem)
    assert solution.optimal
    assert (solution.cost, solution.open) == (400, (0, 1, 2, 3))
    assert solution.nodes < 20


def test_two_hundred_rows() -> None:
    rng = random.Random(5)
    problem = random_problem(rng, 200, 12, most=4)
    check(problem, solve(problem))
    problem = pooled(rng, stepped(rng, problem))
    check(problem, solve(problem))


def test_limit_is_reported_with_a_true_bound() -> None:
    rng = random.Random(11)
    cut = 0
    for n in range(20):
        problem = random_problem(rng, 6, 12, most=5)
        problem = stepped(rng, problem) if n % 2 else problem
        best, quick = solve(problem), solve(problem, node_limit=3)
        check(problem, quick)
        assert best.optimal and quick.shipped == best.shipped
        assert quick.bound <= best.cost <= quick.cost
        assert quick.nodes <= 6
        cut += not quick.optimal
    assert cut > 0
