"""Objectives that come before the cost, as a smaller problem: all plans that are left are as good in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..policy import Objective
from ..solver.exact import solve
from ..solver.problem import Problem

# Part of the search's limit that each question may take.
SHARE = 4


@dataclass(frozen=True)
class Narrowed:
    """The problem among plans that ship the most and have least of the objective.

    `latest` is the first day by which as much can arrive, when the objective is days. `proven` is False
    when a search stopped at its limit, so that a better plan may have been left out.
    """

    problem: Problem
    latest: date | None = None
    proven: bool = True


def narrowed(
    problem: Problem, objective: Objective, days: Sequence[date | None], node_limit: int
) -> Narrowed:
    """`problem` without the plans that cannot be the best; `days` are the warehouses' days of arrival."""
    if objective is Objective.PARCELS:
        return _fewest(problem, node_limit)
    if objective is Objective.DAYS:
        return _soonest(problem, days, node_limit)
    return Narrowed(problem)


def _fewest(problem: Problem, node_limit: int) -> Narrowed:
    """With the smallest parcel limit under which as much is shipped."""
    plan = solve(problem, node_limit=node_limit // SHARE)
    proven = plan.optimal
    for limit in range(1, len(plan.open)):
        fewer = replace(problem, most_open=limit)
        found = solve(fewer, node_limit=node_limit // SHARE // len(plan.open))
        if found.shipped >= plan.shipped:
            return Narrowed(fewer, proven=proven)
        proven = proven and found.optimal
    return Narrowed(replace(problem, most_open=len(plan.open)) if plan.open else problem, proven=proven)


def _soonest(problem: Problem, days: Sequence[date | None], node_limit: int) -> Narrowed:
    """Without the warehouses that arrive after the first day by which as much can be there."""
    known = sorted({day for day in days if day})
    if not known:
        return Narrowed(problem)
    limit = node_limit // SHARE // len(known).bit_length()
    most = solve(problem, node_limit=limit)
    proven = most.optimal
    low, high = 0, len(known) - 1
    while low < high:
        middle = (low + high) // 2
        found = solve(_by(problem, days, known[middle]), node_limit=limit)
        if found.shipped >= most.shipped:
            high = middle
        else:
            low = middle + 1
            proven = proven and found.optimal
    return Narrowed(_by(problem, days, known[low]), known[low], proven)


def _by(problem: Problem, days: Sequence[date | None], latest: date) -> Problem:
    soon = [day is not None and day <= latest for day in days]
    supply = [[n if soon[w] else 0 for w, n in enumerate(row)] for row in problem.supply]
    return replace(problem, supply=supply)
