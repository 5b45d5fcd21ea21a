"""The catalogue of Saleor 3.x: each channel has its currency and its prices."""

from __future__ import annotations

from collections.abc import Collection

from saleor.channel.models import Channel
from saleor.product.models import ProductVariant, ProductVariantChannelListing

from .. import port
from ..orm import convert
from ..orm.catalogue import OrmCatalogue, price


class Catalogue3(OrmCatalogue):
    """`port.Catalogue` on Saleor 3.x."""

    variant_dates = ("updated_at",)

    def currencies(self) -> dict[str, str]:
        return dict(Channel.objects.filter(is_active=True).values_list("slug", "currency_code"))

    def prices(self, variant_ids: Collection[str]) -> dict[str, dict[str, port.Price]]:
        rows = ProductVariantChannelListing.objects.order_by().filter(
            variant__in=convert.pks(ProductVariant, variant_ids),
            channel__is_active=True,
            price_amount__isnull=False,
        )
        found: dict[str, dict[str, port.Price]] = {}
        for key, slug, amount, currency in rows.values_list(
            "variant_id", "channel__slug", "price_amount", "currency"
        ):
            found.setdefault(convert.gid("ProductVariant", key), {})[slug] = price(amount, currency)
        return found
