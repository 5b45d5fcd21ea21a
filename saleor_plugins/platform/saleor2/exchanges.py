"""New orders for exchanged goods on Saleor 2.10, as its own draft orders come to be."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from prices import TaxedMoney
from saleor.core.taxes import quantize_price
from saleor.core.utils.promo_code import generate_promo_code
from saleor.discount import DiscountValueType, VoucherType
from saleor.discount.models import Voucher
from saleor.discount.utils import fetch_active_discounts
from saleor.order import OrderStatus, events
from saleor.order.actions import handle_fully_paid_order
from saleor.order.models import Order, OrderLine
from saleor.order.utils import get_order_country, recalculate_order_weight
from saleor.plugins.manager import get_plugins_manager
from saleor.warehouse.management import allocate_stock

from ...kernel.errors import Invalid
from ..orm import convert
from ..orm.exchanges import NAME, OrmExchanges, copied
from .carts import Carts2
from .orders import Orders2


class Exchanges2(OrmExchanges, Carts2, Orders2):
    """`port.Exchanges` on Saleor 2.10."""

    def _blank(self, old: Any, units: dict[Any, int], rehearsal: bool) -> Any:
        # The key is the number: one that the sequence does not reach for a rehearsal.
        key = {"pk": 2**30 + secrets.randbelow(2**30)} if rehearsal else {}
        return Order.objects.create(**key, **copied(old))

    def _add_lines(self, row: Any, units: dict[Any, int]) -> list[Any]:
        discounts, plugins = fetch_active_discounts(), get_plugins_manager()
        return [_line(row, variant, number, discounts, plugins) for variant, number in units.items()]

    def _line_amounts(self, line: Any) -> tuple[Any, Any]:
        return (
            line.unit_price_net_amount * line.quantity,
            line.unit_price_gross_amount * line.quantity,
        )

    def _take_off(self, row: Any, lines: list[Any], off: list[tuple[int, int]], reason: str) -> None:
        value = convert.major(sum(gross for _, gross in off), row.currency)
        row.discount_amount, row.discount_name = value, NAME
        # When somebody sets the shipping, Saleor reckons the discount again from the order's voucher, and
        # without one there is none. This one is used up and over: nobody else can use it.
        row.voucher = Voucher.objects.create(
            type=VoucherType.ENTIRE_ORDER,
            name=f"{NAME}: {reason}"[:255],
            code=generate_promo_code(),
            usage_limit=1,
            used=1,
            end_date=timezone.now() - timedelta(days=1),
            discount_value_type=DiscountValueType.FIXED,
            discount_value=value,
        )
        row.save(update_fields=["discount_amount", "discount_name", "voucher"])
        net = convert.major(sum(net for net, _ in off), row.currency)
        self._total(row, lines, net, value)

    def _total(self, row: Any, lines: list[Any], off_net: Any, off_gross: Any) -> None:
        amounts = [self._line_amounts(line) for line in lines]
        row.total_net_amount = sum(net for net, _ in amounts) - off_net
        row.total_gross_amount = sum(gross for _, gross in amounts) - off_gross
        row.save(update_fields=["total_net_amount", "total_gross_amount"])

    def _place(self, row: Any, lines: list[Any]) -> None:
        if not row.discount_amount:
            self._total(row, lines, 0, 0)
        recalculate_order_weight(row)
        row.status = OrderStatus.UNFULFILLED
        if not row.is_shipping_required() and row.shipping_address:
            row.shipping_address.delete()
            row.shipping_address = None
        row.save(update_fields=["status", "shipping_address"])
        country = get_order_country(row)
        for line in lines:
            if line.variant.track_inventory:
                allocate_stock(line, country, line.quantity)

    def _tell_placed(self, row: Any, old: Any, lines: list[Any]) -> Callable[[], None]:
        events.order_created_event(order=row, user=None, from_draft=True)

        def after() -> None:
            fresh = Order.objects.get(pk=row.pk)
            get_plugins_manager().order_created(fresh)
            if not fresh.total_gross_amount:
                handle_fully_paid_order(fresh)

        return after


def _line(row: Any, variant: Any, units: int, discounts: Any, plugins: Any) -> Any:
    """As `add_variant_to_draft_order`, which cannot divide by the price of what is free."""
    price = variant.get_price(discounts)
    if price.currency != row.currency:
        raise Invalid(f"Not sold in {row.currency}.", field="variantId", code="NOT_SOLD")
    product, name = str(variant.product), str(variant)
    translated = str(variant.product.translated), str(variant.translated)
    line = OrderLine(
        order=row,
        product_name=product,
        variant_name=name,
        translated_product_name=translated[0] if translated[0] != product else "",
        translated_variant_name=translated[1] if translated[1] != name else "",
        product_sku=variant.sku,
        is_shipping_required=variant.is_shipping_required(),
        quantity=units,
        unit_price=quantize_price(TaxedMoney(net=price, gross=price), row.currency),
        variant=variant,
    )
    line.save()
    line.unit_price = quantize_price(plugins.calculate_order_line_unit(line), row.currency)
    net = line.unit_price.net.amount
    line.tax_rate = line.unit_price.tax.amount / net if net else 0
    line.save()
    return line
