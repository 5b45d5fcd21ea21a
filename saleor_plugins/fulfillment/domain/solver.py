"""Exact least-cost sourcing of one order: a fixed cost per parcel, linear costs per unit.

Minimise sum(F_w * y_w) + sum(v_lw * x_lw) with sum_w x_lw = demand_l and
0 <= x_lw <= supply_lw * y_w. Given the open warehouses, lines fill cheapest first, so only
the open set has to be searched: best-first branch and bound (`bound` has the bound).
Like warehouses are told apart by dominance, or equal costs would make the search explode.
Everything is an integer, so equal means equal, and the same input gives the same plan.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from heapq import heappop, heappush

from .bound import CLOSED, OPEN, UNDECIDED, even_shares, offers, tighten
from .problem import Problem, Solution, fill

NODE_LIMIT = 4_000

Node = tuple[int, int, bytearray, int]  # bound, order of visit, states, warehouse to branch on


def solve(problem: Problem, *, banned: Collection[int] = (), node_limit: int = NODE_LIMIT) -> Solution | None:
    """The cheapest plan without the `banned` warehouses; None when the demand needs them.

    Looks at about `node_limit` nodes at most; then answers the best plan found with the bound it
    proved, so that `optimal` is False.
    """
    supply = [
        [0 if w in banned else min(units, need) for w, units in enumerate(row)]
        for row, need in zip(problem.supply, problem.demand, strict=True)
    ]
    if any(sum(row) < need for row, need in zip(supply, problem.demand, strict=True)):
        return None
    return _Search(replace(problem, supply=supply)).run(node_limit)


class _Search:
    def __init__(self, problem: Problem):
        self.problem = problem
        width = range(len(problem.fixed))
        self.usable = [w for w in width if any(row[w] for row in problem.supply)]
        self.shares = even_shares(problem)
        self.offers = offers(problem, self.shares, self.usable)
        self.requires, self.required_by = _dominance(problem, self.usable)
        self.heap: list[Node] = []
        self.nodes = 0
        self.best: Solution | None = None

    def run(self, node_limit: int) -> Solution:
        """Search until nothing cheaper is left or the limit is reached."""
        root = bytearray(len(self.problem.fixed))
        for w in self.usable:
            root[w] = UNDECIDED
        self._visit(root)
        if self.heap:
            self.heap.clear()
            self.shares, self.offers = tighten(self.problem, self.usable, 2 * len(self.usable) // 5)
            self._visit(root)
        assert self.best is not None, "the root is feasible, so it offers a plan"
        while self.heap and self.heap[0][0] < self.best.cost:
            if self.nodes >= node_limit:
                return replace(self.best, bound=self.heap[0][0], nodes=self.nodes)
            _, _, states, branch = heappop(self.heap)
            self._visit(self._decide(states, branch, OPEN))
            self._visit(self._decide(states, branch, CLOSED))
        return replace(self.best, bound=self.best.cost, nodes=self.nodes)

    def _decide(self, states: bytearray, w: int, state: int) -> bytearray:
        """A copy of `states` with `w` decided, and with it whatever dominance decides."""
        child = bytearray(states)
        child[w] = state
        for other in (self.requires if state == OPEN else self.required_by).get(w, ()):
            if child[other] == UNDECIDED:
                child[other] = state
        return child

    def _visit(self, states: bytearray) -> None:
        """Bound the node, try its rounding as a plan, and queue it if it may hold a better one."""
        self.nodes += 1
        relaxed = self._relax(states)
        if relaxed is None or (self.best is not None and relaxed[0] >= self.best.cost):
            return
        low, unpaid = relaxed
        cost = self._offer([w for w in self.usable if states[w] == OPEN or w in unpaid])
        if low < cost:
            branch = max(unpaid, key=lambda w: (unpaid[w], -w))
            heappush(self.heap, (low, self.nodes, states, branch))

    def _relax(self, states: bytearray) -> tuple[int, dict[int, int]] | None:
        """A lower bound, and the unpaid rest of F_w of each undecided warehouse that it uses."""
        fixed = self.problem.fixed
        total = sum(fixed[w] for w in self.usable if states[w] == OPEN)
        paid: dict[int, int] = {}
        for need, row, share in zip(self.problem.demand, self.offers, self.shares, strict=True):
            for price, w, state, units in row:
                if states[w] != state:
                    continue
                taken = units if units < need else need
                total += price * taken
                if state == UNDECIDED:
                    paid[w] = paid.get(w, 0) + taken * share[w]
                need -= taken
                if not need:
                    break
            if need:
                return None
        return total, {w: fixed[w] - cost for w, cost in paid.items()}

    def _offer(self, chosen: list[int]) -> int:
        """The best plan's cost, after the plan that opens `chosen` had its chance."""
        flow, cost = fill(self.problem, chosen)
        if self.best is None or cost < self.best.cost:
            opened = tuple(w for w in chosen if any(row[w] for row in flow))
            self.best = Solution(tuple(map(tuple, flow)), opened, cost, 0, 0)
        return self.best.cost


def _dominance(problem: Problem, usable: list[int]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Pairs where `b` does all that `a` does for no more, so that `a` never opens before `b`.

    Answers what each warehouse requires to be open, and what it is required by.
    """
    requires: dict[int, list[int]] = {}
    required_by: dict[int, list[int]] = {}
    ranked = sorted(usable, key=lambda w: (problem.fixed[w], w))
    for rank, a in enumerate(ranked):
        mine = [
            (prices, units) for prices, units in zip(problem.unit, problem.supply, strict=True) if units[a]
        ]
        for b in ranked[:rank]:
            if all(units[b] >= units[a] and prices[b] <= prices[a] for prices, units in mine):
                requires.setdefault(a, []).append(b)
                required_by.setdefault(b, []).append(a)
    return requires, required_by
