"""The cheapest set of parcels, at most one a warehouse, whose contents are exactly the order."""

from __future__ import annotations

import numpy as np

from .case import Case
from .contents import Contents
from .dual import Dual
from .tree import Parcels

# How much it raises the bound, units, cost, the warehouse's bit, its twin's.
Entry = tuple[int, int, int, int, int]


class Cover:
    """Depth first, from the row that fewest contents have; the bound grows by what each content adds.

    Of the contents that may be in a better plan, only the `most` with the least raise are looked at:
    `whole` says whether those are all.
    """

    def __init__(self, case: Case, listed: Contents, dual: Dual, best: int, most: int):
        self.case, self.listed, self.dual = case, listed, dual
        self.best = best
        self.chosen: tuple[int, ...] | None = None
        self.looked, self.limit, self.stopped = 0, 0, False
        self.guard = sum([1 << listed.bits * (r + 1) - 1 for r in range(len(case.demand))])
        kept = np.flatnonzero(dual.reduced < best - dual.low)
        self.whole = len(kept) <= most
        if not self.whole:
            kept = kept[np.argpartition(dual.reduced[kept], most)[:most]]
        self.kept = kept[np.argsort(dual.reduced[kept], kind="stable")]
        self.rows = self._rows()
        self.entries: dict[int, list[Entry]] = {}

    def _rows(self) -> list[tuple[int, int, int, int, int]]:
        """Row, mask, shift, what a unit costs that stays behind, by how much that raises the bound."""
        listed, dual = self.listed, self.dual
        having = np.count_nonzero(listed.units[self.kept], axis=0).tolist()
        rows = []
        for r, need in enumerate(self.case.demand):
            if need:
                shift = listed.bits * r
                dear = self.case.big * self.case.worth[r]
                rows.append((r, (1 << listed.bits) - 1 << shift, shift, dear, dear - dual.prices[r]))
        return sorted(rows, key=lambda row: (having[row[0]], row[0]))

    def _entries(self, r: int) -> list[Entry]:
        """The contents with units of a row, those first that raise the bound least."""
        found = self.entries.get(r)
        if found is None:
            listed = self.listed
            places = self.kept[listed.units[self.kept, r] > 0]
            columns, twins = listed.column[places].tolist(), self.case.twins
            bits = [1 << k for k in columns]
            before = [1 << twins[k] if twins[k] >= 0 else 0 for k in columns]
            some = (self.dual.reduced[places], listed.packed[places], listed.cost[places])
            found = list(zip(*(part.tolist() for part in some), bits, before, strict=True))
            self.entries[r] = found
        return found

    def run(self, most_looks: int) -> bool:
        """Search; False when a better plan may have been missed."""
        self.limit = most_looks
        whole = sum([need << self.listed.bits * r for r, need in enumerate(self.case.demand)])
        most = len(self.case.columns) if self.case.limit is None else self.case.limit
        if self.dual.low < self.best:
            self._place(whole, 0, 0, self.dual.low, most, ())
        return self.whole and not self.stopped

    def _place(self, rest: int, used: int, cost: int, low: int, most: int, chosen: tuple[int, ...]) -> None:
        """Give `rest` to warehouses that are not `used`; `low` is the bound with what is `chosen`."""
        guard, full = self.guard, rest | self.guard
        for row in self.rows:
            if rest & row[1]:
                break
        looked = 1
        if most:
            for raises, packed, price, bit, before in self._entries(row[0]):
                if low + raises >= self.best:
                    break
                looked += 1
                if (bit | before) & used != before or full - packed & guard != guard:
                    continue
                if rest == packed:
                    if cost + price < self.best:
                        self.best, self.chosen = cost + price, (*chosen, packed, bit)
                elif not self.stopped:
                    deeper = (*chosen, packed, bit)
                    self._place(rest - packed, used | bit, cost + price, low + raises, most - 1, deeper)
        self.looked += looked
        self.stopped = self.stopped or self.looked >= self.limit
        if row[3] and not self.stopped:
            self._leave(row, rest, used, cost, low, most, chosen)

    def _leave(
        self, row: tuple[int, int, int, int, int], rest: int, used: int, cost: int, low: int, most: int,
        chosen: tuple[int, ...],
    ) -> None:  # fmt: skip
        """Leave all that is left of a row behind."""
        _, mask, shift, dear, raises = row
        units = (rest & mask) >> shift
        cost, low, rest = cost + units * dear, low + units * raises, rest & ~mask
        if low >= self.best:
            return
        if rest:
            self._place(rest, used, cost, low, most, chosen)
        elif cost < self.best:
            self.best, self.chosen = cost, chosen

    def plan(self) -> Parcels:
        """The units by warehouse of the plan that was found."""
        assert self.chosen is not None, "a plan was found"
        bits, mask = self.listed.bits, (1 << self.listed.bits) - 1
        found = zip(self.chosen[::2], self.chosen[1::2], strict=True)
        return {
            self.case.columns[bit.bit_length() - 1].index: [
                packed >> bits * r & mask for r in range(len(self.case.demand))
            ]
            for packed, bit in found
        }
