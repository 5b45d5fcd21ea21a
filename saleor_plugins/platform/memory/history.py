"""What past orders took, and where Saleor itself would take from, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..port import Order, Taken
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

    def sorting_orders(self) -> dict[str, list[str] | None]:
        with self._lock:
            channels = {slug for row in self.state.warehouses.values() for slug in row.channels or ("",)}
        rows = self.warehouses()
        return {
            slug: [row.id for row in rows if not slug or slug in (row.channels or ())] for slug in channels
        }
