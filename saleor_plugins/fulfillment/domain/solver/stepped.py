"""The search for tariffs that step where the parcels are too many to be listed.

What a warehouse gains is bounded by a knapsack per band whose units may be broken (Dantzig 1957); the
warehouses that are left are filled by `packing`.
"""

from __future__ import annotations

from collections.abc import Sequence

from .case import Case, Column, Unit
from .greedy import fill
from .packing import Packing
from .tree import Bound, Parcels, Prices, Tree

Gain = tuple[int, list[tuple[int, int]]]  # at most, and the units sold for it
# So many warehouses are packed at once, and so many steps that may take.
FEW = 3
PACKING_STEPS = 2_000
LAST_STEPS = 100_000


class Stepped(Tree):
    """Branch and bound with parcels packed into bands."""

    def __init__(self, case: Case, cost: int, parcels: Parcels, prices: Prices):
        super().__init__(case)
        self.cost, self.parcels, self.prices = cost, parcels, prices
        self.seen: set[frozenset[int]] = set()

    def start(self) -> Prices:
        """Prices and plan come from outside."""
        return self.prices

    def few(self, count: int) -> bool:
        """Small sets are packed rather than branched on."""
        return count <= FEW

    def evaluate(self, prices: Prices, opened: Sequence[Column], undecided: Sequence[Column]) -> Bound:
        """The bound at `prices`."""
        self.work += 2 * sum([len(column.rows) for column in (*opened, *undecided)])
        short = list(self.case.demand)
        low = sum([need * v for need, v in zip(short, prices, strict=True)])
        found = [self._gain(column, prices) for column in undecided]
        room = None if self.case.limit is None else self.case.limit - len(opened)
        selling = sorted((g for g in found if g[0] > 0), key=lambda g: -g[0])[:room]
        for gain, sold in (*selling, *(self._gain(column, prices) for column in opened)):
            low -= gain
            for r, units in sold:
                short[r] -= units
        return low, short, [gain for gain, _ in found]

    def _gain(self, column: Column, prices: Prices) -> Gain:
        return max((self._of(column, tariff, prices) for tariff in column.tariffs), key=lambda gain: gain[0])

    def _of(self, column: Column, tariff: tuple[Unit, list[tuple[int, int]]], prices: Prices) -> Gain:
        unit, bands = tariff
        weights, supply = self.case.grams, column.supply
        value = grams = 0
        wanted = []
        for r in column.rows:
            if (margin := prices[r] - unit[r]) > 0:
                value += margin * supply[r]
                grams += weights[r] * supply[r]
                wanted.append((margin, r))
        if grams <= bands[0][0] or value <= bands[0][1]:
            return value - bands[0][1], [(r, supply[r]) for _, r in wanted]
        wanted.sort(key=lambda one: -(one[0] << 40) // weights[one[1]] if weights[one[1]] else -(1 << 200))
        return self._knapsack(column, bands, wanted)

    def _knapsack(
        self, column: Column, bands: Sequence[tuple[int, int]], wanted: Sequence[tuple[int, int]]
    ) -> Gain:
        """The best band's, filled with what pays most per gram; the last unit may be broken."""
        best: Gain | None = None
        value = used = place = 0
        sold: list[tuple[int, int]] = []
        for capacity, fixed in bands:
            while place < len(wanted):
                margin, r = wanted[place]
                grams = self.case.grams[r] * column.supply[r]
                if used + grams > capacity:
                    break
                used, value, place = used + grams, value + margin * column.supply[r], place + 1
                sold.append((r, column.supply[r]))
            gain, more = value - fixed, []
            if place < len(wanted):
                margin, r = wanted[place]
                gain += (capacity - used) * margin // self.case.grams[r] + 1
                more = [(r, (capacity - used) // self.case.grams[r])]
            if best is None or gain > best[0]:
                best = gain, sold + more
            if place == len(wanted):
                break
        assert best is not None, "there is a band"
        return best

    def offer(self, columns: Sequence[Column]) -> None:
        """Pack these if they are few; fill them cheapest first otherwise."""
        key = frozenset([column.index for column in columns])
        if key in self.seen or not columns:
            return
        self.seen.add(key)
        if len(columns) <= FEW + 1:
            self.settle(columns, last=False)
            return
        limit = self.case.limit
        found = None if limit is not None and len(columns) > limit else fill(self.case, columns)
        self.work += 10 * len(columns) * len(self.case.demand)
        if found and found[0] < self.best:
            self.cost, self.parcels = found

    def settle(self, columns: Sequence[Column], *, last: bool) -> bool:
        """Take the best plan over these or a part of them."""
        if self.work >= self.most_work:
            return False
        packing = Packing(self.case, sorted(columns, key=lambda column: column.index), self.best)
        done = packing.run(LAST_STEPS if last else PACKING_STEPS, self.most_work - self.work)
        self.work += packing.work
        if packing.parcels is not None:
            self.cost, self.parcels = packing.best, packing.parcels
        return done
