"""What shoppers see of Saleor 2.10, which has no channels."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from saleor.warehouse.models import Warehouse

from ..orm.storefront import OrmStorefront


class Storefront2(OrmStorefront):
    """`port.Storefront` on Saleor 2.10: an account is switched on when its address is proven."""

    def _serving(self, channel: str, country: str) -> QuerySet[Any]:
        rows = Warehouse.objects.filter(shipping_zones__isnull=False)
        return rows.filter(shipping_zones__countries__contains=country) if country else rows
