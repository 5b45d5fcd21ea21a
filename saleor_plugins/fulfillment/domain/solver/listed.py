"""The search over listed contents: branch on which warehouses ship, combine contents once they are few.

A content with which the bound passes the best known plan is in no better plan, and is struck from the list.
"""

from __future__ import annotations

from heapq import heappop, heappush

from .case import Case
from .contents import Contents, among, contents
from .cover import Cover
from .dominance import Dominance
from .dual import Dual, dual
from .packing import Packing
from .tree import WORK, Parcels

ROOT_STEPS, NODE_STEPS = 24, 10
# Contents looked at before a node is split.
ROOT_LOOKS, NODE_LOOKS = 6_000, 1_500
# Contents that are combined at once.
ENTRIES = 1_000
# What a node costs whatever is in it, in numbers looked at.
NODE_WORK = 4_000
# So many warehouses are packed at once, and so many steps that may take.
FEW, PACKING_STEPS = 3, 20_000


class Listed:
    """Best-first branch and bound; `cost` and `parcels` are the best plan so far."""

    def __init__(self, case: Case, cost: int, parcels: Parcels, prices: list[int]):
        self.case = case
        self.cost, self.parcels, self.prices = cost, parcels, prices
        self.nodes = self.looked = self.most = 0
        self.unsettled: list[int] = []
        self.dominance = Dominance(case, [])
        self.heap: list[tuple[int, int, Dual, frozenset[int], Contents, int]] = []

    def run(self, node_limit: int) -> int:
        """Search until nothing better is left or the limit is reached; answers the proven bound."""
        self.most = node_limit * WORK
        self._visit(contents(self.case), frozenset(), self.prices, ROOT_STEPS, ROOT_LOOKS)
        while self.heap and self.heap[0][0] < self.cost:
            if self.nodes >= node_limit or self.looked >= self.most:
                return min([self.heap[0][0], *self.unsettled])
            _, _, found, opened, listed, branch = heappop(self.heap)
            self._visit(
                listed, opened.union(self.dominance.opening(branch)), found.prices, NODE_STEPS, NODE_LOOKS
            )
            rest = listed.only(~among(listed.column, self.dominance.closing(branch)))
            self._visit(rest, opened, found.prices, NODE_STEPS, NODE_LOOKS)
        return min([self.cost, *self.unsettled])

    def _visit(
        self, listed: Contents, opened: frozenset[int], prices: list[int], steps: int, looks: int
    ) -> None:
        """Bound the node, strike contents, try to finish it by combining them, queue it otherwise."""
        self.nodes += 1
        limit = self.case.limit
        if limit is not None and len(opened) >= limit:
            if len(opened) > limit:
                return
            listed = listed.only(among(listed.column, opened))
        if not len(listed.cost):
            return
        self.looked += NODE_WORK + len(listed.cost) * len(self.case.demand) * steps // 50
        found = dual(self.case, listed, opened, prices, self.cost, steps)
        if found.low >= self.cost:
            return
        if self._combine(listed, found, looks) or found.low >= self.cost:
            return
        kept = listed.only(found.reduced < self.cost - found.low)
        columns = set(kept.column.tolist())
        left = columns - opened
        if self.nodes == 1:
            self.dominance = Dominance(self.case, sorted(left))
        if left and len(columns) > FEW:
            branch = max(left, key=lambda place: (found.gains[place], -place))
            heappush(self.heap, (found.low, self.nodes, found, opened, kept, branch))
        elif not self._pack(columns):
            self.unsettled.append(found.low)

    def _pack(self, columns: set[int]) -> bool:
        """Take the best plan over these columns; False if that was left unfinished."""
        packing = Packing(self.case, [self.case.columns[place] for place in sorted(columns)], self.cost)
        done = packing.run(PACKING_STEPS, min(PACKING_STEPS * WORK // 10, self.most - self.looked))
        self.looked += packing.work
        if packing.parcels is not None:
            self.cost, self.parcels = packing.best, packing.parcels
        return done

    def _combine(self, listed: Contents, found: Dual, looks: int) -> bool:
        """Take the best plan that the contents make; False if so many looks were not enough to be sure."""
        cover = Cover(self.case, listed, found, self.cost, ENTRIES)
        done = cover.run(looks)
        self.looked += cover.looked
        if cover.chosen is not None:
            self.cost, self.parcels = cover.best, cover.plan()
        return done
