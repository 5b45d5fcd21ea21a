"""A first plan for tariffs that step: fill the rows from some warehouses, then leave out whom it can."""

from __future__ import annotations

from collections.abc import Sequence

from .case import Case, Column
from .tree import Parcels, Prices


def parcel_cost(column: Column, units: Sequence[int], grams: int) -> int:
    """What a parcel costs at its cheapest; it must not be heavier than the column's capacity."""
    return min(
        next(fixed for capacity, fixed in bands if capacity >= grams)
        + sum([unit[r] * units[r] for r in column.rows])
        for unit, bands in column.tariffs
        if bands[-1][0] >= grams
    )


def fill(case: Case, chosen: Sequence[Column]) -> tuple[int, Parcels] | None:
    """The rows filled from `chosen`, cheapest first, within weights and pools, and what that costs.

    None when something stays behind that could be shipped for sure.
    """
    cost, parcels = 0, {column.index: [0] * len(case.demand) for column in chosen}
    room = {column.index: column.capacity for column in chosen}
    pools = [(takes, {column.index: stock[column.index] for column in chosen}) for takes, stock in case.pools]
    for r, need in enumerate(case.demand):
        grams = case.grams[r]
        offers = [(c.tariffs[0][0][r], c.index, c.supply[r]) for c in chosen if c.supply[r]] if need else ()
        for _, index, units in sorted(offers):
            taken = min(units, need, room[index] // grams) if grams else min(units, need)
            for takes, left in pools:
                if r in takes:
                    taken = min(taken, left[index] // takes[r])
            for takes, left in pools:
                left[index] -= takes.get(r, 0) * taken
            parcels[index][r] = taken
            room[index] -= grams * taken
            need -= taken
        if need and not case.big:
            return None
        cost += case.big * case.worth[r] * need
    for column in chosen:
        content = parcels[column.index]
        if any(content):
            grams = sum([n * g for n, g in zip(content, case.grams, strict=True)])
            cost += parcel_cost(column, content, grams)
        else:
            del parcels[column.index]
    return cost, parcels


def first_plan(case: Case) -> tuple[int, Parcels, Prices]:
    """A plan, and prices for the units of each row: that of the last one with fixed costs spread evenly."""
    share = {c.index: c.least // sum([c.supply[r] for r in c.rows]) for c in case.columns}
    prices, wanted = [], set()
    for r, need in enumerate(case.demand):
        having = [column for column in case.columns if column.supply[r]]
        offers = [(c.tariffs[0][0][r] + share[c.index], c.index, c.supply[r]) for c in having]
        last = 0
        for price, index, units in sorted(offers):
            if need > 0:
                wanted.add(index)
                last = price
                need -= units
        prices.append(last)
    if case.limit is not None:
        return *_add(case), prices
    return *_drop(case, [column for column in case.columns if column.index in wanted]), prices


def _drop(case: Case, chosen: list[Column]) -> tuple[int, Parcels]:
    """Each warehouse once, the one with the fewest units first: out, if that is cheaper."""
    best = fill(case, chosen)
    assert best is not None, "together they have all that is asked"
    for column in sorted(chosen, key=lambda c: (sum([c.supply[r] for r in c.rows]), -c.index)):
        found = fill(case, [one for one in chosen if one is not column])
        if found and found[0] <= best[0]:
            best = found
            chosen = [one for one in chosen if one is not column]
    return best


def _add(case: Case) -> tuple[int, Parcels]:
    """As many warehouses as are allowed, each time the one that makes the plan best."""
    best = fill(case, [])
    assert best is not None, "with a limit, units may stay behind"
    chosen: list[Column] = []
    for _ in range(case.limit or 0):
        found = None
        for column in case.columns:
            if column not in chosen:
                other = fill(case, [*chosen, column])
                if other and other[0] < best[0]:
                    best, found = other, column
        if found is None:
            break
        chosen.append(found)
    return best
