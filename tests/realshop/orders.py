"""Real orders, their promises and their states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import from_minor
from saleor_plugins.platform import port
from tests.realshop.base import CREATED, THREE, key, model, net
from tests.realshop.money import MoneyBuilders


class OrderBuilders(MoneyBuilders):
    """What shoppers have bought."""

    def make_order(
        self,
        lines: Sequence[tuple[port.Variant, int]],
        *,
        country: str = "US",
        postal_code: str = "",
        allocate: bool | Mapping[port.Warehouse, int] = True,
        paid: bool = True,
        status: port.OrderStatus = port.OrderStatus.UNFULFILLED,
        created: datetime | None = None,
        shipping: int = 0,
        tax_percent: int = 0,
        user_id: str | None = None,
        email: str = "shopper@example.com",
        currency: str = "USD",
        channel: str = "default",
        collection_point: port.Warehouse | None = None,
        city: str = "",
        shipping_method: str = "",
        metadata: Mapping[str, str] | None = None,
        language: str = "en",
    ) -> port.Order:
        """An order, paid by one captured payment of the dummy gateway."""
        stored = status.value.lower().replace("partially_fulfilled", "partially fulfilled")
        address = self._address(country, postal_code, city) if country else None
        extra: dict[str, Any] = {}
        if THREE:
            extra = {
                "channel": self.make_channel(channel),
                "lines_count": len(lines),
                "origin": "checkout",
                "should_refresh_prices": False,
                "collection_point_id": key("Warehouse", collection_point.id) if collection_point else None,
            }
        row = model("order.Order").objects.create(
            status=stored,
            user_id=key("User", user_id) if user_id else None,
            user_email=email,
            currency=currency,
            shipping_address=address,
            billing_address=address,
            shipping_method_name=shipping_method or None,
            metadata=dict(metadata or {}),
            language_code=language,
            shipping_price_gross_amount=from_minor(shipping, currency),
            shipping_price_net_amount=from_minor(net(shipping, tax_percent), currency),
            **{CREATED: created or timezone.now()},
            **extra,
        )
        totals = [self._line(row, variant, units, tax_percent) for variant, units in lines]
        gross = sum(totals) + shipping
        row.total_gross_amount = from_minor(gross, currency)
        row.total_net_amount = from_minor(
            sum(net(total, tax_percent) for total in totals) + net(shipping, tax_percent), currency
        )
        row.save()
        order = self.shop.order(to_global("Order", row.pk))
        if isinstance(allocate, Mapping):
            for warehouse, units in allocate.items():
                self.promise(self._line_of(order, lines[0][0]), warehouse, units)
        elif allocate:
            self._allocate(order)
        if paid and gross:
            self.make_payment(order, gross)
        return self.shop.order(order.id)

    def _line_of(self, order: port.Order, variant: port.Variant) -> str:
        return next(line.id for line in order.lines if line.variant_id == variant.id)

    def _line(self, order: Any, variant: port.Variant, units: int, tax_percent: int) -> int:
        row = (
            model("product.ProductVariant")
            .objects.select_related("product__product_type")
            .get(pk=key("ProductVariant", variant.id))
        )
        price = row.channel_listings.get().price_amount if THREE else row.product.price_amount
        gross = int(price * 100)
        unit = {
            "unit_price_gross_amount": from_minor(gross, order.currency),
            "unit_price_net_amount": from_minor(net(gross, tax_percent), order.currency),
        }
        if THREE:
            unit["total_price_gross_amount"] = from_minor(gross * units, order.currency)
            unit["total_price_net_amount"] = from_minor(net(gross * units, tax_percent), order.currency)
            unit["is_gift_card"] = row.product.product_type.kind == "gift_card"
            unit["base_unit_price_amount"] = unit["undiscounted_base_unit_price_amount"] = price
        order.lines.create(
            product_name=row.product.name,
            variant_name=row.name,
            product_sku=row.sku,
            is_shipping_required=row.product.product_type.is_shipping_required,
            quantity=units,
            variant=row,
            currency=order.currency,
            tax_rate=Decimal(tax_percent) / 100,
            **unit,
        )
        return gross * units

    def _allocate(self, order: port.Order) -> None:
        for line in order.lines:
            need = line.quantity if line.tracks_stock and line.variant_id else 0
            for stock in self.shop.stocks([line.variant_id]) if need and line.variant_id else ():
                units = min(need, stock.free)
                if units > 0:
                    warehouse = next(w for w in self.shop.warehouses() if w.id == stock.warehouse_id)
                    self.promise(line.id, warehouse, units)
                    need -= units

    def promise(self, line_id: str, warehouse: port.Warehouse, units: int) -> None:
        """Write an allocation without any check, as Saleor 3.23's defect does."""
        line = model("order.OrderLine").objects.get(pk=key("OrderLine", line_id))
        stock = self._stock(to_global("ProductVariant", line.variant_id), warehouse)
        line.allocations.update_or_create(stock=stock, defaults={"quantity_allocated": units})
        if THREE:
            stock.quantity_allocated = sum(stock.allocations.values_list("quantity_allocated", flat=True))
            stock.save()

    def set_status(self, order: port.Order, status: port.OrderStatus) -> port.Order:
        """Put the order into `status`; cancelling lets its allocations go, as Saleor does."""
        if status is port.OrderStatus.CANCELED:
            self.shop.allocate(order.id, [])
        stored = status.value.lower().replace("partially_fulfilled", "partially fulfilled")
        model("order.Order").objects.filter(pk=key("Order", order.id)).update(status=stored)
        return self.shop.order(order.id)

    def drop_variant(self, order: port.Order) -> port.Order:
        """The merchant deletes the variants of the order's lines."""
        for line in order.lines:
            if line.variant_id:
                model("product.ProductVariant").objects.filter(
                    pk=key("ProductVariant", line.variant_id)
                ).delete()
        return self.shop.order(order.id)

    def make_sale(self, variant: port.Variant, quantity: int, at: datetime, country: str = "US") -> port.Sale:
        """A sale of the past: a fulfilled order of one line."""
        order = self.make_order(
            [(variant, quantity)], country=country, allocate=False, paid=False, created=at,
            status=port.OrderStatus.FULFILLED,
        )  # fmt: skip
        return port.Sale(order.id, order.lines[0].id, variant.id, quantity, at, country)
