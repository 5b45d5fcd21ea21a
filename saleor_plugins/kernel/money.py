"""Money as integer minor units: exact, and safe to put into JSON and SQL.

Exponents follow ISO 4217; currencies not named here have two decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_EXPONENT = {currency: decimals for decimals, names in _DECIMALS.items() for currency in names.split()}


def exponent(currency: str) -> int:
    """Decimals of `currency`: 0, 2 or 3."""
    return _EXPONENT.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in minor units.

    Raises ValueError when it has more decimals than the currency: rounding is a
    decision for the caller, never a side effect of a conversion.
    """
    scaled = amount.scaleb(exponent(currency))
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more decimals than {currency} allows")
    return int(scaled)


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount of `minor` units, with the currency's decimals."""
    return Decimal(minor).scaleb(-exponent(currency))


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights` so that the parts sum to it exactly.

    Largest-remainder (Hamilton) method; ties go to the earlier weight. All-zero
    weights count as equal. Raises ValueError for no or negative weights.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be a non-empty sequence of non-negative integers")
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    sign = -1 if total < 0 else 1
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    left = abs(total) - sum(quotient for quotient, _ in parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    extra = set(by_remainder[:left])
    return [sign * (quotient + (i in extra)) for i, (quotient, _) in enumerate(parts)]
