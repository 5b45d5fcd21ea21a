"""Parcels that came back, as Saleor's users see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from .orders import Sale


class ReturnedState(StrEnum):
    """What became of shipped units: Saleor 3's words for it.

    RETURNED came back, no money yet; REFUNDED_AND_RETURNED came back for money; REFUNDED: the customer
    keeps them, and got money; REPLACED: exchanged.
    """

    RETURNED = "RETURNED"
    REFUNDED_AND_RETURNED = "REFUNDED_AND_RETURNED"
    REFUNDED = "REFUNDED"
    REPLACED = "REPLACED"


CAME_BACK = frozenset({ReturnedState.RETURNED, ReturnedState.REFUNDED_AND_RETURNED, ReturnedState.REPLACED})
"""States of units that are with the shop again."""


@dataclass(frozen=True)
class ReturnedItem:
    """Units of a fulfilment line that came back, or whose money did."""

    fulfillment_line_id: str
    quantity: int


class Returned(Protocol):
    """What the dashboard shows of returns. Moves no stock and no money."""

    def mark_returned(
        self,
        order_id: str,
        items: Sequence[ReturnedItem],
        *,
        state: ReturnedState = ReturnedState.RETURNED,
        refund_amount: int = 0,
        shipping_refund: int = 0,
    ) -> str | None:
        """Show `items` in `state`; answers the fulfilment that does, the first of them if there are
        several.

        3.x: a parcel of which all units are named changes its own state. Else they move to a new fulfilment
        with the parcel's tracking number, metadata and private metadata (and 3.23's reason), one per
        parcel; the rest keeps its own. Units may come from shipped parcels, from REFUNDED ones (RETURNED
        makes those REFUNDED_AND_RETURNED) and from RETURNED ones (for REFUNDED_AND_RETURNED and REPLACED).
        `refund_amount` is the money given for them, of which `shipping_refund` for shipping; it is added to
        what the first fulfilment shows, and makes RETURNED REFUNDED_AND_RETURNED. 2.10 has no such states:
        a note in the order's history says it, the answer is None, and only the units of a shipped parcel
        bound the quantity.

        Raises Invalid (field ``quantity``) for more units than there are, Invalid (``items``) for none,
        Invalid (``refundAmount``) for a negative one or one below `shipping_refund`, NotFound (``orderId``,
        and ``fulfillmentLineId`` for what was not shipped or is in that state already).
        """

    def restate_returned(
        self,
        order_id: str,
        fulfillment_id: str,
        state: ReturnedState,
        *,
        refund_amount: int = 0,
        shipping_refund: int = 0,
    ) -> None:
        """Change a returned or refunded fulfilment as a whole; in that state already only money is added.

        The ways between states are those of `mark_returned`. 2.10 writes a note, `fulfillment_id` being any
        of the order's parcels. Raises NotFound (``orderId``, ``fulfillmentId``), Conflict
        (``fulfillmentId``) for another way, Invalid (``refundAmount``).
        """

    def returned_sales(self, since: datetime, until: datetime) -> Iterator[Sale]:
        """Of the units that `Stocks.sales` answers, those that came back, as sales: oldest first, streamed.

        `at` is when they were sold, not when they came; rows of one line add up. 2.10 does not know: none.
        """
