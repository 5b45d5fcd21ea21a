"""New orders for exchanged goods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .orders import Order


@dataclass(frozen=True)
class NewItem:
    """Units of a variant to order."""

    variant_id: str
    quantity: int


@dataclass(frozen=True)
class NewOrder:
    """An order to make for whoever placed `from_order_id`: same customer, addresses, channel, currency.

    `credit` in minor units, gross, is taken off its total; what it exceeds the total by is not used.
    """

    from_order_id: str
    items: tuple[NewItem, ...]
    credit: int = 0
    note: str = ""


@dataclass(frozen=True)
class QuotedLine:
    """What a line costs today, before the credit, with today's catalogue discounts and taxes."""

    variant_id: str
    quantity: int
    net: int
    gross: int


@dataclass(frozen=True)
class OrderQuote:
    """What an order would cost today. Totals are the sums of the lines: before the credit, no shipping."""

    currency: str
    total_net: int
    total_gross: int
    lines: tuple[QuotedLine, ...]


@dataclass(frozen=True)
class Sibling:
    """A variant of the same product that the shop sells.

    `price` is what the shop lists for it, in minor units of `currency` as the merchant entered it: what it
    costs with taxes a quote says. `free` units are in stock; None where nobody counts them.
    """

    variant_id: str
    name: str
    sku: str
    price: int
    currency: str
    free: int | None


class Exchanges(Protocol):
    """Orders that replace returned goods."""

    def siblings(self, variant_id: str, *, channel: str = "") -> list[Sibling]:
        """What visitors of the channel can buy of the variant's product, itself too, in the merchant's order.

        None for a variant or a channel that is gone. Stock is that of the channel's warehouses; whether it
        reaches the customer's country a quote says. Raises Required (field ``channel``) for no name where
        there is not exactly one channel.
        """

    def quote_order(self, new: NewOrder) -> OrderQuote:
        """What it costs today, lines in the order of the items; the same variant twice is one line.

        Raises NotFound (``orderId``, ``variantId``), Invalid (``items`` for none, ``quantity``, ``credit``
        when negative, ``variantId`` for what the channel does not sell), InsufficientStock (``variantId``,
        its message names the variant).
        """

    def create_order(self, new: NewOrder) -> Order:
        """Make the order: placed, allocated by Saleor's own rules, ready to be routed, paid when nothing is
        due.

        Its lines' totals are after the credit, `credit_net` and `credit_gross` say what that took off each:
        their sums are ``min(credit, the quote's total_gross)`` and ``total_gross = quote - credit``. The
        origin and the note are in the history of both orders. Runs in the caller's transaction; Saleor's
        own events follow its commit. Raises as `quote_order`. Twice makes two orders: the caller sees to
        that.
        """
