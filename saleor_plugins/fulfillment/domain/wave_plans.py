"""The plans of an order that are nearly the best at given prices: among them are those of a good wave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from .problem import Problem, cheapest_mode
from .wave import Flow, Member

BEAM = 200
MOST_SPLITS = 150

_Row = tuple[int, ...]
_State = tuple[int, frozenset[int], tuple[_Row, ...]]


def near(member: Member, prices: Sequence[int], most: int) -> list[tuple[int, Flow]]:
    """Up to `most` plans with what each costs more than the cheapest of them, cheapest first.

    A beam search over the rows: complete for small orders, a good choice for large ones.
    """
    problem = member.at(prices)
    once = [min(mode.fixed for mode in modes) for modes in problem.modes]
    states: list[_State] = [(0, frozenset(), ())]
    for r in range(len(problem.demand)):
        each = [min(mode.unit[r] for mode in modes) for modes in problem.modes]
        splits = [
            (sum(n * price for n, price in zip(row, each, strict=True)), row,
             frozenset(w for w, n in enumerate(row) if n))
            for row in _splits(problem, r, each)
        ]  # fmt: skip
        states = sorted(
            (
                (cost + more + sum(once[w] for w in used - opened), opened | used, (*flow, row))
                for cost, opened, flow in states
                for more, row, used in splits
            ),
            key=lambda state: (state[0], state[2]),
        )[:BEAM]
    width = len(member.problem.modes)
    found: dict[Flow, int] = {}
    for _, opened, flow in states[: 2 * most + 20]:
        plan = tuple(row[:width] for row in flow)
        cost = _cost(problem, opened, flow)
        if cost is not None and member.fits(plan):
            found[plan] = min(cost, found.get(plan, cost))
    ranked = sorted((cost, plan) for plan, cost in found.items())[:most]
    return [(cost - ranked[0][0], plan) for cost, plan in ranked]


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


def _splits(problem: Problem, r: int, each: Sequence[int]) -> list[_Row]:
    """Ways to ship a row: all of them when they are few, else two warehouses first, then the cheapest."""
    supply = [min(n, problem.demand[r]) for n in problem.supply[r]]
    need = min(problem.demand[r], sum(supply))
    found: list[_Row] = []
    for row in _all(supply, need):
        found.append(row)
        if len(found) > MOST_SPLITS:
            return sorted(set(_greedy(supply, need, each)))
    return found


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


def _greedy(supply: Sequence[int], need: int, each: Sequence[int]) -> Iterator[_Row]:
    ranked = sorted((w for w, n in enumerate(supply) if n), key=lambda w: (each[w], w))
    for first in permutations(ranked, 2):
        row, left = [0] * len(supply), need
        for w in (*first, *ranked):
            taken = min(left, supply[w] - row[w])
            row[w] += taken
            left -= taken
        yield tuple(row)
