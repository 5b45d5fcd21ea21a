"""Exact least-cost sourcing of one order.

Everything is an integer, so equal means equal, and the same problem gives the same plan. Three searches,
each exact: `linear` for tariffs without steps, `contents` and `cover` where all possible parcels can be
listed, `stepped` for what is too large for that.
"""

from __future__ import annotations

from dataclasses import replace

from .case import Case, trim
from .contents import countable
from .greedy import first_plan
from .linear import Linear
from .listed import Listed
from .problem import Problem, Solution, priced
from .stepped import Stepped
from .tree import Parcels

NODE_LIMIT = 4_000


def solve(problem: Problem, *, node_limit: int = NODE_LIMIT) -> Solution:
    """The plan that ships the most, then costs least.

    Takes about `node_limit` steps at most, a second or so; then answers the best plan found with the bound
    that is proven, so that `optimal` is False.
    """
    limit = problem.most_open
    if limit is not None:
        free = solve(replace(problem, most_open=None), node_limit=node_limit)
        if len(free.open) <= limit and (free.optimal or not limit):
            return free
    case = trim(problem)
    if not case.columns or limit == 0:
        return _answer(problem, {}, None, 1, case)
    if case.linear:
        tree = Linear(case)
        low = tree.run(node_limit)
        return _answer(problem, tree.plan(), low, tree.nodes, case)
    return _answer(problem, *_search(case, node_limit), case)


def _search(case: Case, node_limit: int) -> tuple[Parcels, int, int]:
    """The best plan found, the proven bound and the steps taken."""
    best, plan, prices = first_plan(case)
    kind = Listed if countable(case, best) else Stepped
    search = kind(case, best, plan, prices)
    low = search.run(node_limit)
    return search.parcels, low, search.nodes


def _answer(problem: Problem, parcels: Parcels, low: int | None, nodes: int, case: Case) -> Solution:
    width = len(problem.modes)
    flow = [[0] * width for _ in problem.demand]
    for w, units in parcels.items():
        for r, n in enumerate(units):
            flow[r][w] = n
    found = priced(problem, flow)
    if low is None:
        return replace(found, bound=found.cost, nodes=nodes)
    behind = sum(n * need for n, need in zip(case.worth, case.demand, strict=True)) - found.shipped
    return replace(found, bound=min(max(low - case.big * behind, 0), found.cost), nodes=nodes)
