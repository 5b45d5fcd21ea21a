"""Fixed prices of other markets: set, taken away, or left to the merchant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saleor_plugins.kernel.money import from_minor

from .diff import FieldChange
from .model import MarketPrice
from .policy import NEWEST, SALEOR, SHOPIFY

# Price and compare-at price, in minor units.
Pair = tuple[int, int | None]


@dataclass(frozen=True)
class PriceChange:
    """A variant's fixed price in a price list; `before` and `after` are None where it has none.

    `gid` is "" for a variant that is yet to be made.
    """

    variant: str
    gid: str
    label: str
    before: Pair | None
    after: Pair | None

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {
            "variant": self.variant,
            "gid": self.gid,
            "label": self.label,
            "before": self.before,
            "after": self.after,
        }

    def shown(self, currency: str) -> FieldChange:
        """For people."""
        return FieldChange(f"price of {self.label}", text(self.before, currency), text(self.after, currency))


def change_from(data: Mapping[str, Any]) -> PriceChange:
    """The change that `as_json` was asked for."""
    return PriceChange(
        data["variant"],
        data["gid"],
        data["label"],
        _pair(data["before"]),
        _pair(data["after"]),
    )


def _pair(given: Any) -> Pair | None:
    return None if given is None else (given[0], given[1])


def text(pair: Pair | None, currency: str) -> str | None:
    """An amount as people read it."""
    if pair is None:
        return None
    price = f"{from_minor(pair[0], currency)} {currency}"
    return price if pair[1] is None else f"{price}, before {from_minor(pair[1], currency)}"


def pair_of(price: MarketPrice | None) -> Pair | None:
    """What is compared of a price."""
    return None if price is None else (price.price, price.compare_at)


def decide(
    owner: str, wanted: Pair | None, seen: Pair | None, agreed: Pair | None, saleor_newer: bool
) -> bool:
    """Whether Shopify's price is to become Saleor's; `agreed` is what the bridge wrote last, if it did."""
    if wanted == seen:
        return False
    if wanted is None:
        # One that the bridge did not write is the merchant's.
        return agreed is not None and (owner == SALEOR or agreed == seen)
    if owner == SHOPIFY:
        return seen is None and agreed is None
    if owner == NEWEST:
        if agreed is None:
            return seen is None or saleor_newer
        moved_here, moved_there = wanted != agreed, seen != agreed
        return moved_here and (not moved_there or saleor_newer)
    return True
