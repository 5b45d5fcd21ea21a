"""A problem without what cannot matter, in the shape that the searches work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .problem import Mode, Problem

NO_LIMIT = 1 << 62

Unit = tuple[int, ...]
Bands = list[tuple[int, int]]  # capacity in grams, fixed cost; both ascending


@dataclass(eq=False, slots=True)
class Column:
    """A warehouse: what it can ship of each row, and its bands for each price per unit."""

    index: int  # of the warehouse in the problem
    place: int  # in the case
    supply: list[int]
    rows: list[int]
    tariffs: list[tuple[Unit, Bands]]
    least: int  # the cheapest band's fixed cost
    items: list[tuple[int, int, int]]  # row, price per unit in the first tariff, units

    @property
    def capacity(self) -> int:
        """The heaviest parcel it can make."""
        return max(bands[-1][0] for _, bands in self.tariffs)


@dataclass(eq=False, slots=True)
class Case:
    """What is left to decide.

    `big` is what an unshipped unit of worth 1 costs, more than any plan; 0 where all of `demand` can be
    shipped for sure. `pools` are (units taken by row, stock by column's warehouse).
    """

    demand: list[int]
    grams: Sequence[int]
    worth: Sequence[int]
    columns: list[Column]
    pools: list[tuple[dict[int, int], Sequence[int]]]
    limit: int | None
    big: int
    _twins: list[int] = field(default_factory=list)

    @property
    def twins(self) -> list[int]:
        """By column, the place of the last one before it that is the same but for its cost once; -1 is none.

        That one costs no more, so that a twin need not ship unless it does, and what two of them ship may
        be swapped.
        """
        if not self._twins:
            last: dict[object, int] = {}
            for column in self.columns:
                kind = _kind(self, column)
                before = last.get(kind, -1)
                dearer = before >= 0 and self.columns[before].least > column.least
                self._twins.append(-1 if dearer else before)
                last[kind] = column.place
        return self._twins

    @property
    def linear(self) -> bool:
        """Whether a parcel costs the same once, whatever is in it, and everything can be shipped."""
        return not self.big and all(
            len(column.tariffs) == 1 and column.tariffs[0][1][0][0] == NO_LIMIT for column in self.columns
        )


def trim(problem: Problem) -> Case:
    """Cap supplies at the demand and by the pools, drop idle warehouses and bands that never count."""
    supply = [
        [min(units, need) for units in row] for row, need in zip(problem.supply, problem.demand, strict=True)
    ]
    for pool in problem.pools:
        for r, takes in pool.takes.items():
            if takes:
                supply[r] = [min(n, s // takes) for n, s in zip(supply[r], pool.stock, strict=True)]
    demand = [min(need, sum(row)) for row, need in zip(supply, problem.demand, strict=True)]
    columns: list[Column] = []
    for w, units in enumerate(zip(*supply, strict=True)):
        if column := _column(problem, w, len(columns), units):
            columns.append(column)
    pools = _binding(problem, supply)
    limit = problem.most_open
    if limit is not None and limit >= len(columns):
        limit = None
    case = Case(demand, problem.grams, problem.worth, columns, pools, limit, 0)
    if pools or limit is not None or any(_too_heavy(column, problem.grams) for column in columns):
        case.big = 1 + sum(_dearest(column) for column in columns)
    return case


def _column(problem: Problem, w: int, place: int, units: Sequence[int]) -> Column | None:
    rows = [r for r, n in enumerate(units) if n]
    if not rows or not problem.modes[w]:
        return None
    grams = sum(units[r] * problem.grams[r] for r in rows)
    tariffs = _tariffs(problem.modes[w], grams)
    unit = tariffs[0][0]
    least = min([bands[0][1] for _, bands in tariffs])
    return Column(w, place, list(units), rows, tariffs, least, [(r, unit[r], units[r]) for r in rows])


def _tariffs(modes: Sequence[Mode], grams: int) -> list[tuple[Unit, Bands]]:
    """Modes by their price per unit, each with the bands that are not undercut by a heavier one."""
    if len(modes) == 1 and modes[0].capacity is None:
        return [(tuple(modes[0].unit), [(NO_LIMIT, modes[0].fixed)])]
    groups: dict[Unit, Bands] = {}
    for mode in modes:
        endless = mode.capacity is None or mode.capacity >= grams
        row = (NO_LIMIT if endless else mode.capacity or 0, mode.fixed)
        groups.setdefault(tuple(mode.unit), []).append(row)
    found = []
    for unit, bands in groups.items():
        bands.sort(key=lambda band: (-band[0], band[1]))
        kept: Bands = []
        for band in bands:
            if not kept or band[1] < kept[-1][1]:
                kept.append(band)
        found.append((unit, kept[::-1]))
    return found


def _kind(case: Case, column: Column) -> object:
    tariffs = [
        (unit, tuple([(capacity, fixed - column.least) for capacity, fixed in bands]))
        for unit, bands in column.tariffs
    ]
    stock = [stock[column.index] for _, stock in case.pools]
    return tuple(column.supply), tuple(tariffs), tuple(stock)


def _binding(problem: Problem, supply: Sequence[Sequence[int]]) -> list[tuple[dict[int, int], Sequence[int]]]:
    """The pools that can be too small for what their rows may take together."""
    found = []
    for pool in problem.pools:
        takes = {r: n for r, n in pool.takes.items() if n}
        asked = [sum(supply[r][w] * n for r, n in takes.items()) for w in range(len(pool.stock))]
        if any(want > stock for want, stock in zip(asked, pool.stock, strict=True)):
            found.append((takes, pool.stock))
    return found


def _too_heavy(column: Column, grams: Sequence[int]) -> bool:
    return column.capacity < sum(column.supply[r] * grams[r] for r in column.rows)


def _dearest(column: Column) -> int:
    return max(
        bands[-1][1] + sum(unit[r] * column.supply[r] for r in column.rows) for unit, bands in column.tariffs
    )
