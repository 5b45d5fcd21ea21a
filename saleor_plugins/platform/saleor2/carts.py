"""Carts of Saleor 2.10."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from measurement.measures import Weight
from prices import Money
from saleor.checkout.error_codes import CheckoutErrorCode
from saleor.checkout.models import CheckoutLine
from saleor.product.models import Product, ProductVariant
from saleor.shipping.models import ShippingMethod

from .. import port
from ..orm import convert
from ..orm.carts import OrmCarts


class Carts2(OrmCarts):
    """`port.Carts` on Saleor 2.10."""

    reckons_total_apart = False

    def cart_of(self, checkout: Any, lines: Iterable[Any] | None = None) -> port.Cart:
        return self._to_cart(checkout, checkout.shipping_address, self._cart_lines(checkout.pk))

    def refuse(self, checkout: Any, problems: Sequence[port.CartProblem]) -> NoReturn:
        raise ValidationError({"lines": [ValidationError(row.message, code=_code(row)) for row in problems]})

    def _carts(self) -> QuerySet[Any]:
        return super()._carts().select_related("shipping_address", "shipping_method")

    def _cart_facts(self, row: Any) -> dict[str, Any]:
        method = row.shipping_method
        return {
            "shipping_method": method.name if method else "",
            # A voucher for shipping is taken off the total there.
            "shipping_price": convert.minor(method.price_amount, row.currency) if method else 0,
            "shipping_method_id": convert.gid_or_none("ShippingMethod", row.shipping_method_id),
        }

    def _subtotal(self, row: Any) -> int:
        # Sales are reckoned line by line in Python there; the limits of shipping methods do without.
        price = Coalesce("variant__price_override_amount", "variant__product__price_amount")
        lines = CheckoutLine.objects.filter(checkout_id=row.pk).order_by()
        total = lines.aggregate(total=Sum(price * F("quantity")))["total"]
        return convert.minor(total, row.currency)

    def _visible(self, channel: str) -> tuple[str, str, QuerySet[Any]]:
        rows = ProductVariant.objects.filter(product__in=Product.objects.published())
        priced = rows.annotate(price=Coalesce("price_override_amount", "product__price_amount"))
        return "", settings.DEFAULT_CURRENCY, priced

    def _methods(self, cart: port.Cart, address: port.Address, price: Money, weight: Weight) -> Iterable[Any]:
        found: Iterable[Any] = ShippingMethod.objects.applicable_shipping_methods(
            price, weight, address.country
        )
        return found


def _code(problem: port.CartProblem) -> str:
    return (CheckoutErrorCode.INSUFFICIENT_STOCK if problem.short else CheckoutErrorCode.INVALID).value
