"""Builders: how tests and simulations fill an in-memory shop."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ...kernel import clock
from ...kernel.ids import to_global
from ..port import (
    Address,
    Allocation,
    Asker,
    AskerKind,
    Order,
    OrderLine,
    OrderStatus,
    Payment,
    PluginConfiguration,
    Sale,
    Variant,
    Warehouse,
)
from .people import PeopleInMemory
from .state import Reservation, VariantFacts

_count = itertools.count(1)


class Builders(PeopleInMemory):
    """What a merchant, shopper or gateway would have done before the test begins."""

    def make_warehouse(
        self,
        name: str = "",
        *,
        country: str = "US",
        postal_code: str = "",
        city: str = "",
        countries: Collection[str] | None = None,
        channels: Collection[str] | None = ("default",),
        pickup: bool = False,
        email: str = "",
    ) -> Warehouse:
        """A warehouse in `country` whose shipping zones reach `countries` (default: its own)."""
        number = next(_count)
        key = to_global("Warehouse", uuid.UUID(int=number))
        row = Warehouse(
            key,
            name or f"Warehouse {number}",
            Address(country, postal_code, city),
            frozenset(countries if countries is not None else [country]),
            None if channels is None else frozenset(channels),
            pickup,
            email,
        )
        self.state.warehouses[key] = row
        return row

    def make_category(self, name: str = "") -> str:
        """A category; answers its id."""
        return to_global("Category", next(_count))

    def make_variant(
        self,
        *,
        sku: str = "",
        price: int = 1000,
        stock: Mapping[Warehouse, int] | None = None,
        weight_grams: int | None = None,
        tracks_stock: bool = True,
        requires_shipping: bool = True,
        is_gift_card: bool = False,
        category: str | None = None,
    ) -> Variant:
        """A variant of a product of its own, with stock rows in the named warehouses."""
        number = next(_count)
        sku = sku or f"SKU-{number}"
        product = to_global("Product", number)
        row = Variant(to_global("ProductVariant", number), sku, sku, product, f"Product {number}", tracks_stock)
        self.state.variants[row.id] = row
        self.state.facts[row.id] = VariantFacts(price, weight_grams, requires_shipping, is_gift_card, category)
        for warehouse, units in (stock or {}).items():
            self.set_stock(row, warehouse, units)
        return row

    def set_stock(self, variant: Variant, warehouse: Warehouse, on_hand: int | None) -> None:
        """Overwrite stock on hand, negative too; None removes the row with its allocations."""
        slot = (variant.id, warehouse.id)
        if on_hand is not None:
            self.state.on_hand[slot] = on_hand
            return
        self.state.on_hand.pop(slot, None)
        for line_id, warehouse_id in list(self.state.allocations):
            if warehouse_id == warehouse.id and self.state.line_variants[line_id] == variant.id:
                del self.state.allocations[line_id, warehouse_id]

    def reserve(self, variant: Variant, warehouse: Warehouse, quantity: int, *, expired: bool = False) -> None:
        """A checkout's reservation, live for an hour or expired an hour ago."""
        until = clock.now() + timedelta(hours=-1 if expired else 1)
        slot = (variant.id, warehouse.id)
        rows = self.state.reservations.get(slot, ())
        self.state.reservations[slot] = (*rows, Reservation(quantity, until))

    def make_order(
        self,
        lines: Sequence[tuple[Variant, int]],
        *,
        country: str = "US",
        postal_code: str = "",
        allocate: bool | Mapping[Warehouse, int] = True,
        paid: bool = True,
        status: OrderStatus = OrderStatus.UNFULFILLED,
        created: datetime | None = None,
        shipping: int = 0,
        tax_percent: int = 0,
        user_id: str | None = None,
        email: str = "shopper@example.com",
        currency: str = "USD",
        channel: str = "default",
        collection_point: Warehouse | None = None,
    ) -> Order:
        """An order, paid by one captured payment.

        `allocate` True promises each line from the warehouses in id order wherever units are free,
        False promises nothing, a mapping gives the first line units per warehouse without a check.
        """
        number = next(_count)
        rows = tuple(self._line(variant, units, tax_percent) for variant, units in lines)
        gross = sum(row.total_gross for row in rows) + shipping
        net_shipping = shipping * 100 // (100 + tax_percent)
        order = Order(
            id=to_global("Order", number),
            number=f"{number}",
            status=status,
            created=created or clock.now(),
            currency=currency,
            total_net=sum(row.total_net for row in rows) + net_shipping,
            total_gross=gross,
            shipping_net=net_shipping,
            shipping_gross=shipping,
            lines=rows,
            shipping_address=Address(country, postal_code) if country else None,
            channel=channel,
            user_id=user_id,
            email=email,
            collection_point_id=collection_point.id if collection_point else None,
            is_paid=paid,
        )
        self.state.orders[order.id] = order
        if isinstance(allocate, Mapping):
            for warehouse, units in allocate.items():
                self.promise(order.lines[0].id, warehouse, units)
        elif allocate:
            self._allocate_like_saleor(order)
        if paid and gross:
            self.make_payment(order, gross)
        return order

    def _line(self, variant: Variant, units: int, tax_percent: int) -> OrderLine:
        facts = self.state.facts[variant.id]
        gross = facts.price * units
        line = OrderLine(
            id=to_global("OrderLine", next(_count)),
            variant_id=variant.id,
            sku=variant.sku,
            name=variant.product_name,
            quantity=units,
            quantity_fulfilled=0,
            total_net=gross * 100 // (100 + tax_percent),
            total_gross=gross,
            requires_shipping=facts.requires_shipping,
            tracks_stock=variant.tracks_stock,
            is_gift_card=facts.is_gift_card,
            weight_grams=facts.weight_grams,
            product_id=variant.product_id,
            category_id=facts.category_id,
        )
        self.state.line_variants[line.id] = variant.id
        return line

    def _allocate_like_saleor(self, order: Order) -> None:
        plan: list[Allocation] = []
        taken: dict[tuple[str, str], int] = {}
        for line in order.lines:
            if not line.tracks_stock or not line.variant_id:
                continue
            need = line.quantity
            for stock in self.stocks({line.variant_id}):
                slot = (line.variant_id, stock.warehouse_id)
                units = min(need, stock.free - taken.get(slot, 0))
                if units > 0:
                    plan.append(Allocation(line.id, stock.warehouse_id, units))
                    taken[slot] = taken.get(slot, 0) + units
                    need -= units
        self.allocate(order.id, plan)

    def promise(self, line_id: str, warehouse: Warehouse, units: int) -> None:
        """Write an allocation without any check, as Saleor 3.23's defect does."""
        self.state.allocations[line_id, warehouse.id] = units

    def set_status(self, order: Order, status: OrderStatus) -> Order:
        """Put the order into `status`; cancelling lets its allocations go, as Saleor does."""
        if status is OrderStatus.CANCELED:
            self.allocate(order.id, [])
        self.state.orders[order.id] = replace(self.order(order.id), status=status)
        return self.state.orders[order.id]

    def drop_variant(self, order: Order) -> Order:
        """The merchant deletes the variants of the order's lines."""
        lines = tuple(replace(line, variant_id=None, tracks_stock=False) for line in order.lines)
        for variant_id in {line.variant_id for line in order.lines if line.variant_id}:
            self.state.variants.pop(variant_id, None)
            for slot in [slot for slot in self.state.on_hand if slot[0] == variant_id]:
                del self.state.on_hand[slot]
        for slot in [slot for slot in self.state.allocations if order.line(slot[0])]:
            del self.state.allocations[slot]
        self.state.orders[order.id] = replace(order, lines=lines)
        return self.state.orders[order.id]

    def make_payment(self, order: Order, captured: int, *, refunded: int = 0, gateway: str = "dummy") -> Payment:
        """A payment of the order with `captured` taken."""
        key = to_global("Payment", next(_count))
        row = Payment(key, gateway, order.currency, captured, refunded, captured - refunded)
        self.state.payments[key] = row
        self.state.payment_orders[key] = order.id
        return row

    def make_sale(self, variant: Variant, quantity: int, at: datetime, country: str = "US") -> Sale:
        """A sale of the past, without the order around it."""
        number = next(_count)
        row = Sale(
            to_global("Order", number), to_global("OrderLine", number), variant.id, quantity, at, country
        )
        self.state.sales[row.line_id] = row
        return row

    def make_asker(self, kind: AskerKind, *permissions: str) -> tuple[Asker, str]:
        """Somebody who may ask, and the token that says so."""
        number = next(_count)
        what = "App" if kind is AskerKind.APP else "User"
        row = Asker(kind, to_global(what, number), frozenset(permissions))
        token = f"token-{number}"
        self.state.askers[token] = row
        return row, token

    def switch_off(self, asker: Asker) -> None:
        """Deactivate the user or app behind `asker`."""
        for token in [token for token, row in self.state.askers.items() if row.id == asker.id]:
            del self.state.askers[token]

    def configure_plugin(self, plugin_id: str, *, active: bool = True, **values: Any) -> None:
        """Store a plugin's switch and settings."""
        self.state.plugins[plugin_id] = PluginConfiguration(active, values)

    def notes(self, order_id: str) -> list[str]:
        """The notes written into the order's history, oldest first."""
        return list(self.state.notes.get(order_id, ()))
