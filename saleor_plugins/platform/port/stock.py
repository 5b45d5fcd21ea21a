"""Warehouses and what lies in them."""

from __future__ import annotations

from dataclasses import dataclass

from .orders import Address


@dataclass(frozen=True)
class Warehouse:
    """A place that holds stock.

    `countries` are those of its shipping zones; `channels` is None where the platform has
    no channels. `pickup` is True for a click-and-collect point.
    """

    id: str
    name: str
    address: Address
    countries: frozenset[str]
    channels: frozenset[str] | None = None
    pickup: bool = False
    email: str = ""


@dataclass(frozen=True)
class Stock:
    """One variant in one warehouse. `free` may be negative, and never hides another warehouse's."""

    warehouse_id: str
    variant_id: str
    on_hand: int
    allocated: int = 0
    reserved: int = 0
    id: str = ""

    @property
    def free(self) -> int:
        """Units neither allocated to an order line nor reserved by a checkout."""
        return self.on_hand - self.allocated - self.reserved


@dataclass(frozen=True)
class Allocation:
    """Units of an order line promised from a warehouse and not yet shipped."""

    line_id: str
    warehouse_id: str
    quantity: int


@dataclass(frozen=True)
class Taken:
    """Units of a variant that orders took from a warehouse, or that wait there for them."""

    warehouse_id: str
    variant_id: str
    quantity: int


@dataclass(frozen=True)
class Bought:
    """How many orders somebody has placed, and the units in them."""

    orders: int
    units: int


@dataclass(frozen=True)
class Variant:
    """A variant of the catalogue."""

    id: str
    sku: str
    name: str
    product_id: str
    product_name: str
    tracks_stock: bool = True
