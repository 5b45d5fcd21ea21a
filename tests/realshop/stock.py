"""Real warehouses, variants, stock and reservations."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from measurement.measures import Weight

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import from_minor
from saleor_plugins.platform import port
from tests.realshop.base import THREE, Base, count, key, model


class StockBuilders(Base):
    """What the merchant has set up."""

    def make_channel(self, slug: str = "default") -> Any:
        defaults = {"name": slug, "currency_code": "USD", "is_active": True, "default_country": "US"}
        row = model("channel.Channel").objects.get_or_create(slug=slug, defaults=defaults)[0]
        model("tax.TaxConfiguration").objects.get_or_create(channel=row)
        return row

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
    ) -> port.Warehouse:
        number = next(count)
        row = model("warehouse.Warehouse").objects.create(
            name=name or f"Warehouse {number}",
            slug=f"{slugify(name or 'warehouse')}-{uuid.uuid4()}",
            address=self._address(country, postal_code, city),
            email=email,
            **({"click_and_collect_option": "local" if pickup else "disabled"} if THREE else {}),
        )
        zone = model("shipping.ShippingZone").objects.create(
            name=f"Zone {number}", countries=sorted([country] if countries is None else countries)
        )
        row.shipping_zones.add(zone)
        for slug in (channels or ()) if THREE else ():
            channel = self.make_channel(slug)
            row.channels.add(channel)
            zone.channels.add(channel)
        return next(found for found in self.shop.warehouses() if found.id == to_global("Warehouse", row.pk))

    def _address(self, country: str, postal_code: str = "", city: str = "") -> Any:
        return model("account.Address").objects.create(
            first_name="Ada", last_name="Shopper", street_address_1="1 Main Street", city=city,
            postal_code=postal_code, country=country,
        )  # fmt: skip

    def make_category(self, name: str = "", *, parent: str | None = None) -> str:
        name = name or f"Category {next(count)}"
        above = key("Category", parent) if parent else None
        slug = f"{slugify(name)}-{uuid.uuid4()}"
        row = model("product.Category").objects.create(name=name, slug=slug, parent_id=above)
        return to_global("Category", row.pk)

    def make_variant(
        self,
        *,
        sku: str = "",
        price: int = 1000,
        stock: Mapping[port.Warehouse, int] | None = None,
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
        sibling_of: port.Variant | None = None,
    ) -> port.Variant:
        sku = sku or f"SKU-{uuid.uuid4().hex[:12]}"
        amount = from_minor(price, "USD")
        if sibling_of:
            product = model("product.Product").objects.get(pk=key("Product", sibling_of.product_id))
        else:
            product = self._product(
                sku, amount, product_type, requires_shipping, is_gift_card, category,
                product_metadata, type_metadata,
            )  # fmt: skip
        row = model("product.ProductVariant").objects.create(
            product=product,
            sku=sku,
            name=sku,
            track_inventory=tracks_stock,
            weight=Weight(g=weight_grams) if weight_grams else None,
            metadata=dict(metadata or {}),
            **(
                {"is_preorder": is_preorder}
                if THREE
                else {"price_override_amount": amount if sibling_of else None}
            ),
        )
        if THREE:
            self._list(product, row, amount)
        found = self.shop.variants([to_global("ProductVariant", row.pk)])[0]
        for warehouse, units in (stock or {}).items():
            self.set_stock(found, warehouse, units)
        return found

    def _product(
        self,
        sku: str,
        amount: Decimal,
        product_type: str | None,
        requires_shipping: bool,
        is_gift_card: bool,
        category: str | None,
        metadata: Mapping[str, str] | None,
        type_metadata: Mapping[str, str] | None,
    ) -> Any:
        if product_type:
            kind = model("product.ProductType").objects.get(pk=key("ProductType", product_type))
        else:
            kind = model("product.ProductType").objects.create(
                name="Things",
                slug=f"things-{uuid.uuid4()}",
                is_shipping_required=requires_shipping,
                metadata=dict(type_metadata or {}),
                **({"kind": "gift_card" if is_gift_card else "normal"} if THREE else {}),
            )
        return model("product.Product").objects.create(
            name=f"Product {sku}",
            slug=f"product-{uuid.uuid4()}",
            product_type=kind,
            metadata=dict(metadata or {}),
            category_id=key("Category", category) if category else None,
            **({} if THREE else {"price_amount": amount, "is_published": True}),
        )

    def move_product(self, product_id: str, category: str | None) -> None:
        """The merchant puts the product into another category."""
        row = model("product.Product").objects.get(pk=key("Product", product_id))
        row.category_id = key("Category", category) if category else None
        row.save()

    def delete_product(self, product_id: str) -> None:
        """The merchant deletes the product."""
        model("product.Product").objects.get(pk=key("Product", product_id)).delete()

    def _list(self, product: Any, variant: Any, amount: Decimal) -> None:
        listing = {"channel": self.make_channel(), "currency": "USD", "discounted_price_amount": amount}
        model("product.ProductChannelListing").objects.get_or_create(
            product=product, channel=listing["channel"], defaults={
                **listing, "is_published": True, "visible_in_listings": True,
                "available_for_purchase_at": timezone.now() - timedelta(days=1),
            },
        )  # fmt: skip
        model("product.ProductVariantChannelListing").objects.create(
            variant=variant, price_amount=amount, **listing
        )

    def doubt(self, user_id: str) -> None:
        """Nobody has proven the account's address."""
        rows = model("account.User").objects.filter(pk=key("User", user_id))
        rows.update(**({"is_confirmed": False} if THREE else {"is_active": False}))

    def _stock(self, variant: port.Variant | str, warehouse: port.Warehouse) -> Any:
        variant_id = variant if isinstance(variant, str) else variant.id
        return model("warehouse.Stock").objects.get(
            product_variant_id=key("ProductVariant", variant_id), warehouse_id=key("Warehouse", warehouse.id)
        )

    def set_stock(self, variant: port.Variant, warehouse: port.Warehouse, on_hand: int | None) -> None:
        """Overwrite stock on hand; None removes the row with its allocations."""
        if on_hand is None:
            self._stock(variant, warehouse).delete()
            return
        model("warehouse.Stock").objects.update_or_create(
            product_variant_id=key("ProductVariant", variant.id),
            warehouse_id=key("Warehouse", warehouse.id),
            defaults={"quantity": on_hand},
        )

    def reserve(
        self,
        variant: port.Variant,
        warehouse: port.Warehouse,
        quantity: int,
        *,
        expired: bool = False,
        cart: port.Cart | None = None,
    ) -> None:
        """A checkout's reservation, live for an hour or expired an hour ago. 3.x only."""
        if cart is None:
            checkout = model("checkout.Checkout").objects.create(channel=self.make_channel(), currency="USD")
        else:
            checkout = model("checkout.Checkout").objects.get(pk=key("Checkout", cart.id))
        line = checkout.lines.filter(variant_id=key("ProductVariant", variant.id)).first()
        line = line or checkout.lines.create(
            variant_id=key("ProductVariant", variant.id), quantity=quantity, currency="USD"
        )
        model("warehouse.Reservation").objects.create(
            checkout_line=line,
            stock=self._stock(variant, warehouse),
            quantity_reserved=quantity,
            reserved_until=timezone.now() + timedelta(hours=-1 if expired else 1),
        )
