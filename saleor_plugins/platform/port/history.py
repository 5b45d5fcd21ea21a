"""What past orders took."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from .stock import Taken


class History(Protocol):
    """What past orders took, and what Saleor by itself would have done."""

    def count_orders(self, since: datetime, until: datetime, channel: str = "") -> int:
        """How many orders `Orders.orders` would answer, of one channel or of all."""

    def taken(self, since: datetime, until: datetime, channel: str = "") -> Iterator[Taken]:
        """Units that those orders have taken off the shelves: shipped, or allocated and not shipped yet.

        Not what cancelled parcels put back. Rows of one variant and warehouse add up.
        """

    def sorting_orders(self) -> dict[str, list[str] | None]:
        """By channel the warehouses in the order in which Saleor takes stock from them.

        The merchant's sorting order on 3.x; None for a channel that takes from where there is most. 2.10
        has no channels and takes the oldest stock first: the warehouses by their oldest stock, under "".
        """
