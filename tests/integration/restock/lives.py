"""The random life of a shop's orders: placed, edited, cancelled, shipped, sent back, variants deleted."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from saleor_plugins.kernel.clock import day_of
from saleor_plugins.platform.port import OrderStatus, ReturnedItem, ReturnedState, ShipItem
from saleor_plugins.restock.models import DailyDemand
from saleor_plugins.restock.usecases.note_order import note_order

from .rooms import Room

START = datetime(2026, 3, 20, 9, tzinfo=UTC)
AGES = [0, 0, 1, 30, 24 * 34, 24 * 36, 24 * 200, 24 * 900]
"""Hours by which an order is back-dated."""

Facts = dict[tuple[str, date, str], tuple[int, int]]


def facts() -> Facts:
    """The history as it is stored: units sold and returned by variant, day and country."""
    return {(r.variant_id, r.day, r.country): (r.units, r.returned) for r in DailyDemand.objects.all()}


class Life:
    """Does one random thing after the other, and knows by itself what the history has to say."""

    def __init__(self, room: Room, zone: str, seed: int) -> None:
        self.room, self.zone = room, zone
        self.chance = random.Random(seed)
        self.now = START
        self.variants = [room.data.make_variant(stock={room.house: 900}) for _ in range(4)]
        self.orders: dict[str, Any] = {}
        self.units: dict[tuple[str, str], int] = {}
        self.returned: Counter[tuple[str, str]] = Counter()
        self.off: set[str] = set()
        self.deleted: set[str] = set()
        self._parcels: set[str] = set()

    def step(self) -> None:
        """Some hours later something happens, and Saleor's hook tells of it."""
        self.now += timedelta(hours=self.chance.randint(1, 20))
        does = self.chance.choices(
            [self.place, self.edit, self.cancel, self.send_back, self.delete], [8, 4, 2, 4, 1]
        )
        order_id = does[0]()
        if order_id:
            note_order(order_id)

    def place(self) -> str:
        placed = self.now - timedelta(hours=self.chance.choice(AGES), minutes=self.chance.randint(0, 59))
        kept = [variant for variant in self.variants if variant.id not in self.deleted]
        lines = [
            (variant, self.chance.randint(1, 5)) for variant in self.chance.sample(kept, min(2, len(kept)))
        ]
        country = self.chance.choice(["US", "DE", ""])
        order = self.room.data.make_order(
            lines, country=country, created=placed, paid=self.chance.random() < 0.5
        )
        self.orders[order.id] = order
        self.units.update({(order.id, line.id): line.quantity for line in order.lines})
        return str(order.id)

    def edit(self) -> str | None:
        order = self._any(lambda order: not self._shipped(order))
        if order is None:
            return None
        from saleor.order.models import OrderLine

        line = self.chance.choice(order.lines)
        self.units[order.id, line.id] = quantity = self.chance.randint(1, 9)
        OrderLine.objects.filter(pk=_key(line.id, "OrderLine")).update(quantity=quantity)
        return str(order.id)

    def cancel(self) -> str | None:
        order = self._any(lambda order: not self._shipped(order))
        if order is None:
            return None
        self.room.data.set_status(order, OrderStatus.CANCELED)
        self.off.add(order.id)
        return str(order.id)

    def send_back(self) -> str | None:
        order = self._any(lambda order: not self._shipped(order) and not self.deleted & _variants(order))
        if order is None:
            return None
        fresh = self.room.data.shop.order(order.id)
        self.room.data.shop.allocate(order.id, [])
        items = [ShipItem(line.id, self.room.house.id, line.quantity) for line in fresh.lines]
        (parcel,) = self.room.data.shop.fulfill(order.id, items)
        row = self.chance.choice(parcel.lines)
        back = self.chance.randint(1, row.quantity)
        state = self.chance.choice(list(ReturnedState))
        self.room.data.shop.mark_returned(order.id, [ReturnedItem(row.id, back)], state=state)
        if self.room.data.returned_fulfillments and state is not ReturnedState.REFUNDED:
            self.returned[order.id, row.order_line_id] += back
        self.off.discard(order.id)
        self._parcels.add(order.id)
        return str(order.id)

    def delete(self) -> None:
        kept = [variant for variant in self.variants if variant.id not in self.deleted]
        if len(kept) < 3:
            return
        from saleor.product.models import ProductVariant

        variant = self.chance.choice(kept)
        ProductVariant.objects.filter(pk=_key(variant.id, "ProductVariant")).delete()
        self.deleted.add(variant.id)

    def _shipped(self, order: Any) -> bool:
        return order.id in self._parcels

    def _any(self, fits: Any) -> Any:
        found = [order for key, order in self.orders.items() if key not in self.off and fits(order)]
        return self.chance.choice(found) if found else None

    def expected(self) -> Facts:
        """What the history has to be."""
        counted: dict[tuple[str, date, str], list[int]] = {}
        for key, order in self.orders.items():
            for line in order.lines if key not in self.off else ():
                if line.variant_id in self.deleted:
                    continue
                country = order.shipping_address.country if order.shipping_address else ""
                row = counted.setdefault((line.variant_id, day_of(order.created, self.zone), country), [0, 0])
                row[0] += self.units[key, line.id]
                row[1] += self.returned[key, line.id]
        return {key: (units, back) for key, (units, back) in counted.items()}


def _variants(order: Any) -> set[str]:
    return {line.variant_id for line in order.lines}


def _key(global_id: str, kind: str) -> str:
    from saleor_plugins.kernel.ids import from_global

    return from_global(global_id, kind)
