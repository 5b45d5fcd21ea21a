"""What the merchant keeps of a refund: a share of each unit, and the postage of the return once.

Never taken for units that come back by fault or by law (`Reason.free`). All of it is rounded in the
customer's favour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from saleor_plugins.kernel.money import apportion, exponent

from .credit import NOTHING, Charge


@dataclass(frozen=True)
class Fees:
    """The fees of one refund.

    `percent` of each unit's credit; `label` minor units once. `units` says per order line how many of the
    credited units bear fees. `ordinal` is the return's number within its order.
    """

    percent: Decimal = Decimal(0)
    label: int = 0
    units: Mapping[str, int] = field(default_factory=dict)
    ordinal: int = 0


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
