"""Which warehouse answers for the demand of a country."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date


def near(country: str, stocked: Sequence[str], serves: Mapping[str, frozenset[str]]) -> Sequence[str]:
    """Those of the `stocked` warehouses that answer for `country`, in equal parts.

    They are the ones that serve it (`serves`: countries by warehouse), or all when none does, so that no
    unit is left out.
    """
    return [house for house in stocked if country in serves.get(house, ())] or stocked


def split(
    demand: Mapping[str, Mapping[date, int]], stocked: Collection[str], serves: Mapping[str, frozenset[str]]
) -> dict[str, dict[date, float]]:
    """Daily units per warehouse of `stocked` (ids) from `demand` per country.

    Each country's goes to the warehouses `near` it.
    """
    answer: dict[str, dict[date, float]] = {warehouse: {} for warehouse in stocked}
    for country, days in demand.items():
        houses = near(country, list(stocked), serves)
        for house in houses:
            mine = answer[house]
            for day, units in days.items():
                mine[day] = mine.get(day, 0.0) + units / len(houses)
    return answer
