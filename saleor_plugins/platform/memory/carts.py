"""Carts of the in-memory shop, and how tests and simulations fill them."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from ...kernel.errors import Invalid, Invalids
from ...kernel.ids import to_global
from ..port import Address, Cart, CartProblem, OrderLine, ShippingMethod, Variant, Warehouse
from .state import InMemory, Method, found

_ids = itertools.count(1)


class CartsInMemory(InMemory):
    """`port.Carts`; every variant can be seen, in every channel."""

    reckons_total_apart = False

    def cart(self, cart_id: str) -> Cart:
        with self._lock:
            row: Cart = found(self.state.carts, cart_id, "checkoutId")
            return row

    def cart_of(self, checkout: Any, lines: Iterable[Any] | None = None) -> Cart:
        return self.cart(checkout.id)

    def goods(
        self, items: Sequence[tuple[str, int]], *, address: Address | None = None, channel: str = ""
    ) -> Cart:
        with self._lock:
            variants = [
                (self.state.variants[key], units) for key, units in items if key in self.state.variants
            ]
        lines = tuple(self._goods(variant, units, variant.id) for variant, units in variants)
        price = sum(self.state.facts[variant.id].price * units for variant, units in variants)
        return Cart("", "USD", lines, channel or "default", address, subtotal=price)

    def shipping_methods(self, cart: Cart) -> list[ShippingMethod]:
        address = cart.shipping_address
        if address is None or not any(line.requires_shipping for line in cart.lines):
            return []
        with self._lock:
            rows = [
                row.method
                for row in self.state.methods.values()
                if address.country in row.countries and row.channel == cart.channel
            ]
        return sorted(rows, key=lambda method: (method.price, method.name, method.id))

    def refuse(self, checkout: Any, problems: Sequence[CartProblem]) -> NoReturn:
        raise Invalids([Invalid(row.message, field="lines") for row in problems])

    # -- what shoppers and merchants have done -----------------------------------------------

    def make_cart(
        self,
        lines: Sequence[tuple[Variant, int]],
        *,
        country: str = "US",
        postal_code: str = "",
        city: str = "",
        channel: str = "default",
        shipping_method: ShippingMethod | None = None,
        collection_point: Warehouse | None = None,
    ) -> Cart:
        """A checkout that nobody has completed."""
        key = to_global("Checkout", uuid.uuid4())
        goods = self.goods([(variant.id, units) for variant, units in lines])
        cart = Cart(
            key,
            "USD",
            tuple(replace(line, id=to_global("CheckoutLine", next(_ids))) for line in goods.lines),
            channel,
            Address(country, postal_code, city) if country else None,
            shipping_method.name if shipping_method else "",
            shipping_method.id if shipping_method else None,
            collection_point.id if collection_point else None,
            goods.subtotal,
            shipping_method.price if shipping_method else 0,
        )
        self.state.carts[key] = cart
        return cart

    def make_shipping_method(
        self,
        name: str,
        *,
        price: int = 500,
        countries: Collection[str] = ("US",),
        min_days: int | None = None,
        max_days: int | None = None,
        channel: str = "default",
    ) -> ShippingMethod:
        """A way of shipping to `countries`."""
        row = ShippingMethod(to_global("ShippingMethod", next(_ids)), name, price, "USD", min_days, max_days)
        self.state.methods[row.id] = Method(row, frozenset(countries), channel)
        return row

    def _goods(self, variant: Variant, units: int, line_id: str) -> OrderLine:
        facts = self.state.facts[variant.id]
        return OrderLine(
            id=line_id,
            variant_id=variant.id,
            sku=variant.sku,
            name=variant.product_name,
            quantity=units,
            quantity_fulfilled=0,
            total_net=0,
            total_gross=0,
            requires_shipping=facts.requires_shipping,
            tracks_stock=variant.tracks_stock and not facts.is_preorder,
            is_gift_card=facts.is_gift_card,
            weight_grams=facts.weight_grams,
            product_id=variant.product_id,
            category_id=facts.category_id,
            product_type_id=facts.product_type_id,
            is_preorder=facts.is_preorder,
            metadata=facts.metadata,
        )
