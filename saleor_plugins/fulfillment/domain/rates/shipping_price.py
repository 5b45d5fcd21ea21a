"""What a shopper pays for shipping when the price follows the route."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Terms:
    """What the merchant adds to the parcels' cost: a margin in percent, and minor units per order."""

    margin: Decimal = Decimal(0)
    surcharge: int = 0


def price_of(cost: int, terms: Terms, *, discount: int = 0) -> int:
    """The price of parcels that cost `cost`, less a voucher's `discount`; minor units, never below zero."""
    with_margin = Decimal(cost) * (100 + terms.margin) / 100
    price = int(with_margin.quantize(Decimal(1), ROUND_HALF_UP)) + terms.surcharge
    return max(price - discount, 0)
