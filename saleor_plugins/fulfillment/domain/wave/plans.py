"""The plans of an order that are nearly the best at given prices: among them are those of a good wave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from ..solver.exact import solve
from ..solver.problem import Problem, cheapest_mode
from .wave import Flow, Member

BEAM = 200
MOST_SPLITS = 150

_Row = tuple[int, ...]
_State = tuple[int, frozenset[int], tuple[_Row, ...]]


def listed(member: Member, prices: Sequence[int], most: int) -> tuple[list[tuple[int, Flow]], int]:
    """Up to `most` plans with what each costs at `prices`, cheapest first; and a reach: no other costs less.

    A beam search over the rows. What falls out of the beam, and whatever was not tried, limits the reach.
    """
    problem = member.at(prices)
    rows = range(len(problem.demand))
    each = [[min(mode.unit[r] for mode in modes) for modes in problem.modes] for r in rows]
    splits = [_splits(problem, r) for r in rows]
    limits = [] if all(some is not None for some in splits) else [_bound(member, problem)]
    ways = [
        sorted(set(_greedy(problem, r, each[r]))) if some is None else some for r, some in enumerate(splits)
    ]
    states, dropped = _beam(problem, each, ways)
    ranked, beyond = _ranked(member, problem, states, most)
    limits += [limit for limit in (dropped, beyond) if limit is not None]
    return ranked, min(limits) if limits else _never(ranked)


def _beam(
    problem: Problem, each: Sequence[Sequence[int]], ways: Sequence[Sequence[_Row]]
) -> tuple[list[_State], int | None]:
    """The cheapest ways to ship all rows, by what they cost at least; and what the others cost at least."""
    once = [min(mode.fixed for mode in modes) for modes in problem.modes]
    dropped: list[int] = []
    states: list[_State] = [(0, frozenset(), ())]
    for price, some in zip(each, ways, strict=True):
        steps = [
            (sum(n * unit for n, unit in zip(row, price, strict=True)), row,
             frozenset(w for w, n in enumerate(row) if n))
            for row in some
        ]  # fmt: skip
        after = sorted(
            (
                (cost + more + sum(once[w] for w in used - opened), opened | used, (*flow, row))
                for cost, opened, flow in states
                for more, row, used in steps
            ),
            key=lambda state: (state[0], state[2]),
        )
        states = after[:BEAM]
        dropped += [state[0] for state in after[BEAM : BEAM + 1]]
    return states, min(dropped, default=None)


def _bound(member: Member, problem: Problem) -> int:
    """What any plan costs at least."""
    solution = solve(problem)
    return solution.bound if solution.shipped >= max(member.wanted, member.least) else 0


def _never(ranked: Sequence[tuple[int, Flow]]) -> int:
    """All plans are listed: there is no other."""
    return ranked[-1][0] + 1 if ranked else 0


def _ranked(
    member: Member, problem: Problem, states: Sequence[_State], most: int
) -> tuple[list[tuple[int, Flow]], int | None]:
    """The plans of the cheapest states, and what those left out cost at least."""
    width, kept = len(member.problem.modes), 2 * most + 20
    found: dict[Flow, int] = {}
    for _, opened, flow in states[:kept]:
        plan = tuple(row[:width] for row in flow)
        cost = _cost(problem, opened, flow)
        if cost is not None and member.fits(plan):
            found[plan] = min(cost, found.get(plan, cost))
    ranked = sorted((cost, plan) for plan, cost in found.items())
    beyond = [states[kept][0]] if len(states) > kept else []
    beyond += [ranked[most][0]] if len(ranked) > most else []
    return ranked[:most], min(beyond, default=None)


def _cost(problem: Problem, opened: frozenset[int], flow: Sequence[_Row]) -> int | None:
    total = 0
    for w in opened:
        units = [row[w] for row in flow]
        grams = sum(n * weight for n, weight in zip(units, problem.grams, strict=True))
        found = cheapest_mode(problem.modes[w], units, grams)
        if found is None:
            return None
        total += found[0]
    return total


def _splits(problem: Problem, r: int) -> list[_Row] | None:
    """All ways to ship a row; None when they are too many."""
    supply, need = _wanted(problem, r)
    found: list[_Row] = []
    for row in _all(supply, need):
        found.append(row)
        if len(found) > MOST_SPLITS:
            return None
    return found


def _wanted(problem: Problem, r: int) -> tuple[list[int], int]:
    supply = [min(n, problem.demand[r]) for n in problem.supply[r]]
    return supply, min(problem.demand[r], sum(supply))


def _all(supply: Sequence[int], need: int) -> Iterator[_Row]:
    rest = [0] * (len(supply) + 1)
    for w in reversed(range(len(supply))):
        rest[w] = rest[w + 1] + supply[w]

    def deal(w: int, left: int, row: _Row) -> Iterator[_Row]:
        if w == len(supply):
            yield row
            return
        for n in range(max(left - rest[w + 1], 0), min(left, supply[w]) + 1):
            yield from deal(w + 1, left - n, (*row, n))

    return deal(0, need, ())


def _greedy(problem: Problem, r: int, each: Sequence[int]) -> Iterator[_Row]:
    """Two warehouses first, then the cheapest."""
    supply, need = _wanted(problem, r)
    ranked = sorted((w for w, n in enumerate(supply) if n), key=lambda w: (each[w], w))
    for first in permutations(ranked, 2):
        row, left = [0] * len(supply), need
        for w in (*first, *ranked):
            taken = min(left, supply[w] - row[w])
            row[w] += taken
            left -= taken
        yield tuple(row)
