"""The stock of a replay: what it begins with, and the shelves that its orders draw down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

# More than any year of orders asks for.
ENDLESS = 10**12

Units = Mapping[str, Mapping[str, int]]  # by warehouse, then by variant


class Start(StrEnum):
    """What lies on the shelves when the first order comes: the past of the stock itself is not known.

    REPLAYED: what is free now and what the replayed orders have taken since, so that nothing runs out
    that did not; goods that came in meanwhile lie there from the first day. NOW: what is free now.
    UNLIMITED: wherever a variant is kept it never runs out.
    """

    REPLAYED = "REPLAYED"
    NOW = "NOW"
    UNLIMITED = "UNLIMITED"


def beginning(start: Start, free: Units, taken: Units) -> Units:
    """Units at the start, from what is `free` now and what the replayed orders have `taken`."""
    if start is Start.UNLIMITED:
        return {place: dict.fromkeys(units, ENDLESS) for place, units in free.items()}
    begin = {place: dict(units) for place, units in free.items()}
    if start is Start.REPLAYED:
        for place, units in taken.items():
            if place in begin:
                for variant, more in units.items():
                    begin[place][variant] = begin[place].get(variant, 0) + more
    return begin


class Shelves:
    """What is left in every warehouse. The mappings of `left` are live: they shrink as orders take."""

    def __init__(self, warehouses: Iterable[str]):
        self.left: dict[str, dict[str, int]] = {key: {} for key in warehouses}

    def put(self, units: Units) -> None:
        """Lay out variants that nobody asked for before; warehouses outside of the replay are left out."""
        for place, more in units.items():
            if place in self.left:
                self.left[place].update(more)

    def take(self, warehouse_id: str, variant_id: str, units: int) -> None:
        """Raises ValueError for more than is there: a plan may not ship what nobody has."""
        shelf = self.left[warehouse_id]
        if units > shelf.get(variant_id, 0):
            raise ValueError(f"{units} of {variant_id} in {warehouse_id}, which has fewer.")
        shelf[variant_id] -= units
