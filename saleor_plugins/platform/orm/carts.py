"""Carts, read from the tables of either generation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from measurement.measures import Weight
from prices import Money
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.product.models import ProductVariant

from ...kernel.errors import Invalid, NotFound
from ...kernel.ids import from_global
from .. import port
from . import convert
from .columns import GOODS, goods
from .prepared import Prepared, among
from .stocks import Row

VARIANT = (
    "variant_id",
    "variant__name",
    "variant__sku",
    "variant__product__name",
    "variant__product__product_type__is_shipping_required",
    *GOODS,
)


class OrmCarts:
    """`port.Carts`; the underscored methods are each generation's own."""

    # Columns of a variant, and of a checkout's line, that only this Saleor has.
    goods_columns: tuple[str, ...] = ()
    cart_line_columns: tuple[str, ...] = ()

    def _goods_facts(self, row: Row) -> dict[str, Any]:
        """What only some Saleors know of goods."""
        return {}

    def _visible(self, channel: str) -> tuple[str, str, QuerySet[Any]]:
        """The channel's name, its currency, and the variants that visitors see there with their `price`."""
        raise NotImplementedError

    def _cart_facts(self, row: Any) -> dict[str, Any]:
        """Channel, shipping method and collection point of a checkout."""
        raise NotImplementedError

    def _methods(self, cart: port.Cart, address: port.Address, price: Money, weight: Weight) -> Iterable[Any]:
        """Saleor's shipping methods for the cart, with their `price_amount`."""
        raise NotImplementedError

    def cart(self, cart_id: str) -> port.Cart:
        row = self._carts().filter(pk=_token(cart_id)).first()
        if row is None:
            raise NotFound("No such checkout.", field="checkoutId")
        cart = self._to_cart(row, row.shipping_address, self._cart_lines(row.pk))
        return replace(cart, subtotal=self._subtotal(row))

    def _subtotal(self, row: Any) -> int:
        """The price of a checkout's goods, in minor units."""
        raise NotImplementedError

    def _carts(self) -> QuerySet[Any]:
        return Checkout.objects.select_related("shipping_address")

    def _to_cart(self, row: Any, address: Any, lines: tuple[port.OrderLine, ...]) -> port.Cart:
        return port.Cart(
            id=convert.gid("Checkout", row.pk),
            currency=row.currency,
            lines=lines,
            shipping_address=convert.address(address) if address else None,
            **self._cart_facts(row),
        )

    def _cart_lines(self, key: Any) -> tuple[port.OrderLine, ...]:
        rows = self._lines_of_carts.rows([key])
        return tuple(self._to_goods("CheckoutLine", row, row["quantity"]) for row in rows)

    @cached_property
    def _lines_of_carts(self) -> Prepared:
        columns = ("pk", "quantity", *VARIANT, *self.goods_columns, *self.cart_line_columns)
        rows = among(CheckoutLine.objects.order_by("pk"), "checkout")
        return Prepared(lambda: rows.values(*columns))

    def _to_goods(self, kind: str, row: Row, units: int) -> port.OrderLine:
        name, variant = row["variant__product__name"], row["variant__name"]
        return port.OrderLine(
            id=convert.gid(kind, row["pk"]),
            variant_id=convert.gid("ProductVariant", row["variant_id"]),
            sku=row["variant__sku"] or "",
            name=f"{name} ({variant})" if variant else name,
            quantity=units,
            quantity_fulfilled=0,
            total_net=0,
            total_gross=0,
            requires_shipping=row["variant__product__product_type__is_shipping_required"],
            **{**goods(row), **self._goods_facts(row)},
        )

    def goods(
        self, items: Sequence[tuple[str, int]], *, address: port.Address | None = None, channel: str = ""
    ) -> port.Cart:
        channel, currency, visible = self._visible(channel)
        keys = convert.pks(ProductVariant, (variant_id for variant_id, _ in items))
        found: dict[str, tuple[port.OrderLine, int]] = {}
        # The columns are named as seen from a line, so that both are read by the same functions.
        own = {name: name.removeprefix("variant__") for name in (*VARIANT, *self.goods_columns)}
        columns = {**own, "variant_id": "pk"}
        for row in visible.filter(pk__in=keys).values(*dict.fromkeys(columns.values()), "price"):
            seen = {name: row[column] for name, column in columns.items()}
            line = self._to_goods("ProductVariant", {**seen, "pk": row["pk"]}, 1)
            found[line.id] = (line, convert.minor(row["price"], currency))
        wanted = [(*found[variant_id], units) for variant_id, units in items if variant_id in found]
        return port.Cart(
            id="",
            currency=currency,
            lines=tuple(_times(line, units) for line, _, units in wanted),
            channel=channel,
            shipping_address=address,
            subtotal=sum(price * units for _, price, units in wanted),
        )

    def shipping_methods(self, cart: port.Cart) -> list[port.ShippingMethod]:
        shipped = [line for line in cart.lines if line.requires_shipping]
        if cart.shipping_address is None or not cart.shipping_address.country or not shipped:
            return []
        price = Money(convert.major(cart.subtotal, cart.currency), cart.currency)
        # As Saleor, which also weighs what is not shipped.
        grams = sum((line.weight_grams or 0) * line.quantity for line in cart.lines)
        found = [
            port.ShippingMethod(
                id=convert.gid("ShippingMethod", row.pk),
                name=row.name,
                price=convert.minor(row.price_amount, cart.currency),
                currency=cart.currency,
                min_days=getattr(row, "minimum_delivery_days", None),
                max_days=getattr(row, "maximum_delivery_days", None),
            )
            for row in self._methods(cart, cart.shipping_address, price, Weight(g=grams))
        ]
        return sorted(found, key=lambda method: (method.price, method.name, method.id))


def _times(line: port.OrderLine, units: int) -> port.OrderLine:
    return replace(line, quantity=units)


def _token(cart_id: str) -> UUID:
    """The token, which is the key, inside a global id or alone."""
    try:
        return UUID(cart_id)
    except ValueError:
        pass
    try:
        return UUID(from_global(cart_id, "Checkout", field="checkoutId"))
    except (Invalid, ValueError):
        raise NotFound("No such checkout.", field="checkoutId") from None
