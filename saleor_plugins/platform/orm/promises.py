"""Writes allocations: the one thing that no Saleor has a function for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from saleor.order.models import OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Allocation, Stock

from .. import port
from ..promises import Slots
from . import convert


def write(order: port.Order, slots: Slots) -> list[Any]:
    """Make the order's allocation rows say `slots`; answers the keys of the stocks touched.

    The caller holds the locks of the order and of its variants' stocks.
    """
    lines = {line.id: convert.pk(OrderLine, line.id) for line in order.lines}
    stock_of = _stocks(order)
    wanted: dict[tuple[Any, Any], int] = {}
    for (line_id, warehouse_id), units in slots.items():
        line = order.line(line_id)
        if line and units > 0:
            wanted[lines[line_id], stock_of[line.variant_id, warehouse_id]] = units
    touched = {stock for _, stock in wanted}
    rows = list(Allocation.objects.filter(order_line_id__in=lines.values()).order_by("pk"))
    stale = []
    for row in rows:
        touched.add(row.stock_id)
        if wanted.get((row.order_line_id, row.stock_id)) == row.quantity_allocated:
            del wanted[row.order_line_id, row.stock_id]
        else:
            stale.append(row.pk)
    Allocation.objects.filter(pk__in=stale).delete()
    Allocation.objects.bulk_create(
        Allocation(order_line_id=line, stock_id=stock, quantity_allocated=units)
        for (line, stock), units in wanted.items()
    )
    return sorted(touched)


def _stocks(order: port.Order) -> dict[tuple[str | None, str], Any]:
    variants: Iterable[str] = {line.variant_id for line in order.lines if line.variant_id}
    rows = Stock.objects.filter(product_variant_id__in=convert.pks(ProductVariant, variants))
    return {
        (convert.gid("ProductVariant", variant), convert.gid("Warehouse", warehouse)): key
        for key, variant, warehouse in rows.values_list("pk", "product_variant_id", "warehouse_id")
    }
