"""What else could have been done: the runner-up, and each warehouse that was not needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..solver.exact import solve
from ..solver.problem import Problem, Solution, cheapest_mode, priced
from .decision import Rejected, RunnerUp
from .modelling import Model
from .plan import money

# For all of them together.
RUNNER_UP_NODES = 2_000


def runner_up(model: Model, chosen: Solution) -> RunnerUp | None:
    """The best plan without one of the chosen warehouses; None when there is no other at all.

    A plan with more units beats a better one. Where another one could step in at the same cost nothing is
    searched, as no plan is better than the chosen one; of those that are the same only one is left out.
    """
    found = _stand_ins(model, chosen)
    if not found:
        asked = sorted({_kind(model.whole, model.scale, w): w for w in chosen.open}.values())
        limit = RUNNER_UP_NODES // max(len(asked), 1) + 20
        found = [(other, w) for w in asked if (other := _without(model, w, limit)).open]
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


def _stand_ins(model: Model, chosen: Solution) -> list[tuple[Solution, int]]:
    """The plan with one of the chosen exchanged for another at the same tariff, where that has enough."""
    problem, scale = model.problem, model.scale
    proven = chosen.optimal and model.proven
    idle: dict[object, list[int]] = {}
    for t in range(len(model.candidates)):
        if t not in chosen.mode:
            idle.setdefault(_tariff(problem, scale, t), []).append(t)
    found = []
    for w in chosen.open:
        for t in idle.get(_tariff(problem, scale, w), ()):
            plan = {at: [row[at] for row in chosen.flow] for at in chosen.open if at != w}
            plan[t] = [row[w] for row in chosen.flow]
            enough = all(has[t] >= n for has, n in zip(problem.supply, plan[t], strict=True))
            if enough and _cost(problem, plan) is not None:
                flow = [
                    [plan[at][r] if at in plan else 0 for at in range(len(row))]
                    for r, row in enumerate(chosen.flow)
                ]
                other = priced(problem, flow)
                found.append((replace(other, bound=other.cost) if proven else other, w))
                break
    return found


def _tariff(problem: Problem, scale: int, w: int) -> object:
    """What parcels from `w` cost, without tie-breakers."""
    return tuple([(mode.fixed // scale, tuple(mode.unit), mode.capacity) for mode in problem.modes[w]])


def _kind(problem: Problem, scale: int, w: int) -> object:
    """All that a plan could know of `w`, without tie-breakers."""
    stock = [pool.stock[w] for pool in problem.pools]
    return _tariff(problem, scale, w), tuple([row[w] for row in problem.supply]), tuple(stock)


def total(model: Model, solution: Solution) -> int:
    """Cost and penalties of a plan in minor units."""
    return sum(money(model, solution).values()) + model.penalty(solution)


def _without(model: Model, w: int, node_limit: int) -> Solution:
    return solve(model.without(w, node_limit), node_limit=node_limit)


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
    found = _cheapest_with(model.whole, chosen, w) if compare and code == "NOT_CHEAPEST" else None
    if found is None:
        return Rejected(source.id, source.name, code, reason, covers)
    scaled, opened = found
    both, before = model.minor(scaled), model.minor(chosen.cost)
    cost = both - sum(model.penalties[at] for at in opened)
    return Rejected(source.id, source.name, code, reason, covers, cost, both - before)


def _why(model: Model, chosen: Solution, w: int) -> tuple[str, str]:
    one, problem = model.candidates[w], model.whole
    if model.latest and one.arrives_on and one.arrives_on > model.latest:
        return "TOO_LATE", f"Its parcel would arrive on {one.arrives_on}, all others by {model.latest}."
    if all(row[w] >= sum(flow) for row, flow in zip(problem.supply, chosen.flow, strict=True)):
        return "NOT_CHEAPEST", "It could ship all of it, but not for less."
    limit = model.problem.most_open
    if limit is not None and len(chosen.open) >= limit:
        return "NOT_CHEAPEST", "It has not all of it, and no more parcels may leave."
    return "NOT_CHEAPEST", "A parcel from there saves nothing."


def _cheapest_with(problem: Problem, chosen: Solution, w: int) -> tuple[int, tuple[int, ...]] | None:
    """The cost of the cheapest way found to give `w` a parcel, and who ships then."""
    contents = {at: [row[at] for row in chosen.flow] for at in chosen.open}
    found = [
        (cost, tuple(at for at in plan if any(plan[at])))
        for plan in _with(problem, chosen, contents, w)
        if (cost := _cost(problem, plan)) is not None
    ]
    return min(found, default=None)


def _with(
    problem: Problem, chosen: Solution, contents: dict[int, list[int]], w: int
) -> Iterator[dict[int, list[int]]]:
    """The chosen plan, but `w` ships all that it can, or the one unit that is cheapest there."""
    total = [sum(row) for row in chosen.flow]
    taken = [min(row[w], n) for row, n in zip(problem.supply, total, strict=True)]
    limit = problem.most_open
    if taken == total or limit is None or len(chosen.open) < limit:
        yield {**_less(problem, contents, taken), w: taken}
    if limit is not None and len(chosen.open) >= limit:
        return
    unit = problem.modes[w][0].unit
    moves = [
        (unit[r] - problem.modes[at][chosen.mode[at]].unit[r], r, at)
        for r, row in enumerate(chosen.flow)
        for at in chosen.open
        if taken[r] and row[at]
    ]
    if moves:
        _, r, at = min(moves)
        one = [int(k == r) for k in range(len(total))]
        yield {**contents, at: [a - b for a, b in zip(contents[at], one, strict=True)], w: one}


def _less(problem: Problem, contents: dict[int, list[int]], taken: list[int]) -> dict[int, list[int]]:
    """The contents without the units that somebody else ships, taken where they are dearest."""
    left = {at: list(units) for at, units in contents.items()}
    for r, n in enumerate(taken):
        for at in sorted(left, key=lambda at: (-problem.modes[at][0].unit[r], at)):
            out = min(n, left[at][r])
            left[at][r] -= out
            n -= out
    return left


def _cost(problem: Problem, plan: dict[int, list[int]]) -> int | None:
    """What a plan costs; None when a warehouse has not enough stock for the rows that share it."""
    cost = 0
    for at, units in plan.items():
        if any(sum(units[r] * n for r, n in pool.takes.items()) > pool.stock[at] for pool in problem.pools):
            return None
        if any(units):
            grams = sum([n * weight for n, weight in zip(units, problem.grams, strict=True)])
            found = cheapest_mode(problem.modes[at], units, grams)
            assert found is not None, "a parcel fits its heaviest mode"
            cost += found[0]
    return cost
