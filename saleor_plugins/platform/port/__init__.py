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
from datetime import datetime
from typing import Protocol

from .audited import Audited
from .carts import Cart, CartProblem, Carts, ShippingMethod
from .catalogue import Catalogue, Price, Product
from .exchanges import Exchanges, NewItem, NewOrder, OrderQuote, QuotedLine, Sibling
from .history import History
from .orders import (
    Address,
    Fulfillment,
    FulfillmentLine,
    Order,
    OrderLine,
    OrderStatus,
    Sale,
    ShipItem,
)
from .parcels import Parcels, Recipient
from .payments import GIFT_CARD_GATEWAY, GiftCard, Payment, Payments, RefundResult, RefundStatus
from .people import Asker, AskerKind, Attachment, People, PluginConfiguration, Settings, Site
from .returned import CAME_BACK, Returned, ReturnedItem, ReturnedState
from .stock import Allocation, Bought, Stock, Taken, Variant, Warehouse
from .storefront import Buyable, Storefront

__all__ = [
    "CAME_BACK",
    "GIFT_CARD_GATEWAY",
    "Address",
    "Allocation",
    "Asker",
    "AskerKind",
    "Attachment",
    "Audited",
    "Bought",
    "Buyable",
    "Cart",
    "CartProblem",
    "Carts",
    "Catalogue",
    "Exchanges",
    "Fulfillment",
    "FulfillmentLine",
    "GiftCard",
    "History",
    "NewItem",
    "NewOrder",
    "Order",
    "OrderLine",
    "OrderQuote",
    "OrderStatus",
    "Orders",
    "Parcels",
    "Payment",
    "Payments",
    "People",
    "PluginConfiguration",
    "Price",
    "Product",
    "QuotedLine",
    "Recipient",
    "RefundResult",
    "RefundStatus",
    "Returned",
    "ReturnedItem",
    "ReturnedState",
    "Sale",
    "Settings",
    "ShipItem",
    "ShippingMethod",
    "Shop",
    "Sibling",
    "Site",
    "Stock",
    "Stocks",
    "Storefront",
    "Taken",
    "Variant",
    "Warehouse",
]


class Orders(Protocol):
    """Orders, their parcels and their notes."""

    def order(self, order_id: str, *, lock: bool = False) -> Order:
        """The order. `lock` takes its row and its lines' for the transaction.

        Raises NotFound (field ``orderId``).
        """

    def orders_to_ship(self, *, after: str | None = None, limit: int = 100) -> list[Order]:
        """Open orders with units to ship, oldest first, in pages: `after` is the last order's id."""

    def count_to_ship(self) -> int:
        """How many orders `orders_to_ship` walks over."""

    def broken_promises(self, *, after: str | None = None, limit: int = 100) -> list[str]:
        """Ids of open orders that Saleor can not ship as promised, newest first, in pages after an id.

        They hold units in a warehouse that promised more than it has, or a line that needs stock holds less
        than is left to ship of it. Pre-orders need none.
        """

    def orders(self, since: datetime, until: datetime) -> Iterator[Order]:
        """Orders placed in [since, until), oldest first, read piece by piece in flat memory.

        Cancelled, expired and draft orders are left out.
        """

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

    def add_note(self, order_id: str | Order, text: str) -> None:
        """Write a note into the order's history, as a system entry. Raises NotFound (``orderId``).

        An order that was read under lock in this transaction may be given itself: it is not looked up again.
        """


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
        """The order's allocations above zero, sorted by (line, warehouse).

        A cart's are its live reservations (3.x).
        """

    def allocations_of(self, order_ids: Collection[str]) -> dict[str, list[Allocation]]:
        """`allocations` of several orders in one query, by order; unknown orders have none."""

    def allocate(self, order_id: str, plan: Sequence[Allocation]) -> None:
        """Make the order's allocations exactly `plan`, or change nothing.

        Under row locks free stock is counted again, this order's present allocations counted as free: in
        an over-allocated warehouse even staying is refused, until somebody moves away. An empty
        plan lets everything go, in any state. Raises InsufficientStock (field ``warehouseId``), Invalid
        (``quantity``) for more than a line's units to ship, Invalid (``lineId``) for a line without stock,
        NotFound (``orderId``, ``lineId``, ``warehouseId``), Conflict (``orderId``) in other states.
        """

    def allocate_under_lock(
        self,
        order: Order,
        plan: Sequence[Allocation],
        *,
        stocks: Sequence[Stock],
        held: Sequence[Allocation],
    ) -> None:
        """`allocate` for a caller who has read everything under lock in this transaction; only writes.

        `order` and the `stocks` of its variants come from reads with ``lock=True``, `held` from
        `allocations` after them. Raises as `allocate`, but InsufficientStock for a warehouse that does not
        exist, before anything is written; RuntimeError outside a transaction.
        """

    def allocate_many(self, plans: Mapping[str, Sequence[Allocation]]) -> None:
        """`allocate` for several orders at once, or for none; they may swap stock among themselves.

        Orders are locked in id order, then their stocks; what all of these orders hold counts as free for all
        of them. Raises as `allocate`; the message says which order it is about.
        """

    def move_stock(self, variant_id: str, warehouse_id: str, delta: int) -> Stock:
        """Add `delta` units (negative takes away) to stock on hand and answer the new stock.

        Creates the stock row when units arrive where there was none. Raises InsufficientStock when on
        hand would fall below zero, NotFound (``variantId``, ``warehouseId``).
        """

    def variants(self, ids: Collection[str]) -> list[Variant]:
        """Those of the variants that exist, sorted by id."""

    def variants_of_skus(self, skus: Collection[str]) -> dict[str, Variant]:
        """The variants by their SKU, letter by letter; unknown ones and "" are left out."""

    def stocked_variants(self, *, after: str | None = None, limit: int = 500) -> list[Variant]:
        """Variants that track stock and have a stock row, in id order, in pages."""

    def sales(self, since: datetime, until: datetime) -> Iterator[Sale]:
        """Units sold in [since, until), oldest first, streamed from the database."""


class Shop(
    Orders,
    Returned,
    Exchanges,
    Carts,
    Parcels,
    History,
    Stocks,
    Payments,
    Catalogue,
    Audited,
    People,
    Settings,
    Storefront,
    Protocol,
):
    """The whole door to Saleor."""
