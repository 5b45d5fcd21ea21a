"""Warehouses and stock of the in-memory shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from ...kernel import clock
from ...kernel.errors import InsufficientStock
from ..port import Allocation, Order, Sale, Stock, Variant, Warehouse
from ..promises import SOLD, Slots, as_slots, plan_allocations, plan_many
from ..sorting import by_id
from .state import InMemory, found


class StocksInMemory(InMemory):
    """`port.Stocks`."""

    def warehouses(self) -> list[Warehouse]:
        with self._lock:
            return sorted(self.state.warehouses.values(), key=lambda row: by_id(row.id))

    def stocks(self, variant_ids: Collection[str], *, lock: bool = False) -> list[Stock]:
        wanted = set(variant_ids)
        with self._lock:
            allocated: Counter[tuple[str, str]] = Counter()
            for (line_id, warehouse_id), units in self.state.allocations.items():
                allocated[self.state.line_variants[line_id], warehouse_id] += units
            rows = [
                Stock(
                    warehouse,
                    variant,
                    units,
                    allocated[variant, warehouse],
                    self._reserved(variant, warehouse),
                    f"{variant}:{warehouse}",
                )
                for (variant, warehouse), units in self.state.on_hand.items()
                if variant in wanted
            ]
        return sorted(rows, key=lambda row: (by_id(row.variant_id), by_id(row.warehouse_id)))

    def _reserved(self, variant_id: str, warehouse_id: str) -> int:
        rows = self.state.reservations.get((variant_id, warehouse_id), ())
        return sum(row.quantity for row in rows if row.until > clock.now())

    def allocations(self, order_id: str) -> list[Allocation]:
        with self._lock:
            order: Order | None = self.state.orders.get(order_id)
            lines = {line.id for line in order.lines} if order else set()
            rows = [
                Allocation(line, warehouse, units)
                for (line, warehouse), units in self.state.allocations.items()
                if line in lines and units > 0
            ] + self._reservations(order_id)
        return sorted(rows, key=lambda row: (by_id(row.line_id), by_id(row.warehouse_id)))

    def _reservations(self, cart_id: str) -> list[Allocation]:
        cart = self.state.carts.get(cart_id)
        lines = {line.variant_id: line.id for line in cart.lines} if cart else {}
        return [
            Allocation(lines[variant], warehouse, row.quantity)
            for (variant, warehouse), rows in self.state.reservations.items()
            for row in rows
            if row.cart_id == cart_id and row.until > clock.now() and variant in lines
        ]

    def allocations_of(self, order_ids: Collection[str]) -> dict[str, list[Allocation]]:
        with self._lock:
            return {order_id: self.allocations(order_id) for order_id in order_ids}

    def allocate(self, order_id: str, plan: Sequence[Allocation]) -> None:
        self.allocate_many({order_id: plan})

    def allocate_under_lock(
        self,
        order: Order,
        plan: Sequence[Allocation],
        *,
        stocks: Sequence[Stock],
        held: Sequence[Allocation],
    ) -> None:
        if not self._depth():
            raise RuntimeError("The locks end with the transaction: call it inside of theirs.")
        known = {row.warehouse_id for row in plan}
        wanted = plan_allocations(order, plan, stocks, as_slots(held), known)
        self._replace(as_slots(held), wanted)

    def allocate_many(self, plans: Mapping[str, Sequence[Allocation]]) -> None:
        with self.transaction() as state:
            orders = [found(state.orders, order_id, "orderId") for order_id in plans]
            orders.sort(key=lambda row: by_id(row.id))
            held = as_slots(row for rows in self.allocations_of(plans).values() for row in rows)
            stocks = self.stocks({line.variant_id for row in orders for line in row.lines if line.variant_id})
            if len(orders) == 1:
                wanted = plan_allocations(orders[0], plans[orders[0].id], stocks, held, state.warehouses)
            else:
                wanted = plan_many(orders, plans, stocks, held, state.warehouses)
            self._replace(held, wanted)

    def _replace(self, held: Slots, wanted: Slots) -> None:
        for slot in held:
            self.state.allocations.pop(slot, None)
        self.state.allocations.update(wanted)

    def move_stock(self, variant_id: str, warehouse_id: str, delta: int) -> Stock:
        with self.transaction() as state:
            found(state.variants, variant_id, "variantId")
            found(state.warehouses, warehouse_id, "warehouseId")
            before = state.on_hand.get((variant_id, warehouse_id), 0)
            if delta < 0 and before + delta < 0:
                raise InsufficientStock("On hand would fall below zero.", field="warehouseId")
            state.on_hand[variant_id, warehouse_id] = before + delta
            return next(row for row in self.stocks({variant_id}) if row.warehouse_id == warehouse_id)

    def variants(self, ids: Collection[str]) -> list[Variant]:
        with self._lock:
            rows = [self.state.variants[key] for key in set(ids) if key in self.state.variants]
        return sorted(rows, key=lambda row: by_id(row.id))

    def variants_of_skus(self, skus: Collection[str]) -> dict[str, Variant]:
        with self._lock:
            return {row.sku: row for row in self.state.variants.values() if row.sku and row.sku in skus}

    def stocked_variants(self, *, after: str | None = None, limit: int = 500) -> list[Variant]:
        with self._lock:
            rows = self.variants({variant for variant, _ in self.state.on_hand})
        page = [row for row in rows if row.tracks_stock and (after is None or by_id(row.id) > by_id(after))]
        return page[:limit]

    def sales(self, since: datetime, until: datetime) -> Iterator[Sale]:
        with self._lock:
            rows = list(self.state.sales.values())
            for order in self.state.orders.values():
                rows += _sales(order) if order.status in SOLD else []
        rows.sort(key=lambda row: (row.at, by_id(row.order_id), by_id(row.line_id)))
        yield from (row for row in rows if since <= row.at < until)


def _sales(order: Order) -> list[Sale]:
    country = order.shipping_address.country if order.shipping_address else ""
    return [
        Sale(order.id, line.id, line.variant_id, line.quantity, order.created, country)
        for line in order.lines
        if line.variant_id
    ]
