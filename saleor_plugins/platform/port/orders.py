"""Orders, their lines and their parcels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Address:
    """A postal address without the person: what routing and policies may look at."""

    country: str
    postal_code: str = ""
    city: str = ""
    country_area: str = ""
    street: str = ""


@dataclass(frozen=True)
class OrderLine:
    """A line of an order with its stored totals (after discounts, never unit price x quantity).

    `metadata` is the public one, merged: the line's own words win over its variant's, the variant's over its
    product's, the product's over its product type's. A variant in pre-order (3.x) tracks no stock yet.
    `credit_net` and `credit_gross` are what an exchange's credit paid of it: not in the totals.
    """

    id: str
    variant_id: str | None
    sku: str
    name: str
    quantity: int
    quantity_fulfilled: int
    total_net: int
    total_gross: int
    requires_shipping: bool = True
    tracks_stock: bool = True
    is_gift_card: bool = False
    weight_grams: int | None = None
    product_id: str | None = None
    category_id: str | None = None
    product_type_id: str | None = None
    is_preorder: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    credit_net: int = 0
    credit_gross: int = 0

    @property
    def to_ship(self) -> int:
        """Units not yet in a fulfilment."""
        return max(self.quantity - self.quantity_fulfilled, 0)


class OrderStatus(StrEnum):
    """States every supported Saleor shares; others are mapped to the nearest."""

    DRAFT = "DRAFT"
    UNCONFIRMED = "UNCONFIRMED"
    UNFULFILLED = "UNFULFILLED"
    PARTIALLY_FULFILLED = "PARTIALLY_FULFILLED"
    FULFILLED = "FULFILLED"
    PARTIALLY_RETURNED = "PARTIALLY_RETURNED"
    RETURNED = "RETURNED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True)
class Order:
    """An order as the plugins see it. `lines` are sorted by id; `channel` is "" without channels.

    `shipping_method` is the name of the one that the customer chose, "" for none; `metadata` is public.
    `language` is the customer's, as Saleor codes it: ``de`` or ``pt-br``; whoever chose none has the shop's.
    `gift_cards_total` is what gift cards paid outside of the total:
    ``lines + shipping = total_gross + gift_cards_total``, all after discounts.
    """

    id: str
    number: str
    status: OrderStatus
    created: datetime
    currency: str
    total_net: int
    total_gross: int
    shipping_net: int
    shipping_gross: int
    lines: tuple[OrderLine, ...]
    shipping_address: Address | None = None
    channel: str = ""
    user_id: str | None = None
    email: str = ""
    collection_point_id: str | None = None
    is_paid: bool = False
    shipping_method: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    gift_cards_total: int = 0
    language: str = ""

    @property
    def credit_net(self) -> int:
        """What an exchange's credit took off the lines, net."""
        return sum(line.credit_net for line in self.lines)

    @property
    def credit_gross(self) -> int:
        """What an exchange's credit took off the lines, gross."""
        return sum(line.credit_gross for line in self.lines)

    def line(self, line_id: str) -> OrderLine | None:
        """The line with that id, if it is of this order."""
        return next((line for line in self.lines if line.id == line_id), None)


@dataclass(frozen=True)
class FulfillmentLine:
    """Units of an order line inside a fulfilment."""

    id: str
    order_line_id: str
    quantity: int
    warehouse_id: str | None


@dataclass(frozen=True)
class Fulfillment:
    """A parcel in Saleor's words. `status` is Saleor's, upper case.

    `refund_amount` is the money that it shows as given back, `shipping_refund` what of it was for shipping.
    """

    id: str
    order_id: str
    status: str
    tracking_number: str
    lines: tuple[FulfillmentLine, ...]
    created: datetime
    refund_amount: int = 0
    shipping_refund: int = 0


@dataclass(frozen=True)
class ShipItem:
    """Units of an order line to put into the parcel of a warehouse."""

    line_id: str
    warehouse_id: str
    quantity: int


@dataclass(frozen=True)
class Sale:
    """Units of one order line sold, for demand history. Cancelled and draft orders are left out."""

    order_id: str
    line_id: str
    variant_id: str
    quantity: int
    at: datetime
    country: str = ""
