"""What a decision is made from: an order's lines, the warehouses, where it goes, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from .calendar import Calendar
from .policy import Policy
from .rates.table import RateTable


@dataclass(frozen=True)
class Line:
    """A line of an order. `quantity` is what is left to ship; `grams` weighs one unit.

    `classes` are the words by which warehouses refuse to ship it, such as "dangerous". Lines with the same
    `bundle`, unless it is "", leave in one parcel, whole.
    """

    id: str
    name: str
    variant_id: str | None
    quantity: int
    grams: int | None = None
    requires_shipping: bool = True
    tracks_stock: bool = True
    is_gift_card: bool = False
    is_preorder: bool = False
    product_type_id: str = ""
    classes: frozenset[str] = frozenset()
    bundle: str = ""


class Kind(StrEnum):
    """What a place is: a warehouse, a store that also ships, or a depot that only feeds the others."""

    WAREHOUSE = "WAREHOUSE"
    STORE = "STORE"
    DEPOT = "DEPOT"


@dataclass(frozen=True)
class Profile:
    """What the merchant says about a warehouse. Handling is in minor units of `currency`.

    Among plans of equal cost and as many parcels, low `priority` numbers win. `daily_parcels` is how
    many it can hand over per working day (None: any number); `safety_stock` is what it keeps of every
    variant. It does not ship lines of the classes and product types that it excludes.
    """

    priority: int = 0
    ships_orders: bool = True
    handling_parcel: int = 0
    handling_unit: int = 0
    currency: str = ""
    kind: Kind = Kind.WAREHOUSE
    daily_parcels: int | None = None
    safety_stock: int = 0
    excluded_classes: frozenset[str] = frozenset()
    excluded_types: frozenset[str] = frozenset()
    calendar: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True)
class Place:
    """Where something is; `position` is (latitude, longitude) in degrees, None when it is not known."""

    country: str
    postal_code: str = ""
    city: str = ""
    area: str = ""
    position: tuple[float, float] | None = None


@dataclass(frozen=True)
class Source:
    """A warehouse as the order sees it.

    `countries` are those of its shipping zones; `channels` is None where there are none. `free` is per
    variant, this order's own allocations counted as free; it may be negative. `planned` is how many
    parcels of other orders leave on a day. `most` caps a variant's units after a short pick;
    `rejected` says that it refused this order.
    """

    id: str
    name: str
    place: Place
    countries: frozenset[str]
    channels: frozenset[str] | None = None
    free: Mapping[str, int] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    planned: Mapping[date, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    rejected: bool = False

    def units(self, variant_id: str) -> int:
        """Units that may be promised, never below zero."""
        free = self.free.get(variant_id, 0) - self.profile.safety_stock
        return max(min(free, self.most.get(variant_id, free)), 0)


@dataclass(frozen=True)
class Request:
    """One order to source. `destination` is None when there is no shipping address.

    `service` is the name of the shipping method that the customer chose; `placed` is when.
    """

    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    destination: Place | None
    rates: RateTable
    channel: str = ""
    click_and_collect: bool = False
    policy: Policy = field(default_factory=Policy)
    service: str = ""
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    placed: datetime | None = None

    @property
    def country(self) -> str:
        """The country of destination, "" for none."""
        return self.destination.country if self.destination else ""
