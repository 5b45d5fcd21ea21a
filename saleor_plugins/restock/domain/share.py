"""Which warehouse answers for the demand of a country."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date


def split(
    demand: Mapping[str, Mapping[date, int]], stocked: Collection[str], serves: Mapping[str, frozenset[str]]
) -> dict[str, dict[date, float]]:
    """Daily units per warehouse of `stocked` (ids) from `demand` per country.

    A country's demand goes in equal parts to the stocked warehouses that serve it (`serves`: countries
    by warehouse), and to all stocked ones when none does, so that no unit is left out.
    """
    answer: dict[str, dict[date, float]] = {warehouse: {} for warehouse in stocked}
    for country, days in demand.items():
        near = [house for house in stocked if country in serves.get(house, ())] or list(stocked)
        for house in near:
            mine = answer[house]
            for day, units in days.items():
                mine[day] = mine.get(day, 0.0) + units / len(near)
    return answer
