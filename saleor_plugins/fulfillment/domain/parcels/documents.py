"""What is printed: a packing slip for a parcel, a pick list for a warehouse. Pure data, sorted for hands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Row:
    """Units of a product to take or to find in the box. Bins are not known, so shelves are by SKU."""

    sku: str
    product: str
    variant: str
    quantity: int


@dataclass(frozen=True)
class Slip:
    """A packing slip. `codes` are said in bars too; `part` is (this parcel, of how many)."""

    order_number: str
    ordered_on: date
    warehouse: str
    to: tuple[str, ...]
    rows: tuple[Row, ...]
    codes: tuple[tuple[str, str], ...]
    tracking_number: str = ""
    carrier: str = ""
    part: tuple[int, int] = (1, 1)

    @property
    def units(self) -> int:
        """Units in the parcel."""
        return sum(row.quantity for row in self.rows)


@dataclass(frozen=True)
class Pick:
    """What to take of one product, and for which orders: (number, units)."""

    row: Row
    orders: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PickList:
    """What a warehouse has to take from its shelves for a day's or some orders' parcels."""

    warehouse: str
    day: date | None
    picks: tuple[Pick, ...]
    orders: tuple[str, ...]

    @property
    def units(self) -> int:
        """Units to take."""
        return sum(pick.row.quantity for pick in self.picks)


def sorted_rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    """By SKU as people count: A-9 before A-10."""
    return tuple(sorted(rows, key=lambda row: (natural(row.sku), row.product, row.variant)))


def pick_list(warehouse: str, day: date | None, wanted: Iterable[tuple[str, Row]]) -> PickList:
    """The list for (order number, row) pairs: the same product once, with the orders it is for."""
    orders: dict[tuple[str, str, str], dict[str, int]] = {}
    for number, row in wanted:
        units = orders.setdefault((row.sku, row.product, row.variant), {})
        units[number] = units.get(number, 0) + row.quantity
    rows = sorted_rows(Row(*key, sum(units.values())) for key, units in orders.items())
    picks = tuple(
        Pick(row, tuple(sorted(orders[row.sku, row.product, row.variant].items(), key=_by_number)))
        for row in rows
    )
    numbers = {number for units in orders.values() for number in units}
    return PickList(warehouse, day, picks, tuple(sorted(numbers, key=natural)))


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key that counts the numbers inside a text."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part.casefold())
        for part in re.split(r"(\d+)", text)
        if part
    ]


def _by_number(item: tuple[str, int]) -> list[tuple[int, int, str]]:
    return natural(item[0])
