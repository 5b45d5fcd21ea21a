"""Every parcel that each warehouse could make, listed: what is in it and what it costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from .case import Case, Column

# More contents than this are left to the search in `tree`.
MOST = 80_000
# int64 holds every sum of costs up to here.
LARGEST = 1 << 61


@dataclass(eq=False, slots=True)
class Contents:
    """One entry per content: its units by row in one integer (`bits` a row), its cost, its column's place."""

    packed: np.ndarray
    cost: np.ndarray
    column: np.ndarray  # ascending
    units: np.ndarray  # contents x rows, float: small integers
    bits: int

    def only(self, kept: np.ndarray) -> Contents:
        """Some of them, by mask or place."""
        return Contents(self.packed[kept], self.cost[kept], self.column[kept], self.units[kept], self.bits)

    @property
    def starts(self) -> np.ndarray:
        """Where each column's contents begin."""
        return np.flatnonzero(np.diff(self.column, prepend=-1))


def among(columns: np.ndarray, chosen: Collection[int]) -> np.ndarray:
    """Which of these are of the chosen columns."""
    flags = np.zeros(int(columns[-1]) + 1 if len(columns) else 0, dtype=bool)
    flags[[place for place in chosen if place < len(flags)]] = True
    return flags[columns]


def width(case: Case) -> int:
    """Bits for a row's units and one to notice that none are left."""
    return max(case.demand, default=0).bit_length() + 1


def countable(case: Case, best: int) -> bool:
    """Whether the contents are few enough to list, and the amounts of plans up to `best` fit int64."""
    if not case.columns or width(case) * len(case.demand) > 62:
        return False
    count = sum(
        len(column.tariffs) * prod([column.supply[r] + 1 for r in column.rows]) for column in case.columns
    )
    units = sum([need * max(case.big * n, best) for need, n in zip(case.demand, case.worth, strict=True)])
    dearest = max(
        bands[-1][1] + sum([unit[r] * column.supply[r] for r in column.rows])
        for column in case.columns
        for unit, bands in column.tariffs
    )
    return count <= MOST and units + dearest < LARGEST


def contents(case: Case) -> Contents:
    """All contents of all columns; a content may appear once per price per unit that its tariff has."""
    bits = width(case)
    packed: list[int] = []
    cost: list[int] = []
    sizes = []
    for column in case.columns:
        before = len(packed)
        for unit, bands in column.tariffs:
            some, prices = _listed(case, column, unit, bands, bits)
            packed += some
            cost += prices
        sizes.append(len(packed) - before)
    of = np.repeat(np.arange(len(sizes)), sizes)
    array = np.array(packed, dtype=np.int64)
    units = (array[:, None] >> (bits * np.arange(len(case.demand)))) & ((1 << bits) - 1)
    return Contents(array, np.array(cost, dtype=np.int64), of, units.astype(float), bits)


def _listed(
    case: Case, column: Column, unit: Sequence[int], bands: Sequence[tuple[int, int]], bits: int
) -> tuple[list[int], list[int]]:
    """Packed contents and their costs, without the empty one."""
    packed, grams, cost = [0], [0], [0]
    for r in column.rows:
        one, weight, price = 1 << bits * r, case.grams[r], unit[r]
        times = range(1, column.supply[r] + 1)
        packed += [a + one * n for n in times for a in packed]
        grams += [a + weight * n for n in times for a in grams]
        cost += [a + price * n for n in times for a in cost]
    if len(bands) == 1 and bands[0][0] >= grams[-1]:
        fixed = bands[0][1]
        cost = [a + fixed for a in cost]
    else:
        packed, cost = _banded(packed, grams, cost, bands)
    packed, cost = _pooled(case, column, packed, cost, bits)
    return packed[1:], cost[1:]


def _banded(
    packed: list[int], grams: list[int], cost: list[int], bands: Sequence[tuple[int, int]]
) -> tuple[list[int], list[int]]:
    """With the band's fixed cost; contents that are too heavy are left out."""
    fits, rest = [], iter(bands)
    capacity, fixed = next(rest)
    for weight, place in sorted(zip(grams, range(len(grams)), strict=True)):
        while weight > capacity:
            capacity, fixed = next(rest, (weight, -1))
        if fixed < 0:
            break
        cost[place] += fixed
        fits.append(place)
    if len(fits) == len(cost):
        return packed, cost
    fits.sort()
    return [packed[n] for n in fits], [cost[n] for n in fits]


def _pooled(
    case: Case, column: Column, packed: list[int], cost: list[int], bits: int
) -> tuple[list[int], list[int]]:
    """Without contents that take more than the stock their rows share."""
    mask = (1 << bits) - 1
    for takes, stock in case.pools:
        shared = [(bits * r, n) for r, n in takes.items() if column.supply[r]]
        if len(shared) < 2:
            continue
        most = stock[column.index]
        fits = [k for k, a in enumerate(packed) if sum([(a >> at & mask) * n for at, n in shared]) <= most]
        packed, cost = [packed[k] for k in fits], [cost[k] for k in fits]
    return packed, cost
