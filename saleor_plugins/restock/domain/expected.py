"""When a variant that is sold out can be sold again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Coming:
    """Units that a warehouse gets on a day."""

    warehouse_id: str
    units: int
    day: date


def back_on(
    free: Mapping[str, int], coming: Iterable[Coming], houses: Collection[str], today: date
) -> date | None:
    """The first day on which `houses` have a unit to sell; None when they have one now, or nobody knows.

    `free` units by warehouse are below zero where orders were promised more than there is: those are served
    first, from whichever warehouse, as Saleor counts availability. What is overdue promises nothing.
    """
    units = sum(count for house, count in free.items() if house in houses)
    if units > 0:
        return None
    for arrival in sorted(coming, key=lambda row: row.day):
        if arrival.day >= today and arrival.warehouse_id in houses:
            units += arrival.units
            if units > 0:
                return arrival.day
    return None


def agreed(
    free: Mapping[str, int], coming: Sequence[Coming], markets: Iterable[Collection[str]], today: date
) -> date | None:
    """The day that is right in every one of `markets` (the warehouses that serve it); None when they differ.

    A market none of whose warehouses has a place for the variant or awaits it does not sell it.
    """
    known = {*free, *(row.warehouse_id for row in coming)}
    days = {
        back_on(free, coming, houses, today)
        for houses in {frozenset(market) for market in markets}
        if not known.isdisjoint(houses)
    }
    return days.pop() if len(days) == 1 else None
