"""What the merchant keeps of a refund: a share of each unit, and the postage of the return once.

The rules say of which units (domain/rules/). All of it is rounded in the customer's favour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from saleor_plugins.kernel.money import apportion, exponent

from .credit import NOTHING, Charge


class Charged(NamedTuple):
    """Units of an order line: the percentage kept of each, and whether the label is kept of them."""

    line_id: str
    units: int
    percent: Decimal
    label: bool


@dataclass(frozen=True)
class Fees:
    """The fees of one refund.

    `percents` tells, per order line, the percentage that is kept of each of the last units credited now; the
    units before bear none. `label` minor units are kept once, of what the last `bearing` units of each line
    leave. `ordinal` is the return's number within its order.
    """

    percents: Mapping[str, Sequence[Decimal]] = field(default_factory=dict)
    label: int = 0
    bearing: Mapping[str, int] = field(default_factory=dict)
    ordinal: int = 0

    @classmethod
    def of(cls, charged: Iterable[Charged], label: int, ordinal: int = 0) -> Fees:
        """The fees of units by what is charged for them."""
        percents: dict[str, tuple[Decimal, ...]] = {}
        bearing: dict[str, int] = {}
        for each in charged:
            if each.percent:
                percents[each.line_id] = percents.get(each.line_id, ()) + (each.percent,) * each.units
            if each.label:
                bearing[each.line_id] = bearing.get(each.line_id, 0) + each.units
        return cls(percents, label, bearing, ordinal)


NO_FEES = Fees()


def unit_fee(credit: Charge, percent: Decimal) -> Charge:
    """The fee of a unit that earned `credit`, net and tax apart, each rounded down: zero or below."""
    share = min(max(percent, Decimal(0)), Decimal(100)) / 100
    net, tax = (int((part * share).to_integral_value(ROUND_FLOOR)) for part in (credit.net, credit.tax))
    return Charge(-net, -tax)


def label_fee(left: Charge, label: int) -> Charge:
    """The postage, at most what the units' credits leave, with their tax: zero or below."""
    fee = min(max(label, 0), left.gross)
    if fee <= 0:
        return NOTHING
    net, tax = apportion(fee, [left.net, left.tax])
    return Charge(-net, -tax)


def fee_amount(text: str, currency: str) -> int:
    """A merchant's decimal amount in minor units, rounded down; "" is nothing."""
    return _minor(text, currency, ROUND_FLOOR)


def cap_amount(text: str, currency: str) -> int | None:
    """The most that comes back, in minor units, rounded up; None for no cap."""
    return _minor(text, currency, ROUND_CEILING) if text.strip() else None


def _minor(text: str, currency: str, rounding: str) -> int:
    if not text.strip():
        return 0
    scaled = Decimal(text.strip()).scaleb(exponent(currency))
    return max(int(scaled.to_integral_value(rounding)), 0)
