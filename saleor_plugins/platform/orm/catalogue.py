"""Categories, products and customers' groups, in the tables of either generation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from saleor.account.models import User
from saleor.product.models import Category, Product, ProductVariant

from ...kernel import clock
from ...kernel.errors import NotFound
from .. import port
from ..groups import KEYS, groups_in
from ..metadata import with_values
from . import convert

COLUMNS = (
    "pk",
    "name",
    "product_type_id",
    "category_id",
    "metadata",
    "product_type__metadata",
    "product_type__is_shipping_required",
)

# By parents: the numbers of the nested set may be stale after an import. The bound ends what goes in circles.
_LINEAGE = """
    WITH RECURSIVE up (leaf, id, depth) AS (
        SELECT id, id, 0 FROM {table} WHERE id = ANY(%s)
        UNION ALL
        SELECT up.leaf, category.parent_id, up.depth + 1 FROM up JOIN {table} category ON category.id = up.id
        WHERE category.parent_id IS NOT NULL AND up.depth < 100
    )
    SELECT leaf, array_agg(id ORDER BY depth DESC) FROM up GROUP BY leaf
"""


class OrmCatalogue:
    """`port.Catalogue`."""

    # Columns of a variant that say when it was changed.
    variant_dates: tuple[str, ...] = ()

    def currencies(self) -> dict[str, str]:
        return {"": str(settings.DEFAULT_CURRENCY)}

    def prices(self, variant_ids: Collection[str]) -> dict[str, dict[str, port.Price]]:
        rows = ProductVariant.objects.order_by().filter(pk__in=convert.pks(ProductVariant, variant_ids))
        columns = ("pk", "price_override_amount", "product__price_amount", "product__currency")
        return {
            convert.gid("ProductVariant", key): {"": price(listed if own is None else own, currency)}
            for key, own, listed, currency in rows.values_list(*columns)
        }

    def lineage(self, category_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        keys = convert.pks(Category, category_ids)
        if not keys:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(_LINEAGE.format(table=Category._meta.db_table), [keys])
            return {convert.gid("Category", leaf): _categories(way) for leaf, way in cursor.fetchall()}

    def customer_groups(self, user_id: str) -> frozenset[str]:
        return self.groups_of_customers([user_id]).get(user_id, frozenset())

    def groups_of_customers(self, user_ids: Collection[str]) -> dict[str, frozenset[str]]:
        users = User.objects.order_by().filter(pk__in=convert.pks(User, user_ids), is_active=True)
        rows = users.filter(metadata__has_any_keys=KEYS).values_list("pk", "metadata")
        named = {convert.gid("User", key): groups_in(convert.metadata(stored)) for key, stored in rows}
        return {key: groups for key, groups in named.items() if groups}

    def products(
        self, *, after: str | None = None, limit: int = 500, changed_since: datetime | None = None
    ) -> list[port.Product]:
        rows = _changed(changed_since).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=convert.pk(Product, after, field="after"))
        return [_product(row) for row in rows.values(*COLUMNS)[:limit]]

    def count_products(self, *, changed_since: datetime | None = None) -> int:
        return _changed(changed_since).count()

    def products_of(self, ids: Collection[str]) -> list[port.Product]:
        rows = Product.objects.filter(pk__in=convert.pks(Product, ids)).order_by("pk")
        return [_product(row) for row in rows.values(*COLUMNS)]

    def set_product_metadata(self, product_id: str, values: Mapping[str, str | None]) -> bool:
        key = convert.pk(Product, product_id, field="productId")
        return _set_metadata(Product.objects.order_by().filter(pk=key), values, "productId", ("updated_at",))

    def variant_metadata(self, ids: Collection[str]) -> dict[str, Mapping[str, str]]:
        rows = ProductVariant.objects.order_by().filter(pk__in=convert.pks(ProductVariant, ids))
        found = rows.values_list("pk", "metadata")
        return {convert.gid("ProductVariant", key): convert.metadata(stored) for key, stored in found}

    def set_variant_metadata(self, variant_id: str, values: Mapping[str, str | None]) -> bool:
        key = convert.pk(ProductVariant, variant_id, field="variantId")
        rows = ProductVariant.objects.order_by().filter(pk=key)
        return _set_metadata(rows, values, "variantId", self.variant_dates)


def price(amount: Decimal, currency: str) -> port.Price:
    """A stored price as the port's."""
    return port.Price(convert.minor(amount, currency), currency)


def _set_metadata(
    rows: QuerySet[Any], values: Mapping[str, str | None], field: str, dates: tuple[str, ...]
) -> bool:
    """Set the metadata of the one row; `dates` are the columns by which feeds and storefronts see that."""
    with transaction.atomic():
        found = rows.select_for_update(of=("self",)).values_list("metadata").first()
        if found is None:
            raise NotFound("There is no such object.", field=field)
        before = found[0] or {}
        now = with_values(before, values)
        if now != before:
            rows.update(metadata=now, **dict.fromkeys(dates, clock.now()))
    return bool(now != before)


def _changed(since: datetime | None) -> QuerySet[Any]:
    rows = Product.objects.order_by()
    return rows if since is None else rows.filter(updated_at__gte=since)


def _categories(keys: list[Any]) -> tuple[str, ...]:
    return tuple(convert.gid("Category", key) for key in keys)


def _product(row: Mapping[str, Any]) -> port.Product:
    return port.Product(
        id=convert.gid("Product", row["pk"]),
        name=row["name"],
        product_type_id=convert.gid("ProductType", row["product_type_id"]),
        category_id=convert.gid_or_none("Category", row["category_id"]),
        requires_shipping=row["product_type__is_shipping_required"],
        metadata=convert.metadata(row["metadata"]),
        type_metadata=convert.metadata(row["product_type__metadata"]),
    )
