"""What the rules may know of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class History:
    """What a customer has asked to return in some days; `value` in minor units of its currency."""

    returns: int = 0
    units: int = 0
    value: int = 0


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Units of an order line that somebody asks for, or could.

    `value` is what these units earn and `price` what one of them cost, gross in minor units; None where
    nobody knows what was paid. `since` is the shop's day on which the youngest parcel with them arrived (was
    sent, where no delivery is known), None before. `categories` holds the line's and all above it.
    `reason` and `resolution` are "" until they are known.
    """

    line_id: str
    name: str = ""
    quantity: int = 1
    value: int | None = None
    price: int | None = None
    since: date | None = None
    product_id: str = ""
    product_type_id: str = ""
    categories: frozenset[str] = frozenset()
    metadata: Mapping[str, str] = field(default_factory=dict)
    digital: bool = False
    reason: str = ""
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A request: who asks, where, when, for which lines.

    `today` is the shop's day. `received` is the day on which the customer has had the last of the order's
    goods (law.py: `possession`), None while some are to come. `asked` says that it is a request and not a
    look at what might be one. `history` has an entry for each span of days that the rulebook names.
    `methods` are the ways that the shop can offer at all.
    """

    currency: str
    today: date
    lines: tuple[LineFacts, ...]
    received: date | None = None
    country: str = ""
    channel: str = ""
    groups: frozenset[str] = frozenset()
    withdrawal: bool = False
    asked: bool = True
    by_staff: bool = False
    method: str = ""
    methods: tuple[str, ...] = ("OWN",)
    history: Mapping[int, History] = field(default_factory=dict)

    @property
    def units(self) -> int:
        """All units asked for."""
        return sum(line.quantity for line in self.lines)

    @property
    def value(self) -> int | None:
        """What all lines earn together; None when that of any is unknown."""
        values = [line.value for line in self.lines]
        return None if None in values else sum(value or 0 for value in values)
