"""Real checkouts and shipping methods."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import from_minor
from saleor_plugins.platform import port
from tests.realshop.base import THREE, count, key, model
from tests.realshop.people import PeopleBuilders


class CartBuilders(PeopleBuilders):
    """What shoppers are about to buy."""

    def make_shipping_method(
        self,
        name: str,
        *,
        price: int = 500,
        countries: Collection[str] = ("US",),
        min_days: int | None = None,
        max_days: int | None = None,
        channel: str = "default",
    ) -> port.ShippingMethod:
        """A way of shipping to `countries`, at any price and weight."""
        zone = model("shipping.ShippingZone").objects.create(
            name=f"Method zone {next(count)}", countries=sorted(countries)
        )
        amount = from_minor(price, "USD")
        if not THREE:
            row = zone.shipping_methods.create(name=name, type="price", currency="USD", price_amount=amount)
            return port.ShippingMethod(to_global("ShippingMethod", row.pk), name, price, "USD")
        days = {"minimum_delivery_days": min_days, "maximum_delivery_days": max_days}
        row = zone.shipping_methods.create(name=name, type="price", **days)
        listed = self.make_channel(channel)
        zone.channels.add(listed)
        row.channel_listings.create(channel=listed, currency="USD", price_amount=amount)
        return port.ShippingMethod(
            to_global("ShippingMethod", row.pk), name, price, "USD", min_days, max_days
        )

    def make_cart(
        self,
        lines: Sequence[tuple[port.Variant, int]],
        *,
        country: str = "US",
        postal_code: str = "",
        city: str = "",
        channel: str = "default",
        shipping_method: port.ShippingMethod | None = None,
        collection_point: port.Warehouse | None = None,
    ) -> port.Cart:
        """A checkout that nobody has completed."""
        address = self._address(country, postal_code, city) if country else None
        if THREE and address:
            model("account.Address").objects.filter(pk=address.pk).update(validation_skipped=True)
        facts: dict[str, Any] = {"shipping_address": address, "billing_address": address, "currency": "USD"}
        if THREE:
            facts |= {"channel": self.make_channel(channel), "country": country or "US"}
            facts |= (
                {"collection_point_id": key("Warehouse", collection_point.id)} if collection_point else {}
            )
        else:
            facts["quantity"] = sum(units for _, units in lines)
        row = model("checkout.Checkout").objects.create(email="shopper@example.com", **facts)
        for variant, units in lines:
            extra = {"currency": "USD"} if THREE else {}
            row.lines.create(variant_id=key("ProductVariant", variant.id), quantity=units, **extra)
        if shipping_method:
            self._choose(row, shipping_method)
        return self.shop.cart(to_global("Checkout", row.pk))

    def _choose(self, row: Any, method: port.ShippingMethod) -> None:
        chosen = key("ShippingMethod", method.id)
        if not hasattr(row, "deliveries"):  # before 3.23
            row.shipping_method_id = chosen
        else:
            row.assigned_delivery = row.deliveries.create(
                built_in_shipping_method_id=chosen,
                name=method.name,
                price_amount=from_minor(method.price, method.currency),
                currency=method.currency,
            )
            row.shipping_method_name = method.name
        row.save()

    def hook_objects(self, cart: port.Cart) -> tuple[Any, Any]:
        """What Saleor hands to hooks for this cart: a checkout, or a checkout info, and its lines."""
        row = model("checkout.Checkout").objects.get(pk=key("Checkout", cart.id))
        if not THREE:
            row.shipping_address, row.shipping_method  # read by Saleor before its hooks
            return row, list(row)
        from saleor.checkout.fetch import fetch_checkout_info, fetch_checkout_lines
        from saleor.plugins.manager import get_plugins_manager

        lines, _ = fetch_checkout_lines(row)
        info = fetch_checkout_info(row, lines, get_plugins_manager(allow_replica=False))
        info.get_delivery_method_info()
        return info, lines

    def hide(self, variant: port.Variant) -> None:
        """The merchant unpublishes the variant's product."""
        row = model("product.ProductVariant").objects.get(pk=key("ProductVariant", variant.id))
        if THREE:
            row.product.channel_listings.update(is_published=False)
        else:
            model("product.Product").objects.filter(pk=row.product_id).update(is_published=False)
