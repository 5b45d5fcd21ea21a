"""What else could have been done: the runner-up, and each warehouse that was not needed."""

from __future__ import annotations

from collections.abc import Iterator

from .decision import Rejected, RunnerUp
from .modelling import Model
from .plan import money
from .problem import Problem, Solution, priced
from .solver import solve

RUNNER_UP_NODES = 500


def runner_up(model: Model, chosen: Solution) -> RunnerUp | None:
    """The best plan without one of the chosen warehouses; None when there is no other at all.

    A plan with more units beats a better one.
    """
    found = [(other, w) for w in chosen.open if (other := _without(model, w)).open]
    if not found:
        return None
    other, w = min(found, key=lambda pair: (-pair[0].shipped, pair[0].cost, pair[0].open))
    cost = sum(money(model, other).values())
    return RunnerUp(
        without=model.candidates[w].source.id,
        warehouses=tuple(model.candidates[at].source.id for at in other.open),
        cost=cost,
        difference=cost + model.penalty(other) - total(model, chosen),
        short=chosen.shipped - other.shipped,
        proven=other.optimal,
    )


def total(model: Model, solution: Solution) -> int:
    """Cost and penalties of a plan in minor units."""
    return sum(money(model, solution).values()) + model.penalty(solution)


def _without(model: Model, w: int) -> Solution:
    return solve(model.without(w), node_limit=RUNNER_UP_NODES)


def not_needed(model: Model, chosen: Solution, *, compare: bool) -> tuple[Rejected, ...]:
    """Why each other candidate got no parcel; `compare` adds what one from there would cost."""
    others = [w for w in range(len(model.candidates)) if w not in chosen.mode]
    return tuple(_not_needed(model, chosen, w, compare) for w in others)


def _not_needed(model: Model, chosen: Solution, w: int, compare: bool) -> Rejected:
    source = model.candidates[w].source
    covers = sum(
        min(has[w], sum(flow)) * row.units
        for row, has, flow in zip(model.rows, model.whole.supply, chosen.flow, strict=True)
    )
    code, reason = _why(model, chosen, w)
    if not compare or code != "NOT_CHEAPEST":
        return Rejected(source.id, source.name, code, reason, covers)
    best = min(
        (priced(model.whole, flow) for flow in _with(model.whole, chosen, w)),
        key=lambda other: (-other.shipped, other.cost),
        default=None,
    )
    if best is None:
        return Rejected(source.id, source.name, code, reason, covers)
    cost = sum(money(model, best).values())
    difference = cost + model.penalty(best) - total(model, chosen)
    return Rejected(source.id, source.name, code, reason, covers, cost, difference)


def _why(model: Model, chosen: Solution, w: int) -> tuple[str, str]:
    one, problem = model.candidates[w], model.whole
    if model.latest and one.arrives_on and one.arrives_on > model.latest:
        return "TOO_LATE", f"Its parcel would arrive on {one.arrives_on}, all others by {model.latest}."
    whole = all(row[w] >= sum(flow) for row, flow in zip(problem.supply, chosen.flow, strict=True))
    if whole:
        return "NOT_CHEAPEST", "It could ship all of it, but not for less."
    limit = model.problem.most_open
    if limit is not None and len(chosen.open) >= limit:
        return "NOT_CHEAPEST", "It has not all of it, and no more parcels may leave."
    return "NOT_CHEAPEST", "A parcel from there saves nothing."


def _with(problem: Problem, chosen: Solution, w: int) -> Iterator[list[list[int]]]:
    """Plans like the chosen one in which `w` ships: all it can, what it has cheaper, or one unit."""
    limit = problem.most_open
    if limit is None or len(chosen.open) < limit:
        moved = [(r, at) for r, flow in enumerate(chosen.flow) for at, n in enumerate(flow) if n]
        moved = [(r, at) for r, at in moved if problem.supply[r][w]]
        for r, at in moved:
            flow = [list(row) for row in chosen.flow]
            flow[r][at] -= 1
            flow[r][w] += 1
            if _within_pools(problem, flow, w):
                yield flow
    flow = [[0] * len(row) for row in chosen.flow]
    for r, row in enumerate(chosen.flow):
        flow[r][w] = min(problem.supply[r][w], sum(row))
    if all(sum(new) == sum(old) for new, old in zip(flow, chosen.flow, strict=True)):
        if _within_pools(problem, flow, w):
            yield flow
        return
    if limit is None or len(chosen.open) < limit:
        for r, row in enumerate(chosen.flow):
            left = sum(row) - flow[r][w]
            for at in sorted(chosen.open, key=lambda at: (problem.modes[at][0].unit[r], at)):
                flow[r][at] = min(left, row[at])
                left -= flow[r][at]
        if any(row[w] for row in flow) and _within_pools(problem, flow, w):
            yield flow


def _within_pools(problem: Problem, flow: list[list[int]], w: int) -> bool:
    return all(
        sum(flow[r][w] * units for r, units in pool.takes.items()) <= pool.stock[w] for pool in problem.pools
    )
