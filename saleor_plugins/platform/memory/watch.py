"""Looking after promises in the in-memory shop."""

from __future__ import annotations

from collections import Counter

from ..port import Order
from ..promises import SHIPPABLE
from ..sorting import by_id
from .state import InMemory


class WatchInMemory(InMemory):
    """`port.Orders`' counts and broken promises."""

    def count_to_ship(self) -> int:
        with self._lock:
            return len(self._to_ship())

    def broken_promises(self, *, after: str | None = None, limit: int = 100) -> list[str]:
        with self._lock:
            broken = self._over_promised() | self._short()
            last = self.state.orders.get(after) if after else None
            rows = [order for order in self._to_ship() if order.id in broken]
        rows.sort(key=_age, reverse=True)
        return [row.id for row in rows if last is None or _age(row) < _age(last)][:limit]

    def _to_ship(self) -> list[Order]:
        rows = self.state.orders.values()
        return [row for row in rows if row.status in SHIPPABLE and any(line.to_ship for line in row.lines)]

    def _over_promised(self) -> set[str]:
        state, promised = self.state, Counter[tuple[str, str]]()
        for (line_id, warehouse_id), units in state.allocations.items():
            promised[state.line_variants[line_id], warehouse_id] += units
        over = {slot for slot, units in promised.items() if units > state.on_hand.get(slot, 0)}
        held = {
            line_id
            for (line_id, warehouse_id), units in state.allocations.items()
            if units and (state.line_variants[line_id], warehouse_id) in over
        }
        return {order.id for order in state.orders.values() if any(line.id in held for line in order.lines)}

    def _short(self) -> set[str]:
        held: Counter[str] = Counter()
        for (line_id, _), units in self.state.allocations.items():
            held[line_id] += units
        return {
            order.id
            for order in self.state.orders.values()
            for line in order.lines
            if line.requires_shipping and line.tracks_stock and held[line.id] < line.to_ship
        }


def _age(order: Order) -> tuple[object, tuple[str, int, str]]:
    return order.created, by_id(order.id)
