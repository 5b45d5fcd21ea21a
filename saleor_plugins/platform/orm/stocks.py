"""Warehouses and stock, as both generations of Saleor store them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Coalesce
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Allocation, Stock, Warehouse

from ...kernel.errors import InsufficientStock, NotFound
from .. import port
from ..promises import SOLD
from . import convert
from .prepared import Prepared, Slot, among

# Rows fetched at once by a server-side cursor.
CHUNK = 2000

Row = dict[str, Any]
"""A row as columns by name."""


def total(rows: QuerySet[Any], column: str) -> Coalesce:
    """The sum of `column` over `rows`, which point at the outer stock by `stock`; 0 for none."""
    sums = rows.filter(stock=OuterRef("pk")).order_by().values("stock").annotate(sum=Sum(column))
    return Coalesce(Subquery(sums.values("sum"), output_field=IntegerField()), Value(0))


class Array(Subquery):
    """The rows of a subquery of one column as a list."""

    template = "ARRAY(%(subquery)s)"
    output_field = ArrayField(TextField())


class OrmStocks:
    """`port.Stocks` but for writing allocations; generations differ in channels and reservations."""

    created_field: str
    warehouse_columns: tuple[str, ...] = ()

    def _warehouse_arrays(self) -> dict[str, Any]:
        """What else hangs on a warehouse, as lists."""
        return {}

    def _warehouse_facts(self, row: Row) -> dict[str, Any]:
        """What only some Saleors know of a warehouse."""
        return {}

    def _reserved(self) -> Any:
        """An expression for the units that live checkouts hold of a stock."""
        return Value(0, output_field=IntegerField())

    def warehouses(self) -> list[port.Warehouse]:
        return [
            port.Warehouse(
                id=convert.gid("Warehouse", row["pk"]),
                name=row["name"],
                address=convert.address_of(row, "address__"),
                countries=frozenset(code for zone in row["zones"] for code in zone.split(",") if code),
                email=row["email"],
                **self._warehouse_facts(row),
            )
            for row in self._all_warehouses.rows()
        ]

    def stocks(self, variant_ids: Collection[str], *, lock: bool = False) -> list[port.Stock]:
        keys = convert.pks(ProductVariant, variant_ids)
        if not keys:
            return []
        if lock:
            # Counted only after the lock is held: what others did meanwhile is then seen.
            self._locked_stocks.rows(keys)
        return [
            port.Stock(
                warehouse_id=convert.gid("Warehouse", row["warehouse_id"]),
                variant_id=convert.gid("ProductVariant", row["product_variant_id"]),
                on_hand=row["quantity"],
                allocated=row["promised"],
                reserved=row["held"],
                id=convert.gid("Stock", row["pk"]),
            )
            for row in self._counted_stocks.rows(keys)
        ]

    # -- the queries, each compiled once ------------------------------------------------------

    @cached_property
    def _all_warehouses(self) -> Prepared:
        zones = Warehouse.shipping_zones.through.objects.filter(warehouse=OuterRef("pk")).order_by()
        arrays = {"zones": Array(zones.values("shippingzone__countries")), **self._warehouse_arrays()}
        address = (f"address__{name}" for name in convert.ADDRESS)
        columns = ("pk", "name", "email", *address, *arrays, *self.warehouse_columns)
        return Prepared(lambda: Warehouse.objects.annotate(**arrays).order_by("pk").values(*columns))

    @cached_property
    def _locked_stocks(self) -> Prepared:
        rows = among(Stock.objects.order_by("pk"), "product_variant").select_for_update(of=("self",))
        return Prepared(lambda: rows.values("pk"))

    @cached_property
    def _counted_stocks(self) -> Prepared:
        rows = among(Stock.objects.order_by("product_variant_id", "warehouse_id"), "product_variant")
        promised = total(Allocation.objects.all(), "quantity_allocated")
        columns = ("pk", "product_variant_id", "warehouse_id", "quantity", "promised", "held")
        return Prepared(lambda: rows.annotate(promised=promised, held=self._reserved()).values(*columns))

    @cached_property
    def _allocation_rows(self) -> Prepared:
        columns = ("order_line__order_id", "order_line_id", "stock__warehouse_id", "quantity_allocated")
        rows = Allocation.objects.filter(quantity_allocated__gt=0).order_by(*columns[1:3])
        # Filtered and named first, so that the line's table is joined under its own name.
        lines = rows.filter(order_line__order_id__isnull=False).values(*columns)
        where = f'"{OrderLine._meta.db_table}"."order_id" = ANY(%s)'
        return Prepared(lambda: lines.extra(where=[where], params=[Slot(0)]))  # noqa: S610

    def move_stock(self, variant_id: str, warehouse_id: str, delta: int) -> port.Stock:
        variant = convert.pk(ProductVariant, variant_id, field="variantId")
        warehouse = convert.pk(Warehouse, warehouse_id, field="warehouseId")
        with transaction.atomic():
            if not ProductVariant.objects.filter(pk=variant).exists():
                raise NotFound("No such variant.", field="variantId")
            if not Warehouse.objects.filter(pk=warehouse).exists():
                raise NotFound("No such warehouse.", field="warehouseId")
            where = {"product_variant_id": variant, "warehouse_id": warehouse}
            if delta >= 0:
                Stock.objects.get_or_create(**where, defaults={"quantity": 0})
            row = Stock.objects.filter(**where).select_for_update(of=("self",)).first()
            if row is None or (delta < 0 and row.quantity + delta < 0):
                raise InsufficientStock("Stock on hand would fall below zero.", field="warehouseId")
            Stock.objects.filter(pk=row.pk).update(quantity=row.quantity + delta)
            return next(stock for stock in self.stocks([variant_id]) if stock.warehouse_id == warehouse_id)

    def variants(self, ids: Collection[str]) -> list[port.Variant]:
        rows = ProductVariant.objects.filter(pk__in=convert.pks(ProductVariant, ids))
        return [convert.variant(row) for row in rows.select_related("product").order_by("pk")]

    def variants_of_skus(self, skus: Collection[str]) -> dict[str, port.Variant]:
        rows = ProductVariant.objects.filter(sku__in=[sku for sku in skus if sku])
        return {row.sku: convert.variant(row) for row in rows.select_related("product")}

    def stocked_variants(self, *, after: str | None = None, limit: int = 500) -> list[port.Variant]:
        stocked = Exists(Stock.objects.filter(product_variant=OuterRef("pk")))
        rows = ProductVariant.objects.filter(stocked, track_inventory=True).select_related("product")
        if after is not None:
            rows = rows.filter(pk__gt=convert.pk(ProductVariant, after, field="after"))
        return [convert.variant(row) for row in rows.order_by("pk")[:limit]]

    def sales(self, since: datetime, until: datetime) -> Iterator[port.Sale]:
        created = f"order__{self.created_field}"
        rows = OrderLine.objects.filter(
            variant__isnull=False,
            order__status__in=convert.stored_statuses(OrderStatus.CHOICES, SOLD),
            **{f"{created}__gte": since, f"{created}__lt": until},
        ).order_by(created, "order__pk", "pk")
        columns = ("order_id", "pk", "variant_id", "quantity", created, "order__shipping_address__country")
        for order, line, variant, units, at, country in rows.values_list(*columns).iterator(chunk_size=CHUNK):
            yield port.Sale(
                order_id=convert.gid("Order", order),
                line_id=convert.gid("OrderLine", line),
                variant_id=convert.gid("ProductVariant", variant),
                quantity=units,
                at=at,
                country=str(getattr(country, "code", country) or ""),
            )

    def allocations(self, order_id: str) -> list[port.Allocation]:
        return self.allocations_of([order_id])[order_id]

    def allocations_of(self, order_ids: Collection[str]) -> dict[str, list[port.Allocation]]:
        found: dict[str, list[port.Allocation]] = {order_id: [] for order_id in order_ids}
        keys = convert.pks(Order, order_ids)
        for row in self._allocation_rows.rows(keys) if keys else ():
            found[convert.gid("Order", row["order_line__order_id"])].append(
                port.Allocation(
                    convert.gid("OrderLine", row["order_line_id"]),
                    convert.gid("Warehouse", row["stock__warehouse_id"]),
                    row["quantity_allocated"],
                )
            )
        return found

    def _known(self, rows: Sequence[port.Allocation] | Sequence[port.ShipItem]) -> set[str]:
        """Those of the named warehouses that exist."""
        keys = convert.pks(Warehouse, (row.warehouse_id for row in rows))
        found: Iterable[Any] = Warehouse.objects.filter(pk__in=keys).values_list("pk", flat=True)
        return {convert.gid("Warehouse", key) for key in found}
