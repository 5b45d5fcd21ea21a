"""The cheapest set of parcels, at most one a warehouse, whose contents are exactly the order."""

from __future__ import annotations

import numpy as np

from .case import Case
from .contents import Contents
from .dual import Dual
from .tree import Parcels

Entry = tuple[int, int, int, int]  # how much it raises the bound, units, cost, warehouse's bit


class Cover:
    """Depth first, from the row that fewest contents have; the bound grows by what each content adds."""

    def __init__(self, case: Case, listed: Contents, dual: Dual, best: int):
        self.case, self.listed, self.dual = case, listed, dual
        self.best = best
        self.chosen: tuple[int, ...] | None = None
        self.looked, self.limit, self.stopped = 0, 0, False
        self.guard = sum(1 << listed.bits * (r + 1) - 1 for r in range(len(case.demand)))
        self.rows = self._rows()

    def _rows(self) -> list[tuple[int, int, int, int, list[Entry]]]:
        """Per row: its mask, its shift, a unit's cost and raise when it stays behind, and who has it."""
        listed, dual = self.listed, self.dual
        kept = np.flatnonzero(dual.reduced < self.best - dual.low)
        kept = kept[np.argsort(dual.reduced[kept], kind="stable")]
        raises, packed = dual.reduced[kept].tolist(), listed.packed[kept].tolist()
        cost, bits = listed.cost[kept].tolist(), [1 << k for k in listed.column[kept].tolist()]
        entries = list(zip(raises, packed, cost, bits, strict=True))
        rows = []
        for r, need in enumerate(self.case.demand):
            if need:
                shift = listed.bits * r
                mask = (1 << listed.bits) - 1 << shift
                left_behind = self.case.big * self.case.worth[r]
                some = [entry for entry in entries if entry[1] & mask]
                rows.append((mask, shift, left_behind, left_behind - dual.prices[r], some))
        return sorted(rows, key=lambda row: (len(row[4]), row[1]))

    def run(self, most_looks: int) -> bool:
        """Search; False when so many looks at contents did not finish it."""
        self.limit = most_looks
        whole = sum(need << self.listed.bits * r for r, need in enumerate(self.case.demand))
        most = len(self.case.columns) if self.case.limit is None else self.case.limit
        if self.dual.low < self.best:
            self._place(whole, 0, 0, self.dual.low, most, ())
        return not self.stopped

    def _place(self, rest: int, used: int, cost: int, low: int, most: int, chosen: tuple[int, ...]) -> None:
        """Give `rest` to warehouses that are not `used`; `low` is the bound with what is `chosen`."""
        guard, full = self.guard, rest | self.guard
        mask, shift, dear, raised, entries = next(row for row in self.rows if rest & row[0])
        looked = 0
        if most:
            for raises, packed, price, bit in entries:
                if low + raises >= self.best:
                    break
                looked += 1
                if bit & used or full - packed & guard != guard:
                    continue
                if rest == packed:
                    if cost + price < self.best:
                        self.best, self.chosen = cost + price, (*chosen, packed, bit)
                elif not self.stopped:
                    deeper = (*chosen, packed, bit)
                    self._place(rest - packed, used | bit, cost + price, low + raises, most - 1, deeper)
        self.looked += looked + 1
        self.stopped = self.stopped or self.looked >= self.limit
        if dear and not self.stopped:
            self._leave(rest, used, cost, low, most, chosen, mask, (rest & mask) >> shift, dear, raised)

    def _leave(
        self, rest: int, used: int, cost: int, low: int, most: int, chosen: tuple[int, ...], mask: int,
        units: int, dear: int, raised: int,
    ) -> None:  # fmt: skip
        """Leave all that is left of a row behind."""
        cost, low, rest = cost + units * dear, low + units * raised, rest & ~mask
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
