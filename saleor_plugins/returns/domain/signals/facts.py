"""What signals look at, and what they raise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class SignalKind(StrEnum):
    """What looked unusual."""

    RETURN_RATE = "RETURN_RATE"
    RETURN_VALUE = "RETURN_VALUE"
    SAME_ADDRESS = "SAME_ADDRESS"
    SAME_CARD = "SAME_CARD"
    WARDROBING = "WARDROBING"
    EMPTY_BOX = "EMPTY_BOX"
    ITEM_SWITCHED = "ITEM_SWITCHED"


@dataclass(frozen=True)
class Raised:
    """A signal: its reason in plain words, and the numbers behind it. It decides nothing."""

    kind: SignalKind
    reason: str
    data: dict[str, int | float | str]


@dataclass(frozen=True)
class Past:
    """Returns of one customer, address or card in the last `Limits.days`, faults of the shop left out."""

    returns: int = 0
    units: int = 0
    value: int = 0
    customers: int = 0


@dataclass(frozen=True)
class LineFacts:
    """A line of the return. `judged` are (grade, units); `until` is the last day to ask for it."""

    sku: str
    requested: int
    received: int = 0
    missing: int = 0
    fault: bool = False
    until: date | None = None
    categories: frozenset[str] = frozenset()
    judged: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Facts:
    """A return, and what is known of who asks for it. Amounts are minor units of `currency`."""

    currency: str
    asked: date
    lines: tuple[LineFacts, ...]
    customer: Past = Past()
    bought: int = 0
    address: Past = Past()
    card: Past = Past()


@dataclass(frozen=True)
class Limits:
    """The merchant's thresholds; 0 switches a signal off. `value` is in minor units."""

    days: int = 365
    rate: int = 60
    rate_units: int = 8
    value: int = 0
    address_returns: int = 6
    card_returns: int = 6
    closing_days: int = 3
    event_categories: frozenset[str] = frozenset()
    worn: frozenset[str] = field(default=frozenset())
    empty: frozenset[str] = field(default=frozenset())
    wrong: frozenset[str] = field(default=frozenset())


def graded(line: LineFacts, words: Collection[str]) -> int:
    """Units of the line whose grade is one of `words`, in any case of letters."""
    return sum(units for grade, units in line.judged if grade.casefold() in words)


def units(count: int) -> str:
    """``1 unit``, ``2 units``."""
    return f"{count} unit" if count == 1 else f"{count} units"


def returns(count: int) -> str:
    """``1 return``, ``2 returns``."""
    return f"{count} return" if count == 1 else f"{count} returns"
