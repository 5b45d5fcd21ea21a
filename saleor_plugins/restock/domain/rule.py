"""The reorder rule: when the inventory position is below the point, order up to the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .buying import NOTHING, Bought
from .facts import Limits, Outlook, Seen
from .transfers_plan import Move, Refused

LONG_COVER_DAYS = 180
"""An order that lasts longer than this is flagged."""

FEW_SALES = 5
"""Fewer selling days than this make a forecast worth a warning."""


class Flag(StrEnum):
    """What a person should look at before approving: nothing that has one is approved by itself."""

    NO_SUPPLIER = "NO_SUPPLIER"
    MIXED_CURRENCIES = "MIXED_CURRENCIES"
    FEW_SALES = "FEW_SALES"
    UNUSUAL_DAY = "UNUSUAL_DAY"
    UNREADABLE_DAYS = "UNREADABLE_DAYS"
    OVERSOLD = "OVERSOLD"
    LIMITED_BY_MAXIMUM = "LIMITED_BY_MAXIMUM"
    ABOVE_MAXIMUM = "ABOVE_MAXIMUM"
    LONG_COVER = "LONG_COVER"
    OVER_BUDGET = "OVER_BUDGET"
    BELOW_SUPPLIER_MINIMUM = "BELOW_SUPPLIER_MINIMUM"


@dataclass(frozen=True)
class Want:
    """Order below `point`, up to `target`: the forecast within the merchant's limits."""

    point: int
    target: int


@dataclass(frozen=True)
class Advice:
    """What to do for one need, and everything that led there.

    `need` units are missing up to the target, `moves` bring some of them, `bought` the rest. `waiting` is
    what a week's delay loses, in minor units of the run's currency, None where unknown; `amount` what
    `bought` costs, likewise.
    """

    seen: Seen
    want: Want
    need: int
    moves: tuple[Move, ...] = ()
    refused: tuple[Refused, ...] = ()
    bought: Bought = NOTHING
    waiting: int | None = None
    flags: tuple[Flag, ...] = field(default=())

    @property
    def transferred(self) -> int:
        """Units that come from other warehouses."""
        return sum(move.quantity for move in self.moves)

    @property
    def amount(self) -> int | None:
        """What is bought costs, in minor units of the run's currency."""
        offer, price = self.seen.offer, self.bought.price
        if offer is None or offer.rate is None or price is None:
            return None
        return round(self.bought.quantity * price * offer.rate)


def want(outlook: Outlook, limits: Limits) -> Want:
    """The levels: never below the merchant's minimum, never above the maximum.

    Without a forecast a maximum is what is filled up to.
    """
    lot = outlook.target - outlook.point
    point = max(outlook.point, limits.minimum)
    if limits.maximum is None:
        return Want(point, point + lot)
    point = min(point, limits.maximum)
    return Want(point, min(point + lot, limits.maximum) if lot else limits.maximum)


def flags(seen: Seen, bought: Bought) -> tuple[Flag, ...]:
    """What a person should look at, in the order of `Flag`."""
    outlook, limits, position = seen.outlook, seen.need.limits, seen.need.position
    selling = outlook.per_day > 0
    raised: Mapping[Flag, bool] = {
        Flag.NO_SUPPLIER: seen.offer is None and bought.quantity > 0,
        Flag.MIXED_CURRENCIES: seen.mixed,
        Flag.FEW_SALES: selling and outlook.point > limits.minimum and outlook.sold < FEW_SALES,
        Flag.UNUSUAL_DAY: outlook.spike > 0,
        Flag.UNREADABLE_DAYS: outlook.unreadable > 0,
        Flag.OVERSOLD: position.on_hand < max(position.allocated, 0),
        Flag.LIMITED_BY_MAXIMUM: limits.maximum is not None and outlook.point > limits.maximum,
        Flag.ABOVE_MAXIMUM: bought.rounded.over_maximum > 0,
        Flag.LONG_COVER: selling and bought.quantity > LONG_COVER_DAYS * outlook.per_day,
    }
    return tuple(flag for flag, is_raised in raised.items() if is_raised)


def with_flag(found: Sequence[str], flag: Flag) -> list[str]:
    """`found` with `flag`, once."""
    return [*found, *([flag.value] if flag.value not in found else [])]
