"""What shoppers see, in the tables of either generation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from saleor.account.models import User
from saleor.product.models import ProductVariant

from ...kernel.errors import NotFound, Required
from .. import port
from . import convert

COLUMNS = ("pk", "name", "product_id", "product__name", "product__slug")


class OrmStorefront:
    """`port.Storefront`; the underscored methods are each generation's own."""

    # What only some Saleors demand of an account before it counts as proven.
    proven: Q = Q()

    def _visible(self, channel: str) -> tuple[str, str, QuerySet[Any]]:
        raise NotImplementedError

    def _for_sale(self, rows: QuerySet[Any], channel: str) -> QuerySet[Any]:
        """Those of the visible variants that may be bought by now."""
        return rows

    def _serving(self, channel: str, country: str) -> QuerySet[Any]:
        """Warehouses that ship to the country in a channel that exists."""
        raise NotImplementedError

    def buyable(self, variant_ids: Collection[str], channel: str = "") -> dict[str, port.Buyable]:
        keys = convert.pks(ProductVariant, variant_ids)
        try:
            name, _, rows = self._visible(channel)
        except (NotFound, Required):
            return {}
        seen = self._for_sale(rows.filter(pk__in=keys, price__isnull=False), name).values(*COLUMNS)
        return {found.variant_id: found for found in (_buyable(row, name) for row in seen)}

    def serving(self, channel: str = "", country: str = "") -> frozenset[str]:
        try:
            name, _, _ = self._visible(channel)
        except (NotFound, Required):
            return frozenset()
        rows = self._serving(name, country).order_by().values_list("pk", flat=True)
        return frozenset(convert.gid("Warehouse", key) for key in rows)

    def account_email(self, user_id: str) -> str:
        rows = User.objects.filter(self.proven, pk__in=convert.pks(User, [user_id]), is_active=True)
        return str(rows.values_list("email", flat=True).first() or "")


def _buyable(row: dict[str, Any], channel: str) -> port.Buyable:
    name, variant = row["product__name"], row["name"]
    return port.Buyable(
        variant_id=convert.gid("ProductVariant", row["pk"]),
        product_id=convert.gid("Product", row["product_id"]),
        name=f"{name} ({variant})" if variant else name,
        slug=row["product__slug"] or "",
        channel=channel,
    )
