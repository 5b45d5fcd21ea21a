"""Builders: how tests and simulations fill an in-memory shop."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ...kernel import clock
from ...kernel.ids import to_global
from ..port import (
    Address,
    Asker,
    AskerKind,
    Cart,
    PluginConfiguration,
    Product,
    Sale,
    Variant,
    Warehouse,
)
from .build_orders import OrderBuilders, count
from .catalogue import CatalogueInMemory
from .state import Reservation, VariantFacts


class Builders(OrderBuilders, CatalogueInMemory):
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
        number = next(count)
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

    def make_category(self, name: str = "", *, parent: str | None = None) -> str:
        """A category, below `parent` if given; answers its id."""
        key = to_global("Category", next(count))
        self.state.categories[key] = parent
        return key

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
        product_type: str | None = None,
        is_preorder: bool = False,
        metadata: Mapping[str, str] | None = None,
        product_metadata: Mapping[str, str] | None = None,
        type_metadata: Mapping[str, str] | None = None,
        sibling_of: Variant | None = None,
    ) -> Variant:
        """A variant of a product of its own, or of `sibling_of`'s, with stock rows in the named warehouses.

        `product_type` is the id of a type to share, that of another variant's line; None makes a new one.
        """
        number = next(count)
        sku = sku or f"SKU-{number}"
        product = sibling_of.product_id if sibling_of else to_global("Product", number)
        name = sibling_of.product_name if sibling_of else f"Product {number}"
        row = Variant(to_global("ProductVariant", number), sku, sku, product, name, tracks_stock)
        self.state.variants[row.id] = row
        self.state.facts[row.id] = VariantFacts(
            price,
            weight_grams,
            requires_shipping,
            is_gift_card,
            category,
            product_type or to_global("ProductType", number),
            is_preorder,
            {**(type_metadata or {}), **(product_metadata or {}), **(metadata or {})},
        )
        self.state.variant_metadata[row.id] = dict(metadata or {})
        if not sibling_of:
            self._save_product(
                Product(
                    product,
                    row.product_name,
                    self.state.facts[row.id].product_type_id or "",
                    category,
                    requires_shipping,
                    dict(product_metadata or {}),
                    dict(type_metadata or {}),
                )
            )
        for warehouse, units in (stock or {}).items():
            self.set_stock(row, warehouse, units)
        return row

    def move_product(self, product_id: str, category: str | None) -> None:
        """The merchant puts the product into another category."""
        self._save_product(replace(self.state.products[product_id], category_id=category))

    def delete_product(self, product_id: str) -> None:
        """The merchant deletes the product."""
        del self.state.products[product_id]

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

    def reserve(
        self,
        variant: Variant,
        warehouse: Warehouse,
        quantity: int,
        *,
        expired: bool = False,
        cart: Cart | None = None,
    ) -> None:
        """A checkout's reservation, live for an hour or expired an hour ago; of `cart` or of another one."""
        until = clock.now() + timedelta(hours=-1 if expired else 1)
        slot = (variant.id, warehouse.id)
        rows = self.state.reservations.get(slot, ())
        self.state.reservations[slot] = (*rows, Reservation(quantity, until, cart.id if cart else ""))

    def make_sale(self, variant: Variant, quantity: int, at: datetime, country: str = "US") -> Sale:
        """A sale of the past, without the order around it."""
        number = next(count)
        row = Sale(
            to_global("Order", number), to_global("OrderLine", number), variant.id, quantity, at, country
        )
        self.state.sales[row.line_id] = row
        return row

    def make_asker(self, kind: AskerKind, *permissions: str) -> tuple[Asker, str]:
        """Somebody who may ask, and the token that says so."""
        number = next(count)
        what = "App" if kind is AskerKind.APP else "User"
        row = Asker(kind, to_global(what, number), frozenset(permissions))
        token = f"token-{number}"
        self.state.askers[token] = row
        return row, token

    def set_user_metadata(self, user_id: str, metadata: Mapping[str, str]) -> None:
        """Public metadata of a user."""
        self.state.user_metadata[user_id] = metadata

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
