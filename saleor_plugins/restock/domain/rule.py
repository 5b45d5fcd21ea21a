"""The reorder rule: when the inventory position is below s, order up to S.

s covers demand over lead time plus review period at the service level; S is s plus the economic lot,
never less than the demand of that period, so that one open order per need is enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import ceil, sqrt

from saleor_plugins.kernel.money import exponent

from .forecast import Forecast
from .rounding import Rounded, round_order
from .supplier import Terms

LOT_DAYS = 90
"""A lot covers at most this many days, however cheap it is to hold."""

LONG_COVER_DAYS = 180
"""An order that lasts longer than this is flagged."""

FEW_SALES = 5
"""Fewer selling days than this make a forecast worth a warning."""


class Flag(StrEnum):
    """What a person should look at before approving."""

    NO_SUPPLIER = "NO_SUPPLIER"
    FEW_SALES = "FEW_SALES"
    UNUSUAL_DAY = "UNUSUAL_DAY"
    OVERSOLD = "OVERSOLD"
    LIMITED_BY_MAXIMUM = "LIMITED_BY_MAXIMUM"
    ABOVE_MAXIMUM = "ABOVE_MAXIMUM"
    LONG_COVER = "LONG_COVER"


@dataclass(frozen=True)
class Policy:
    """How the shop restocks: `service_level` in (0, 1), `order_cost` in units of the currency."""

    service_level: float = 0.95
    review_days: int = 7
    default_lead_days: int = 7
    order_cost: Decimal = Decimal(1)
    holding_rate: float = 0.25


@dataclass(frozen=True)
class Limits:
    """What a merchant set for a variant in a warehouse; a `maximum` of None is none."""

    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True)
class Position:
    """Stock of a need: what lies there, what is promised, what suppliers still owe."""

    on_hand: int
    allocated: int = 0
    on_order: int = 0

    @property
    def units(self) -> int:
        """The inventory position: on hand less allocated plus on order. May be negative."""
        return self.on_hand - self.allocated + self.on_order


@dataclass(frozen=True)
class Advice:
    """How many units to order, and every number that led there."""

    forecast: Forecast
    position: Position
    limits: Limits
    terms: Terms | None
    reorder_point: int
    target: int
    need: int
    rounded: Rounded
    flags: tuple[Flag, ...] = field(default=())

    @property
    def quantity(self) -> int:
        """Units to order, as the supplier sells them."""
        return self.rounded.quantity


def advise(
    forecast: Forecast, position: Position, limits: Limits, terms: Terms | None, policy: Policy
) -> Advice | None:
    """What to order for one need, or None when its position is not below the reorder point."""
    covers = ceil(forecast.covers)
    point = max(covers, limits.minimum)
    if limits.maximum is not None:
        point = min(point, limits.maximum)
    if position.units >= point:
        return None
    target = _target(forecast, point, limits, terms, policy)
    need = target - position.units
    rounded = round_order(
        need,
        moq=terms.moq if terms else 1,
        pack=terms.pack if terms else 1,
        least=point - position.units,
        room=None if limits.maximum is None else limits.maximum - position.units,
    )
    flags = _flags(forecast, position, limits, terms, rounded, covers)
    return Advice(forecast, position, limits, terms, point, target, need, rounded, flags)


def economic_lot(per_day: float, terms: Terms | None, policy: Policy) -> float:
    """Units that balance ordering against holding: sqrt(2 K D / h) (Harris, 1913).

    At most LOT_DAYS of demand; 0 without demand or without a price to hold.
    """
    most = per_day * LOT_DAYS
    if per_day <= 0 or terms is None:
        return 0.0
    holding = policy.holding_rate * terms.price
    cost = float(policy.order_cost) * 10 ** exponent(terms.currency)
    return min(sqrt(2 * cost * per_day * 365 / holding), most) if holding > 0 else most


def _target(forecast: Forecast, point: int, limits: Limits, terms: Terms | None, policy: Policy) -> int:
    lot = max(economic_lot(forecast.per_day, terms, policy), forecast.expected)
    if limits.maximum is None:
        return point + ceil(lot)
    return min(point + ceil(lot), limits.maximum) if lot else limits.maximum


def _flags(
    forecast: Forecast,
    position: Position,
    limits: Limits,
    terms: Terms | None,
    rounded: Rounded,
    covers: int,
) -> tuple[Flag, ...]:
    selling = forecast.per_day > 0
    raised = {
        Flag.NO_SUPPLIER: terms is None,
        Flag.FEW_SALES: selling and covers > limits.minimum and forecast.sold_days < FEW_SALES,
        Flag.UNUSUAL_DAY: forecast.spike is not None,
        Flag.OVERSOLD: position.on_hand < max(position.allocated, 0),
        Flag.LIMITED_BY_MAXIMUM: limits.maximum is not None and covers > limits.maximum,
        Flag.ABOVE_MAXIMUM: rounded.over_maximum > 0,
        Flag.LONG_COVER: selling and rounded.quantity > LONG_COVER_DAYS * forecast.per_day,
    }
    return tuple(flag for flag, is_raised in raised.items() if is_raised)
