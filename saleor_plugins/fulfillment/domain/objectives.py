"""Objectives that come before the cost, as a smaller problem: the plans that are left are all as good in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from .policy import Objective
from .problem import Problem
from .solver import solve


def narrowed(
    problem: Problem, objective: Objective, days: Sequence[date | None]
) -> tuple[Problem, date | None]:
    """The problem among plans that ship the most and have least of the objective.

    For days also the first day by which as much can arrive; `days` are the warehouses' days of arrival.
    Other objectives change nothing.
    """
    if objective is Objective.PARCELS:
        return _fewest(problem), None
    if objective is Objective.DAYS:
        return _soonest(problem, days)
    return problem, None


def _fewest(problem: Problem) -> Problem:
    """With the smallest parcel limit under which as much is shipped."""
    plan = solve(problem)
    for limit in range(1, len(plan.open)):
        fewer = replace(problem, most_open=limit)
        if solve(fewer).shipped == plan.shipped:
            return fewer
    return replace(problem, most_open=len(plan.open)) if plan.open else problem


def _soonest(problem: Problem, days: Sequence[date | None]) -> tuple[Problem, date | None]:
    """Without the warehouses that arrive after the first day by which as much can be there."""
    known = sorted({day for day in days if day})
    if not known:
        return problem, None
    most = solve(problem).shipped
    low, high = 0, len(known) - 1
    while low < high:
        middle = (low + high) // 2
        if solve(_by(problem, days, known[middle])).shipped >= most:
            high = middle
        else:
            low = middle + 1
    return _by(problem, days, known[low]), known[low]


def _by(problem: Problem, days: Sequence[date | None], latest: date) -> Problem:
    soon = [day is not None and day <= latest for day in days]
    supply = [[n if soon[w] else 0 for w, n in enumerate(row)] for row in problem.supply]
    return replace(problem, supply=supply)
