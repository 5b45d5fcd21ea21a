"""What sold of many needs as aligned arrays, made from sales by country and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from .clean import Mask
from .demand import Counts, Matrix, Vector
from .kits import Uses
from .share import near

Pair = tuple[str, str]
"""A variant and a warehouse."""

RIPE_DAYS = 30
"""Sales younger than this have not all come back yet, so they do not count for the part that returns."""

RETURNS_TRUST = 20.0
"""Units sold before the seen part of returns is believed half: one return of one sale is no rule."""


@dataclass(frozen=True)
class Sold:
    """Units of a variant sold to a country; `days` are offsets from the first day, each at most once.

    `ripe` of all these units are old enough to judge returns by, `came_back` of those were returned.
    """

    variant_id: str
    country: str
    days: Sequence[int]
    units: Sequence[int]
    ripe: int = 0
    came_back: int = 0


@dataclass(frozen=True)
class Out:
    """Offsets of the first and the last day on which a warehouse had none of a variant."""

    variant_id: str
    warehouse_id: str
    first: int
    last: int


@dataclass(frozen=True)
class Histories:
    """Rows are needs in the order they were asked for, columns shop days from `first`, the oldest first.

    `units` are net: what is expected to come back as good as new is taken off, kits are their parts, and
    a country's demand is shared by the warehouses near it. `in_stock` is False on days without anything to
    sell, and on days that were not read yet. Per need: `share` is its part of its variant's demand,
    `returned_part` what comes back of a unit sold, `of_kits` the part of its units sold inside of kits.
    `kits` are those of the variants that have parts: no demand is theirs, and nobody buys them.
    """

    first: date
    units: Matrix
    in_stock: Mask
    share: Vector
    returned_part: Vector
    of_kits: Vector
    kits: frozenset[str]

    @property
    def left_out(self) -> Counts:
        """Days of each need that say nothing of demand: nothing there, and nothing sold."""
        return np.asarray((~self.in_stock & (self.units <= 0)).sum(axis=1), dtype=np.int64)


def assemble(
    sold: Iterable[Sold],
    uses: Uses,
    pairs: Sequence[Pair],
    serves: Mapping[str, frozenset[str]],
    outs: Iterable[Out],
    first: date,
    days: int,
    kits: frozenset[str] = frozenset(),
) -> Histories:
    """Lay `sold` out over `pairs`, which name every warehouse that is to share a variant's demand."""
    rows = {pair: row for row, pair in enumerate(pairs)}
    houses = _houses(pairs)
    laid = _Laid(np.zeros((len(pairs), days)), np.zeros(len(pairs)), {})
    for row in sold:
        for variant, each in uses.get(row.variant_id, ()):
            answering = near(row.country, houses.get(variant, ()), serves)
            laid.add(row, variant, each, [rows[variant, house] for house in answering])
    whole = laid.units.sum(axis=1)
    back = np.array([part_back(*laid.ripe.get(variant, (0, 0))) for variant, _ in pairs])
    return Histories(
        first,
        laid.units * (1 - back)[:, None],
        _in_stock(outs, rows, days),
        _shares(whole, pairs, houses, rows),
        back,
        np.divide(laid.boxed, whole, out=np.zeros(len(pairs)), where=whole > 0),
        kits,
    )


@dataclass(frozen=True)
class _Laid:
    """Units by need and day, those of needs sold inside of kits, and by variant what returns tell."""

    units: Matrix
    boxed: Vector
    ripe: dict[str, tuple[int, int]]

    def add(self, sold: Sold, variant: str, each: int, needs: Sequence[int]) -> None:
        """A sale of which each unit takes `each` units of `variant`, shared equally by the rows `needs`."""
        at, count = np.asarray(sold.days, dtype=np.int64), np.asarray(sold.units, dtype=float)
        for need in needs:
            part = count * (each / len(needs))
            self.units[need, at] += part
            if variant != sold.variant_id:
                self.boxed[need] += part.sum()
        ripe, back = self.ripe.get(variant, (0, 0))
        self.ripe[variant] = (ripe + sold.ripe * each, back + sold.came_back * each)


def part_back(sold: int, returned: int) -> float:
    """Which part of a unit sold comes back: what was seen, shrunk towards none. From 0 to below 1."""
    return min(max(returned, 0), max(sold, 0)) / (max(sold, 0) + RETURNS_TRUST)


def _houses(pairs: Sequence[Pair]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for variant, house in pairs:
        found.setdefault(variant, []).append(house)
    return found


def _shares(
    whole: Vector, pairs: Sequence[Pair], houses: Mapping[str, Sequence[str]], rows: Mapping[Pair, int]
) -> Vector:
    """Each need's part of its variant's units; equal parts of what never sold."""
    totals = {variant: sum(whole[rows[variant, one]] for one in found) for variant, found in houses.items()}
    return np.array(
        [
            whole[row] / totals[variant] if totals[variant] else 1 / len(houses[variant])
            for row, (variant, _) in enumerate(pairs)
        ]
    )


def _in_stock(outs: Iterable[Out], rows: Mapping[Pair, int], days: int) -> Mask:
    found = np.ones((len(rows), days), dtype=bool)
    for out in outs:
        row = rows.get((out.variant_id, out.warehouse_id))
        if row is not None and out.last >= 0:
            found[row, max(out.first, 0) : out.last + 1] = False
    return found
