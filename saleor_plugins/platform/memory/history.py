"""What past orders took, and where Saleor itself would take from, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from ..port import Bought, Order, Taken
from ..promises import PLACED
from .exchanges import ExchangesInMemory

NOTHING_TAKEN = ("CANCELED", "WAITING_FOR_APPROVAL")


class HistoryInMemory(ExchangesInMemory):
    """`port.History`; warehouses sort by id in every channel."""

    def _placed(self, since: datetime, until: datetime, channel: str) -> list[Order]:
        with self._lock:
            return [
                row
                for row in self.state.orders.values()
                if row.status in PLACED and since <= row.created < until and channel in ("", row.channel)
            ]

    def count_orders(self, since: datetime, until: datetime, channel: str = "") -> int:
        return len(self._placed(since, until, channel))

    def taken(self, since: datetime, until: datetime, channel: str = "") -> Iterator[Taken]:
        for order in self._placed(since, until, channel):
            variants = {line.id: line.variant_id for line in order.lines if line.tracks_stock}
            for parcel in self.fulfillments(order.id):
                if parcel.status not in NOTHING_TAKEN:
                    for row in parcel.lines:
                        variant = variants.get(row.order_line_id)
                        if variant and row.warehouse_id:
                            yield Taken(row.warehouse_id, variant, row.quantity)
            for held in self.allocations(order.id):
                yield Taken(held.warehouse_id, variants[held.line_id] or "", held.quantity)

    def sold(
        self, since: datetime, until: datetime, *, channel: str = "", country: str = ""
    ) -> dict[str, int]:
        found: Counter[str] = Counter()
        for order in self._placed(since, until, channel):
            address = order.shipping_address
            if not country or (address and address.country == country):
                for line in order.lines:
                    found[line.variant_id or ""] += line.quantity
        return dict(found)

    def bought(self, order: Order, since: datetime) -> Bought:
        with self._lock:
            rows = [row for row in self.state.orders.values() if row.status in PLACED]
        mine = [row for row in rows if row.created >= since and _same_customer(row, order)]
        return Bought(len(mine), sum(line.quantity for row in mine for line in row.lines))

    def sorting_orders(self) -> dict[str, list[str] | None]:
        with self._lock:
            channels = {slug for row in self.state.warehouses.values() for slug in row.channels or ("",)}
        rows = self.warehouses()
        return {
            slug: [row.id for row in rows if not slug or slug in (row.channels or ())] for slug in channels
        }


def _same_customer(one: Order, other: Order) -> bool:
    if other.user_id:
        return one.user_id == other.user_id
    return bool(other.email) and one.email.lower() == other.email.lower()
