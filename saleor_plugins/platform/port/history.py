"""What past orders took."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from .orders import Order
from .stock import Bought, Taken


class History(Protocol):
    """What past orders took, and what Saleor by itself would have done."""

    def count_orders(self, since: datetime, until: datetime, channel: str = "") -> int:
        """How many orders `Orders.orders` would answer, of one channel or of all."""

    def taken(self, since: datetime, until: datetime, channel: str = "") -> Iterator[Taken]:
        """Units that those orders have taken off the shelves: shipped, or allocated and not shipped yet.

        Not what cancelled parcels put back. Rows of one variant and warehouse add up.
        """

    def sold(
        self, since: datetime, until: datetime, *, channel: str = "", country: str = ""
    ) -> dict[str, int]:
        """Units of each variant in those orders, by the country they were sent to; deleted variants under "".

        Added up by the database: as much memory as there are variants.
        """

    def bought(self, order: Order, since: datetime) -> Bought:
        """What the customer of `order` has ordered from `since` on, this order included.

        By their account, without one by the e-mail address in any case of letters.
        """

    def sorting_orders(self) -> dict[str, list[str] | None]:
        """By channel the warehouses in the order in which Saleor takes stock from them.

        The merchant's sorting order on 3.x; None for a channel that takes from where there is most. 2.10
        has no channels and takes the oldest stock first: the warehouses by their oldest stock, under "".
        """
