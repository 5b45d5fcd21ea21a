"""Carts: what shoppers are about to order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, Protocol

from .orders import Address, Order, OrderLine, OrderStatus


@dataclass(frozen=True)
class Cart:
    """A checkout, or goods that are asked about (its id is "" then).

    Its lines are those of the order that it may become; they have no totals yet. `subtotal` is the price of
    the goods in minor units, as far as the shop has reckoned it. `shipping_method` is a name, "" for none;
    `shipping_price` is what the shop lists for it, and `shipping_discount` what a voucher takes off that.
    """

    id: str
    currency: str
    lines: tuple[OrderLine, ...]
    channel: str = ""
    shipping_address: Address | None = None
    shipping_method: str = ""
    shipping_method_id: str | None = None
    collection_point_id: str | None = None
    subtotal: int = 0
    shipping_price: int = 0
    shipping_discount: int = 0

    def as_order(self, now: datetime) -> Order:
        """The order it would become at `now`, under the cart's id."""
        return Order(
            id=self.id,
            number="",
            status=OrderStatus.UNCONFIRMED,
            created=now,
            currency=self.currency,
            total_net=self.subtotal,
            total_gross=self.subtotal,
            shipping_net=0,
            shipping_gross=0,
            lines=self.lines,
            shipping_address=self.shipping_address,
            channel=self.channel,
            collection_point_id=self.collection_point_id,
            shipping_method=self.shipping_method,
        )


@dataclass(frozen=True)
class ShippingMethod:
    """A way of shipping that a cart may choose.

    `price` is the shop's own, in minor units before taxes; days are None where the merchant gave none, as
    everywhere on 2.10.
    """

    id: str
    name: str
    price: int
    currency: str
    min_days: int | None = None
    max_days: int | None = None


@dataclass(frozen=True)
class CartProblem:
    """Why a line of a cart cannot be ordered, in words for the shopper; `short`: for want of stock."""

    line_id: str
    variant_id: str
    message: str
    short: bool


class Carts(Protocol):
    """Carts, and how they may be shipped. What a live cart has reserved is `allocations` of its id.

    `reckons_total_apart` says whether a plugin that prices the shipping must add it to the total itself.
    """

    reckons_total_apart: bool

    def cart(self, cart_id: str) -> Cart:
        """The checkout with that global id or token. Raises NotFound (field ``checkoutId``)."""

    def cart_of(self, checkout: Any, lines: Iterable[Any] | None = None) -> Cart:
        """The cart behind the objects that Saleor hands to hooks.

        2.10: a checkout; 3.x: a checkout info and its line infos.
        """

    def goods(
        self, items: Sequence[tuple[str, int]], *, address: Address | None = None, channel: str = ""
    ) -> Cart:
        """A cart of (variant, units), without what the shop's visitors cannot see.

        Lines carry their variant's id, in the order of `items`; a variant twice is two lines. Raises
        NotFound (field ``channel``); without a name it is the only active channel, else Required.
        """

    def shipping_methods(self, cart: Cart) -> list[ShippingMethod]:
        """What the cart may choose, cheapest first; none without an address or goods to ship."""

    def refuse(self, checkout: Any, problems: Sequence[CartProblem]) -> NoReturn:
        """Raise what makes Saleor answer its checkout mutation with `problems`, one error a line.

        `checkout` is what the hook was given. No order is made, and a voucher does not count as used.
        """
