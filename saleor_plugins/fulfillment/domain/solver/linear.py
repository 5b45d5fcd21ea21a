"""The search for linear tariffs: given the warehouses that ship, every row is filled cheapest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import mul

from .case import Case, Column
from .tree import Bound, Parcels, Prices, Tree

Offer = tuple[int, int, int]  # price, warehouse, units


class Linear(Tree):
    """Branch and bound with plans filled cheapest first."""

    def __init__(self, case: Case):
        super().__init__(case)
        self.fixed = {column.index: column.least for column in case.columns}
        self.offers: list[list[Offer]] = [[] for _ in case.demand]
        for column in case.columns:
            for r, price, units in column.items:
                self.offers[r].append((price, column.index, units))
        for offers in self.offers:
            offers.sort()
        self.seen: set[frozenset[int]] = set()
        self.used: frozenset[int] = frozenset()

    def start(self) -> Prices:
        """The price of a row's last unit when every parcel's fixed cost is spread over all it could carry."""
        share = {
            column.index: column.least // sum([units for _, _, units in column.items])
            for column in self.case.columns
        }
        prices, chosen = [], set()
        for need, offers in zip(self.case.demand, self.offers, strict=True):
            last = 0
            if need:
                for price, index, units in sorted([(p + share[w], w, n) for p, w, n in offers]):
                    chosen.add(index)
                    last = price
                    need -= units
                    if need <= 0:
                        break
            prices.append(last)
        self._take(frozenset(chosen))
        return prices

    def evaluate(self, prices: Prices, opened: Sequence[Column], undecided: Sequence[Column]) -> Bound:
        """The bound at `prices`."""
        self.work += 4 * (len(opened) + len(undecided))
        short = list(self.case.demand)
        low = sum(map(mul, short, prices))
        gains = []
        for column in undecided:
            items = column.items
            gain = -column.least
            for r, price, units in items:
                if (margin := prices[r] - price) > 0:
                    gain += margin * units
            gains.append(gain)
            if gain > 0:
                low -= gain
                for r, price, units in items:
                    if prices[r] > price:
                        short[r] -= units
        for column in opened:
            low += column.least
            for r, price, units in column.items:
                if (margin := prices[r] - price) > 0:
                    low -= margin * units
                    short[r] -= units
        return low, short, gains

    def offer(self, columns: Sequence[Column]) -> None:
        """Fill the rows from these, then leave out whom it is cheaper without."""
        self._take(frozenset([column.index for column in columns]))

    def settle(self, columns: Sequence[Column], *, last: bool) -> bool:
        """Everybody is decided: the offer is the best there is."""
        self.offer(columns)
        return True

    def _take(self, chosen: frozenset[int]) -> None:
        if chosen in self.seen:
            return
        self.seen.add(chosen)
        found = self._fill(chosen)
        if found is None:
            return
        while better := self._without_one(found):
            found = better
        if self.cost is None or found[0] < self.cost:
            self.cost, self.used = found[0], frozenset(found[1])

    def _without_one(self, found: tuple[int, set[int]]) -> tuple[int, set[int]] | None:
        others = (self._fill(found[1] - {w}) for w in sorted(found[1]))
        return min((other for other in others if other and other[0] < found[0]), key=_cost, default=None)

    def _fill(self, chosen: Collection[int]) -> tuple[int, set[int]] | None:
        """The cost of filling from `chosen`, and who of them ships; None when they have too little."""
        cost, used = 0, set()
        for need, offers in zip(self.case.demand, self.offers, strict=True):
            if not need:
                continue
            for price, index, units in offers:
                if index in chosen:
                    used.add(index)
                    if units >= need:
                        cost += price * need
                        break
                    cost += price * units
                    need -= units
            else:
                return None
        self.work += 4 * len(self.offers)
        fixed = self.fixed
        for index in used:
            cost += fixed[index]
        return cost, used

    def plan(self) -> Parcels:
        """The best plan."""
        parcels: Parcels = {index: [0] * len(self.offers) for index in self.used}
        for r, (need, offers) in enumerate(zip(self.case.demand, self.offers, strict=True)):
            for _, index, units in offers:
                if need and index in self.used:
                    parcels[index][r] = min(units, need)
                    need -= parcels[index][r]
        return parcels


def _cost(found: tuple[int, set[int]]) -> int:
    return found[0]
