"""Best-first branch and bound over which warehouses ship, on prices for a unit of each row.

For any prices v_r >= 0, demand * v less what each warehouse would gain by selling at them (its best
parcel's sum of v_r less its cost, if positive) is a lower bound of the cost: the Lagrangian dual of the
demand (Geoffrion 1974; for plants Erlenkotter 1978). A few subgradient steps raise it. A warehouse
whose gain or loss lifts the bound above the best plan is decided without branching.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from .case import Case, Column
from .dominance import Dominance

ROOT_STEPS, NODE_STEPS = 12, 3
# Numbers that a node may look at on average: large problems are stopped after fewer nodes.
WORK = 1_500

Prices = list[int]
Parcels = dict[int, list[int]]  # units of each row, by warehouse
Bound = tuple[int, list[int], list[int]]  # bound, demand less what is sold, gain of each undecided one


class Tree:
    """The search; how a set of warehouses is priced and what one gains is up to its children."""

    def __init__(self, case: Case):
        self.case = case
        self.nodes = 0
        self.work = 0  # numbers looked at, about a tenth of a microsecond each
        self.most_work = 0
        self.cost: int | None = None
        self.heap: list[tuple[int, int, Prices, list[Column], list[Column], Column]] = []
        self.unsettled: list[int] = []  # bounds of leaves that were left unfinished
        self.dominance = Dominance(case, [])

    def start(self) -> Prices:
        """First prices; a first plan is found on the way."""
        raise NotImplementedError

    def evaluate(self, prices: Prices, opened: Sequence[Column], undecided: Sequence[Column]) -> Bound:
        """The bound at `prices`."""
        raise NotImplementedError

    def offer(self, columns: Sequence[Column]) -> None:
        """Take the plan over these, or a part of them, if it is better."""
        raise NotImplementedError

    def settle(self, columns: Sequence[Column], *, last: bool) -> bool:
        """Take the best plan over these or a part of them; False if that was left unfinished.

        `last` says that nothing is left to branch on.
        """
        raise NotImplementedError

    def few(self, count: int) -> bool:
        """Whether so many warehouses can be settled at once."""
        return count == 0

    def run(self, node_limit: int) -> int:
        """Search until nothing better is left or the limit is reached; answers the proven bound."""
        self.most_work = node_limit * WORK
        prices = self.start()
        self._visit(prices, [], self.case.columns, ROOT_STEPS)
        while self.heap and self.heap[0][0] < self.best:
            if self.nodes >= node_limit or self.work >= self.most_work:
                return min([self.heap[0][0], *self.unsettled])
            _, _, prices, opened, undecided, branch = heappop(self.heap)
            self._visit(prices, *self._open(branch, opened, undecided), NODE_STEPS)
            self._visit(prices, opened, self._close(branch, undecided), NODE_STEPS)
        return min([self.best, *self.unsettled])

    @property
    def best(self) -> int:
        """The best plan's cost."""
        assert self.cost is not None, "start finds a plan"
        return self.cost

    def _open(
        self, branch: Column, opened: list[Column], undecided: list[Column]
    ) -> tuple[list[Column], list[Column]]:
        more = self.dominance.opening(branch.place)
        opening = [one for one in undecided if one.place in more]
        return opened + opening, [one for one in undecided if one.place not in more]

    def _close(self, branch: Column, undecided: list[Column]) -> list[Column]:
        gone = self.dominance.closing(branch.place)
        return [one for one in undecided if one.place not in gone]

    def _visit(self, prices: Prices, opened: list[Column], undecided: list[Column], steps: int) -> None:
        """Bound the node, offer what it suggests, decide what the bound decides, queue the rest."""
        self.nodes += 1
        limit = self.case.limit
        if limit is not None and len(opened) >= limit:
            if len(opened) == limit and not self.settle(opened, last=True):
                self.unsettled.append(self.evaluate(prices, opened, [])[0])
            return
        if not self.case.big and not self._feasible(opened, undecided):
            return
        low, gains, prices = self._ascend(prices, opened, undecided, steps)
        if low >= self.best:
            return
        self.offer([*opened, *(one for one, gain in zip(undecided, gains, strict=True) if gain > 0)])
        opened, open_ended = self._decide(low, opened, undecided, gains)
        if not open_ended or self.few(len(opened) + len(open_ended)):
            if self.settle([*opened, *(one for _, one in open_ended)], last=not open_ended):
                return
            if not open_ended:
                self.unsettled.append(low)
                return
        if self.nodes == 1:
            self.dominance = Dominance(self.case, [one.place for _, one in open_ended])
        branch = max(open_ended, key=lambda pair: (pair[0], -pair[1].index))[1]
        heappush(self.heap, (low, self.nodes, prices, opened, [one for _, one in open_ended], branch))

    def _feasible(self, opened: Sequence[Column], undecided: Sequence[Column]) -> bool:
        self.work += len(self.case.demand) * (len(opened) + len(undecided))
        have = [0] * len(self.case.demand)
        for column in (*opened, *undecided):
            supply = column.supply
            for r in column.rows:
                have[r] += supply[r]
        return all(a >= b for a, b in zip(have, self.case.demand, strict=True))

    def _decide(
        self, low: int, opened: list[Column], undecided: list[Column], gains: list[int]
    ) -> tuple[list[Column], list[tuple[int, Column]]]:
        """What must be open, and what is still undecided, given that a plan below the best is wanted."""
        if self.case.limit is not None:
            room = self.case.limit - len(opened)
            ranked = sorted((gain for gain in gains if gain > 0), reverse=True)
            worst = ranked[room - 1] if len(ranked) >= room else 0
            next_best = ranked[room] if len(ranked) > room else 0
        else:
            worst = next_best = 0
        opened, left = list(opened), []
        for gain, column in zip(gains, undecided, strict=True):
            if low + max(worst, 0) - gain >= self.best and gain <= worst:
                continue
            if gain > worst and low + gain - next_best >= self.best:
                opened.append(column)
            else:
                left.append((gain, column))
        return opened, left

    def _ascend(
        self, prices: Prices, opened: list[Column], undecided: list[Column], steps: int
    ) -> tuple[int, list[int], Prices]:
        """The best bound of a few subgradient steps (Polyak's rule with the best plan as target)."""
        low, short, gains = self.evaluate(prices, opened, undecided)
        best = (low, short, gains, prices)
        theta, stalled, top = 1024, 0, self._top()
        for _ in range(steps):
            norm = sum([n * n for n in short])
            if best[0] >= self.best or not norm:
                break
            reach = (self.best - low) * theta >> 10
            prices = [v + reach * n // norm for v, n in zip(prices, short, strict=True)]
            if top:
                prices = list(map(min, prices, top))
            low, short, gains = self.evaluate(prices, opened, undecided)
            if low > best[0]:
                best, stalled = (low, short, gains, prices), 0
            elif (stalled := stalled + 1) == 2:
                theta, stalled = theta * 5 >> 3, 0
                low, short, gains, prices = best
        return best[0], best[2], best[3]

    def _top(self) -> list[int]:
        """No unit is worth more than leaving it behind costs, if it may be left."""
        return [self.case.big * n for n in self.case.worth] if self.case.big else []
