"""What else could have been done: the runner-up, and each warehouse that was not needed."""

from __future__ import annotations

from dataclasses import replace

from .decision import Rejected, RunnerUp
from .modelling import Model
from .problem import Solution, fill, reachable
from .solver import solve

RUNNER_UP_NODES = 500


def runner_up(model: Model, chosen: Solution) -> RunnerUp | None:
    """The best plan without one of the chosen warehouses; None when there is no other at all.

    A plan with more units beats a cheaper one.
    """
    found = [plan for w in chosen.open if (plan := _without(model, chosen, w))]
    return min(found, key=lambda plan: (plan.short, plan.cost, plan.warehouses), default=None)


def _without(model: Model, chosen: Solution, w: int) -> RunnerUp | None:
    supply = [[0 if at == w else units for at, units in enumerate(row)] for row in model.problem.supply]
    demand = reachable(model.problem.demand, supply)
    other = solve(replace(model.problem, demand=demand, supply=supply), node_limit=RUNNER_UP_NODES)
    if other is None or not other.open:
        return None
    cost = model.minor(other.cost)
    return RunnerUp(
        without=model.sources[w].id,
        warehouses=tuple(model.sources[at].id for at in other.open),
        cost=cost,
        difference=cost - model.minor(chosen.cost),
        short=sum(model.problem.demand) - sum(demand),
        proven=other.optimal,
    )


def not_needed(model: Model, chosen: Solution) -> tuple[Rejected, ...]:
    """Why each other eligible warehouse got no parcel, with what one from there would cost."""
    others = [w for w in range(len(model.sources)) if w not in chosen.open]
    return tuple(_not_needed(model, chosen, w) for w in others)


def _not_needed(model: Model, chosen: Solution, w: int) -> Rejected:
    """The cheapest plan that gives `w` a parcel is at least as good as adding it or replacing all by it."""
    problem = model.problem
    pairs = [(row[w], need) for row, need in zip(problem.supply, problem.demand, strict=True)]
    covers = sum(min(units, need) for units, need in pairs)
    joined, cost = fill(problem, [*chosen.open, w])
    if not any(row[w] for row in joined):
        cost = chosen.cost + problem.fixed[w]
    whole = all(units >= need for units, need in pairs)
    if whole:
        cost = min(cost, fill(problem, [w])[1])
    minor = model.minor(cost)
    reason = "It could ship all of it, but not for less." if whole else "A parcel from there saves nothing."
    return Rejected(
        model.sources[w].id,
        model.sources[w].name,
        "NOT_CHEAPEST",
        reason,
        covers,
        minor,
        minor - model.minor(chosen.cost),
    )
