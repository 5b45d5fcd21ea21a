"""What the plugins need of a shop, and nothing else.

Three implementations keep these promises: ``saleor3`` (3.21-3.24), ``saleor2`` (2.10) and
``memory``; one contract suite runs on all of them. Ids are Saleor's global ids; "sorted by id" means
as their primary keys sort. Amounts are integer minor units of the currency beside them. Instants
are aware datetimes in UTC.

Methods that write run inside the caller's transaction, or open one of their own when there is
none; they lock rows in one order (order, lines, payments, stock by id) and either do all
they say or raise and leave nothing behind. The exceptions are `refund` and `send_mail`, which
talk to the outside and therefore refuse to run inside a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True)
class Address:
    """A postal address without the person: what routing and policies may look at."""

    country: str
    postal_code: str = ""
    city: str = ""
    country_area: str = ""
    street: str = ""


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
class OrderLine:
    """A line of an order with its stored totals (after discounts, never unit price x quantity)."""

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
    """An order as the plugins see it. `lines` are sorted by id; `channel` is "" without channels."""

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

    def line(self, line_id: str) -> OrderLine | None:
        """The line with that id, if it is of this order."""
        return next((line for line in self.lines if line.id == line_id), None)


@dataclass(frozen=True)
class Stock:
    """One variant in one warehouse. `free` may be negative, and never hides another warehouse's."""

    warehouse_id: str
    variant_id: str
    on_hand: int
    allocated: int = 0
    reserved: int = 0

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
class FulfillmentLine:
    """Units of an order line inside a fulfilment."""

    id: str
    order_line_id: str
    quantity: int
    warehouse_id: str | None


@dataclass(frozen=True)
class Fulfillment:
    """A parcel in Saleor's words. `status` is Saleor's, upper case."""

    id: str
    order_id: str
    status: str
    tracking_number: str
    lines: tuple[FulfillmentLine, ...]


@dataclass(frozen=True)
class Payment:
    """Money that was taken for an order: a payment, or on 3.x a transaction.

    `refundable` is what this payment can still give back: captured minus refunded minus
    refunds that the gateway is known to be at. A refund whose answer was lost (UNKNOWN) need not be
    among them: whoever asked keeps a reservation of their own.
    """

    id: str
    gateway: str
    currency: str
    captured: int
    refunded: int
    refundable: int


class RefundStatus(StrEnum):
    """Outcome of a refund attempt; UNKNOWN means that it must be looked up, never repeated."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class RefundResult:
    """What the gateway said. `reference` is its id for the refund, "" when it gave none."""

    status: RefundStatus
    reference: str = ""
    message: str = ""


@dataclass(frozen=True)
class Sale:
    """Units of one order line sold, for demand history. Cancelled and draft orders are left out."""

    order_id: str
    line_id: str
    variant_id: str
    quantity: int
    at: datetime
    country: str = ""


@dataclass(frozen=True)
class Variant:
    """A variant of the catalogue."""

    id: str
    sku: str
    name: str
    product_id: str
    product_name: str
    tracks_stock: bool = True


class AskerKind(StrEnum):
    """Who may stand behind a request."""

    ANONYMOUS = "ANONYMOUS"
    CUSTOMER = "CUSTOMER"
    STAFF = "STAFF"
    APP = "APP"


@dataclass(frozen=True)
class Asker:
    """Who asks. `permissions` are upper-case names as in Saleor's GraphQL: MANAGE_ORDERS."""

    kind: AskerKind = AskerKind.ANONYMOUS
    id: str | None = None
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether the asker holds `permission`; only staff and apps ever do."""
        return self.kind in (AskerKind.STAFF, AskerKind.APP) and permission in self.permissions


@dataclass(frozen=True)
class ShipItem:
    """Units of an order line to put into the parcel of a warehouse."""

    line_id: str
    warehouse_id: str
    quantity: int


@dataclass(frozen=True)
class ReturnedItem:
    """Units of a fulfilment line that came back."""

    fulfillment_line_id: str
    quantity: int


@dataclass(frozen=True)
class PluginConfiguration:
    """A plugin's switch and settings as stored by Saleor; `platform.settings` fills in defaults."""

    active: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


class Orders(Protocol):
    """Orders, their parcels and their notes."""

    def order(self, order_id: str, *, lock: bool = False) -> Order:
        """The order. `lock` takes its row and its lines' for the transaction.

        Raises NotFound (field ``orderId``).
        """

    def orders_to_ship(self, *, after: str | None = None, limit: int = 100) -> list[Order]:
        """Open orders with units to ship, oldest first, in pages: `after` is the last order's id."""

    def fulfillments(self, order_id: str) -> list[Fulfillment]:
        """The order's fulfilments, oldest first, cancelled ones too."""

    def fulfill(
        self,
        order_id: str,
        items: Sequence[ShipItem],
        *,
        tracking_number: str = "",
        notify_customer: bool = False,
    ) -> list[Fulfillment]:
        """Ship `items`: one fulfilment per warehouse, stock taken there, the order's status kept right.

        A line first uses what it was promised in the shipping warehouse; units beyond that must be free
        there, and its promises elsewhere shrink to what is left to ship. Nobody else's promise is
        freed or shipped. Raises InsufficientStock (field ``warehouseId``), Invalid (field ``quantity``) for
        more than is left to ship, Invalid (``items``) for none, NotFound (``orderId``, ``lineId``,
        ``warehouseId``), Conflict (``orderId``) in a state that does not ship.
        """

    def set_tracking(
        self, fulfillment_id: str, tracking_number: str, *, notify_customer: bool = False
    ) -> None:
        """Set the tracking number; the same number again does nothing.

        Raises NotFound (field ``fulfillmentId``), Invalid (``trackingNumber``) above 255 characters.
        """

    def cancel_fulfillment(self, fulfillment_id: str, *, warehouse_id: str) -> None:
        """Take the parcel back: units return to `warehouse_id`, allocated to their lines again.

        Raises NotFound (``fulfillmentId``, ``warehouseId``), Conflict (``fulfillmentId``) when it is
        cancelled or returned already.
        """

    def mark_returned(
        self, order_id: str, items: Sequence[ReturnedItem], *, refund_amount: int = 0
    ) -> str | None:
        """Show `items` as returned where Saleor's users look; the original parcel keeps its tracking.

        On 3.x a parcel that comes back whole becomes RETURNED (REFUNDED_AND_RETURNED when `refund_amount`)
        itself; units of one that comes back in part move to such a fulfilment, whose id is the
        answer. 2.10 has none: the order's history says it and the answer is None. Moves no stock and no
        money. Raises Invalid (field ``quantity``) for more than was shipped, NotFound (``orderId``,
        ``fulfillmentLineId``).
        """

    def add_note(self, order_id: str, text: str) -> None:
        """Write a note into the order's history, as a system entry. Raises NotFound (``orderId``)."""


class Stocks(Protocol):
    """Warehouses and what lies in them."""

    def warehouses(self) -> list[Warehouse]:
        """All warehouses, sorted by id."""

    def stocks(self, variant_ids: Collection[str], *, lock: bool = False) -> list[Stock]:
        """Every stock of the variants, sorted by (variant, warehouse).

        `allocated` is recomputed from the allocation rows, never read from a counter.
        `lock` takes the rows, in id order, for the transaction.
        """

    def allocations(self, order_id: str) -> list[Allocation]:
        """The order's allocations above zero, sorted by (line, warehouse)."""

    def allocate(self, order_id: str, plan: Sequence[Allocation]) -> None:
        """Make the order's allocations exactly `plan`, or change nothing.

        Under row locks free stock is counted again, this order's present allocations counted as free: in
        an over-allocated warehouse even staying is refused, until somebody moves away. An empty
        plan lets everything go, in any state. Raises InsufficientStock (field ``warehouseId``), Invalid
        (``quantity``) for more than a line's units to ship, Invalid (``lineId``) for a line without stock,
        NotFound (``orderId``, ``lineId``, ``warehouseId``), Conflict (``orderId``) in other states.
        """

    def move_stock(self, variant_id: str, warehouse_id: str, delta: int) -> Stock:
        """Add `delta` units (negative takes away) to stock on hand and answer the new stock.

        Creates the stock row when units arrive where there was none. Raises InsufficientStock when on
        hand would fall below zero, NotFound (``variantId``, ``warehouseId``).
        """

    def variants(self, ids: Collection[str]) -> list[Variant]:
        """Those of the variants that exist, sorted by id."""

    def stocked_variants(self, *, after: str | None = None, limit: int = 500) -> list[Variant]:
        """Variants that track stock and have a stock row, in id order, in pages."""

    def sales(self, since: datetime, until: datetime) -> Iterator[Sale]:
        """Units sold in [since, until), oldest first, streamed from the database."""


class Payments(Protocol):
    """Money taken and given back."""

    def payments(self, order_id: str, *, lock: bool = False) -> list[Payment]:
        """Payments with something captured, oldest first; refunds made elsewhere are in them."""

    def refund(
        self, order_id: str, payment_id: str, amount: int, *, key: str, reason: str = ""
    ) -> RefundResult:
        """Ask the gateway to give back `amount`. `key` goes to gateways that take one.

        Must be called outside a transaction (raises RuntimeError). A time-out or a broken answer is
        UNKNOWN, never an exception; so is a transaction's refund (3.x) until its payment app has
        reported, and the same `key` again on it, which asks nobody. Records the refund where Saleor's
        users look. Raises Invalid (field ``amount``) above `refundable`, NotFound (``paymentId``).
        """


class People(Protocol):
    """Who asks, and how to reach them."""

    def asker(self, request: Any) -> Asker:
        """Who sent the Django request: staff or customer by JWT, app by token, from headers only.

        Bad, expired and forged tokens, switched-off users and apps are ANONYMOUS, never an exception.
        """

    def owns_order(self, asker: Asker, order_id: str) -> bool:
        """Whether `asker` is the customer who placed the order."""

    def send_mail(self, to: str, subject: str, text: str, html: str | None = None) -> None:
        """Send through the shop's own mail settings, outside any transaction."""


class Settings(Protocol):
    """What merchants set in the dashboard."""

    def plugin_configuration(self, plugin_id: str) -> PluginConfiguration:
        """The plugin's stored switch and settings as stored; inactive and empty when there are none."""

    def time_zone(self) -> str:
        """The shop's IANA time zone."""


class Shop(Orders, Stocks, Payments, People, Settings, Protocol):
    """The whole door to Saleor."""
