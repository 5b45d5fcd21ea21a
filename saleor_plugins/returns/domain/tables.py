"""The merchant's two tables about warehouses, as they are typed into the settings.

One row a line; ``;`` ends a line too, because the dashboard's fields have but one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from saleor_plugins.kernel.errors import Invalid

MOST_LINES = 2_000


@dataclass(frozen=True)
class Way:
    """What a parcel costs between two warehouses (id or name); `start` may be a customer's country."""

    start: str
    end: str
    cost: Decimal


def parse_costs(text: str) -> tuple[Way, ...]:
    """``from > to = cost``, one a line; blank lines and those that begin with ``#`` say nothing.

    Raises Invalid naming the line.
    """
    ways: dict[tuple[str, str], Way] = {}
    for number, line in _lines(text):
        # The last "=": ids of warehouses end with some.
        names, equals, price = line.rpartition("=")
        start, arrow, end = (part.strip() for part in names.partition(">"))
        if not (equals and arrow and start and end) or ">" in end:
            raise Invalid(f"Line {number}: must read like from > to = cost.")
        if (start.casefold(), end.casefold()) in ways:
            raise Invalid(f"Line {number}: this way is named twice.")
        ways[start.casefold(), end.casefold()] = Way(start, end, _cost(price, number))
    return tuple(ways.values())


def parse_map(text: str) -> dict[str, str]:
    """``class = warehouse``, one a line: the warehouse's id or name by class, in lower case.

    Raises Invalid naming the line.
    """
    found: dict[str, str] = {}
    for number, line in _lines(text):
        name, _, house = (part.strip() for part in line.partition("="))
        if not name or not house:
            raise Invalid(f"Line {number}: must read like class = warehouse.")
        if name.casefold() in found:
            raise Invalid(f"Line {number}: {name} is named twice.")
        found[name.casefold()] = house
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    rows = text.replace(";", "\n").splitlines()
    if len(rows) > MOST_LINES:
        raise Invalid(f"Line {MOST_LINES + 1}: at most {MOST_LINES} lines.")
    for number, row in enumerate(rows, 1):
        line = row.strip()
        if line and not line.startswith("#"):
            yield number, line


def _cost(text: str, number: int) -> Decimal:
    try:
        cost = Decimal(text.strip())
    except InvalidOperation:
        raise Invalid(f"Line {number}: {text.strip() or 'nothing'} is not a cost.") from None
    if not cost.is_finite() or not 0 <= cost < Decimal("1e9"):
        raise Invalid(f"Line {number}: a cost is from 0 to below 1,000,000,000.")
    return cost
