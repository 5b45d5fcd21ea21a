"""Which warehouse answers for the demand of a country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def near(country: str, stocked: Sequence[str], serves: Mapping[str, frozenset[str]]) -> Sequence[str]:
    """Those of the `stocked` warehouses that answer for `country`, in equal parts.

    They are the ones that serve it (`serves`: countries by warehouse), or all when none does, so that no
    unit is left out.
    """
    return [house for house in stocked if country in serves.get(house, ())] or stocked
