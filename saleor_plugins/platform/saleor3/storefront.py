"""What shoppers see of Saleor 3.x, channel by channel."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from saleor.product.models import ProductChannelListing
from saleor.warehouse import WarehouseClickAndCollectOption
from saleor.warehouse.models import Warehouse

from ...kernel import clock
from ..orm.storefront import OrmStorefront

_POINTS = (WarehouseClickAndCollectOption.LOCAL_STOCK, WarehouseClickAndCollectOption.ALL_WAREHOUSES)


class Storefront3(OrmStorefront):
    """`port.Storefront` on Saleor 3.x."""

    proven = Q(is_confirmed=True)

    def _for_sale(self, rows: QuerySet[Any], channel: str) -> QuerySet[Any]:
        listed = ProductChannelListing.objects.filter(
            product=OuterRef("product_id"),
            channel__slug=channel,
            available_for_purchase_at__lte=clock.now(),
        )
        return rows.filter(Exists(listed))

    def _serving(self, channel: str, country: str) -> QuerySet[Any]:
        # As StockQuerySet.for_channel_and_country: both the warehouse and its zone must be in the channel.
        zones = Warehouse.shipping_zones.through.objects.filter(
            warehouse=OuterRef("pk"), shippingzone__channels__slug=channel
        )
        if country:
            zones = zones.filter(shippingzone__countries__contains=country)
        ships = Q(Exists(zones))
        if not country:
            ships |= Q(click_and_collect_option__in=_POINTS)
        return Warehouse.objects.filter(ships, channels__slug=channel).distinct()
