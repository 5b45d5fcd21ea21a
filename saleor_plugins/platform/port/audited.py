"""What an audit asks the shop: many objects at once, in constant queries."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from .orders import Fulfillment


class Audited(Protocol):
    """The shop's own books, to compare ours with."""

    def fulfillments_of(self, order_ids: Collection[str]) -> dict[str, list[Fulfillment]]:
        """`Orders.fulfillments` of several orders, by order; unknown orders have none."""

    def refunded_of(self, payment_ids: Collection[str]) -> dict[str, int]:
        """What these payments have given back anywhere, in minor units; what does not exist is left out.

        The ids are those of `Payments.payments`: payments, transactions (3.x), gift cards of an order.
        """

    def gift_cards_of(self, ids: Collection[str]) -> set[str]:
        """Those of the gift cards that exist."""
