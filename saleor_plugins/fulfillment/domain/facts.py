"""What a decision is made from: an order's lines, the warehouses, where it goes, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .rates import RateTable


@dataclass(frozen=True)
class Line:
    """A line of an order. `quantity` is what is left to ship; `grams` weighs one unit."""

    id: str
    name: str
    variant_id: str | None
    quantity: int
    grams: int | None = None
    requires_shipping: bool = True
    tracks_stock: bool = True
    is_gift_card: bool = False


@dataclass(frozen=True)
class Profile:
    """What the merchant says about a warehouse. Handling is in minor units of `currency`.

    Among plans of equal cost and as many parcels, low `priority` numbers win.
    """

    priority: int = 0
    ships_orders: bool = True
    handling_parcel: int = 0
    handling_unit: int = 0
    currency: str = ""


@dataclass(frozen=True)
class Source:
    """A warehouse as the order sees it.

    `countries` are those of its shipping zones; `channels` is None where there are none. `free` is per
    variant, this order's own allocations counted as free; it may be negative.
    """

    id: str
    name: str
    country: str
    countries: frozenset[str]
    channels: frozenset[str] | None = None
    free: Mapping[str, int] = field(default_factory=dict)
    profile: Profile = Profile()

    def units(self, variant_id: str) -> int:
        """Units that may be promised, never below zero."""
        return max(self.free.get(variant_id, 0), 0)


@dataclass(frozen=True)
class Request:
    """One order to source. `country` is "" when there is no shipping address."""

    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    country: str
    rates: RateTable
    channel: str = ""
    click_and_collect: bool = False
