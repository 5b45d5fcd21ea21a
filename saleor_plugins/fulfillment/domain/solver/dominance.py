"""Which warehouses another one stands in for: what lets a search tell equal warehouses apart."""

from __future__ import annotations

from collections.abc import Sequence

from .case import Case, Column


class Dominance:
    """Pairs of columns where `b` does all that `a` does for no more, so that `a` opens only where `b` does.

    Whatever `a` ships, `b` could ship instead if it shipped nothing; of two equals the one that comes
    first stands in for the other. Columns are numbers in the case's list.
    """

    def __init__(self, case: Case, columns: Sequence[int]):
        self.requires: dict[int, list[int]] = {}
        self.required_by: dict[int, list[int]] = {}
        ranked = sorted(columns, key=lambda place: (case.columns[place].least, place))
        for rank, a in enumerate(ranked):
            for b in ranked[:rank]:
                if _covers(case, case.columns[b], case.columns[a]):
                    self.requires.setdefault(a, []).append(b)
                    self.required_by.setdefault(b, []).append(a)

    def opening(self, place: int) -> list[int]:
        """What must be open when this is, itself included."""
        return [place, *self.requires.get(place, ())]

    def closing(self, place: int) -> list[int]:
        """What need not be open when this is not, itself included."""
        return [place, *self.required_by.get(place, ())]


def _covers(case: Case, b: Column, a: Column) -> bool:
    if len(a.tariffs) != len(b.tariffs):
        return False
    have = b.supply
    for r, price, units in a.items:
        if have[r] < units or b.tariffs[0][0][r] > price:
            return False
    if any(stock[b.index] < stock[a.index] for _, stock in case.pools):
        return False
    return all(
        all(unit_b[r] <= unit_a[r] for r in a.rows) and _undercut(bands_b, bands_a)
        for (unit_a, bands_a), (unit_b, bands_b) in zip(a.tariffs, b.tariffs, strict=True)
    )


def _undercut(mine: Sequence[tuple[int, int]], yours: Sequence[tuple[int, int]]) -> bool:
    return all(any(cap >= limit and cost <= fixed for cap, cost in mine) for limit, fixed in yours)
