"""Carts of Saleor 3.x."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from measurement.measures import Weight
from prices import Money
from saleor.account.models import Address
from saleor.channel.models import Channel
from saleor.checkout import complete_checkout
from saleor.checkout.base_calculations import base_checkout_delivery_price
from saleor.checkout.error_codes import CheckoutErrorCode
from saleor.checkout.models import Checkout
from saleor.product import ProductTypeKind
from saleor.product.models import Product, ProductVariant, ProductVariantChannelListing
from saleor.shipping.models import ShippingMethod
from saleor.shipping.postal_codes import filter_shipping_methods_by_postal_code_rules
from saleor.warehouse.models import Reservation

from ...kernel.errors import NotFound, Required
from .. import port
from ..orm import convert
from ..orm.carts import VARIANT, OrmCarts
from ..orm.stocks import OrmStocks, Row
from .context import call

KIND = "variant__product__product_type__kind"


class Carts3(OrmCarts, OrmStocks):
    """`port.Carts` on Saleor 3.x."""

    reckons_total_apart = True
    goods_columns = (KIND, "variant__is_preorder", "variant__preorder_end_date")
    cart_line_columns = ("metadata",)

    def cart_of(self, checkout: Any, lines: Iterable[Any] | None = None) -> port.Cart:
        infos = list(checkout.lines if lines is None else lines)
        found = tuple(self._line_of(info) for info in infos)
        cart = self._to_cart(checkout.checkout, checkout.shipping_address, found)
        after = convert.minor(base_checkout_delivery_price(checkout, infos).amount, cart.currency)
        return replace(cart, shipping_discount=max(cart.shipping_price - after, 0))

    def _line_of(self, info: Any) -> port.OrderLine:
        row = {name: _walk(info, name) for name in (*VARIANT, *self.goods_columns, "pk", "metadata")}
        return self._to_goods("CheckoutLine", row, info.line.quantity)

    def _goods_facts(self, row: Row) -> dict[str, Any]:
        facts: dict[str, Any] = {"is_gift_card": row[KIND] == ProductTypeKind.GIFT_CARD}
        ends = row["variant__preorder_end_date"]
        if row["variant__is_preorder"] and (ends is None or timezone.now() <= ends):
            facts |= {"tracks_stock": False, "is_preorder": True}
        return facts

    def refuse(self, checkout: Any, problems: Sequence[port.CartProblem]) -> NoReturn:
        _release_voucher(checkout)
        raise ValidationError(
            {
                "lines": [
                    ValidationError(
                        row.message,
                        code=_code(row),
                        params={"lines": [row.line_id], "variants": [row.variant_id]},
                    )
                    for row in problems
                ]
            }
        )

    def _carts(self) -> QuerySet[Any]:
        return super()._carts().select_related("shipping_address", "channel")

    def _cart_facts(self, row: Any) -> dict[str, Any]:
        delivery = getattr(row, "assigned_delivery", None)
        method = delivery.shipping_method_id if delivery else row.shipping_method_id
        return {
            "channel": row.channel.slug,
            "shipping_price": convert.minor(delivery.price_amount, row.currency) if delivery else 0,
            "shipping_method": (delivery and delivery.name) or row.shipping_method_name or "",
            "shipping_method_id": convert.gid_or_none("ShippingMethod", method),
            "collection_point_id": convert.gid_or_none("Warehouse", row.collection_point_id),
        }

    def _subtotal(self, row: Any) -> int:
        return convert.minor(row.subtotal_gross_amount, row.currency)

    def _visible(self, channel: str) -> tuple[str, str, QuerySet[Any]]:
        row = _channel(channel)
        rows = call(ProductVariant.objects.visible_to_user, None, row, limited_channel_access=True)
        listings = ProductVariantChannelListing.objects.filter(variant=OuterRef("pk"), channel_id=row.pk)
        return (
            row.slug,
            row.currency_code,
            rows.annotate(price=Subquery(listings.values("discounted_price_amount"))),
        )

    def _methods(self, cart: port.Cart, address: port.Address, price: Money, weight: Weight) -> Iterable[Any]:
        products = {convert.pk(Product, line.product_id) for line in cart.lines if line.product_id}
        found = ShippingMethod.objects.applicable_shipping_methods(
            price=price,
            channel_id=_channel(cart.channel).pk,
            weight=weight,
            country_code=address.country,
            product_ids=products,
        ).prefetch_related("postal_code_rules")
        listed: Iterable[Any] = filter_shipping_methods_by_postal_code_rules(
            found, Address(country=address.country, postal_code=address.postal_code)
        )
        return listed

    def allocations_of(self, order_ids: Collection[str]) -> dict[str, list[port.Allocation]]:
        found = super().allocations_of(order_ids)
        if carts := convert.pks(Checkout, order_ids):
            rows = Reservation.objects.filter(
                checkout_line__checkout_id__in=carts,
                quantity_reserved__gt=0,
                reserved_until__gt=timezone.now(),
            ).order_by("checkout_line_id", "stock__warehouse_id")
            columns = (
                "checkout_line__checkout_id",
                "checkout_line_id",
                "stock__warehouse_id",
                "quantity_reserved",
            )
            for cart, line, warehouse, units in rows.values_list(*columns):
                held = port.Allocation(
                    convert.gid("CheckoutLine", line), convert.gid("Warehouse", warehouse), units
                )
                found[convert.gid("Checkout", cart)].append(held)
        return found


# What a line info carries; the line itself may have been loaded without its variant.
PARTS = (
    ("variant__product__product_type__", "product_type"),
    ("variant__product__", "product"),
    ("variant__", "variant"),
    ("", "line"),
)


def _walk(info: Any, path: str) -> Any:
    """The column at `path`, as seen from a checkout's line."""
    prefix, part = next((prefix, part) for prefix, part in PARTS if path.startswith(prefix))
    return getattr(getattr(info, part), path.removeprefix(prefix))


def _channel(slug: str) -> Any:
    rows = Channel.objects.filter(is_active=True)
    if slug:
        row = rows.filter(slug=slug).first()
        if row is None:
            raise NotFound("No such channel.", field="channel")
        return row
    only = list(rows[:2])
    if len(only) != 1:
        raise Required("Name a channel.", field="channel")
    return only[0]


def _release_voucher(info: Any) -> None:
    """Saleor counts the voucher as used before it asks plugins, and undoes that for its own errors only."""
    if getattr(info.checkout, "is_voucher_usage_increased", False):
        email = complete_checkout.get_customer_email_for_voucher_usage(info)
        complete_checkout._release_checkout_voucher_usage(
            info.checkout, info.voucher_code, info.voucher, email
        )


def _code(problem: port.CartProblem) -> str:
    return (CheckoutErrorCode.INSUFFICIENT_STOCK if problem.short else CheckoutErrorCode.INVALID).value
