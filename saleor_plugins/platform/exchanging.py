"""What an exchange's credit takes off each line: the arithmetic every adapter shares."""

from __future__ import annotations

from collections.abc import Sequence

from ..kernel.errors import Invalid
from ..kernel.money import apportion
from .port import NewOrder, QuotedLine


def check(new: NewOrder) -> dict[str, int]:
    """Units by variant, in the order of the items. Raises Invalid (``items``, ``quantity``, ``credit``)."""
    if not new.items:
        raise Invalid("Name at least one item.", field="items", code="REQUIRED")
    if new.credit < 0:
        raise Invalid("Must not be negative.", field="credit")
    units: dict[str, int] = {}
    for item in new.items:
        if item.quantity < 1:
            raise Invalid("Quantity must be at least 1.", field="quantity")
        units[item.variant_id] = units.get(item.variant_id, 0) + item.quantity
    return units


def credits(lines: Sequence[QuotedLine], credit: int) -> list[tuple[int, int]]:
    """Net and gross that `credit`, as far as it goes, takes off each line; each keeps its tax rate."""
    gross = apportion(min(credit, sum(line.gross for line in lines)), [line.gross for line in lines])
    return [
        (apportion(share, [line.net, line.gross - line.net])[0], share)
        for line, share in zip(lines, gross, strict=True)
    ]
