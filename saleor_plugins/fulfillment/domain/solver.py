"""Exact least-cost sourcing of one order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from .problem import Problem, Solution, priced

NODE_LIMIT = 4_000


def solve(problem: Problem, *, node_limit: int = NODE_LIMIT) -> Solution:
    """The plan that ships the most, then costs least."""
    width = range(len(problem.modes))
    usable = [w for w in width if any(row[w] for row in problem.supply)]
    most = len(usable) if problem.most_open is None else min(problem.most_open, len(usable))
    best = fill(problem, ())
    nodes = 0
    for size in range(1, most + 1):
        for chosen in combinations(usable, size):
            nodes += 1
            if nodes > node_limit:
                return replace(best, bound=0, nodes=nodes)
            found = fill(problem, chosen)
            if (-found.shipped, found.cost) < (-best.shipped, best.cost):
                best = found
    return replace(best, bound=best.cost, nodes=nodes)


def fill(problem: Problem, chosen: Iterable[int]) -> Solution:
    """Lines fill cheapest first."""
    pooled = [list(pool.stock) for pool in problem.pools]
    flow = []
    for r, (need, supply) in enumerate(zip(problem.demand, problem.supply, strict=True)):
        taken = [0] * len(problem.modes)
        for w in sorted(chosen, key=lambda w: (problem.modes[w][0].unit[r], w)):
            n = min(need, supply[w])
            for stock, pool in zip(pooled, problem.pools, strict=True):
                if r in pool.takes:
                    n = min(n, stock[w] // pool.takes[r])
            for stock, pool in zip(pooled, problem.pools, strict=True):
                stock[w] -= n * pool.takes.get(r, 0)
            taken[w] = n
            need -= n
        flow.append(taken)
    return priced(problem, flow)
