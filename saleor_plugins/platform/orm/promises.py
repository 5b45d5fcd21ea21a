"""Writes allocations: the one thing that no Saleor has a function for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from saleor.order.models import OrderLine
from saleor.warehouse.models import Allocation
from saleor.warehouse.models import Stock as StockRow

from .. import port
from ..promises import Slots
from . import convert


def changed(before: Slots, after: Slots) -> set[tuple[str, str]]:
    """The slots that do not say the same."""
    return {slot for slot in before.keys() | after.keys() if before.get(slot, 0) != after.get(slot, 0)}


def write(
    orders: Sequence[port.Order], lines: Collection[str], slots: Slots, stocks: Sequence[port.Stock]
) -> None:
    """Make the allocation rows of `lines` say `slots`, in two statements.

    The caller holds the locks of the orders and of the stocks, which are those of the lines' variants.
    """
    if not lines:
        return
    variants = {line.id: line.variant_id for order in orders for line in order.lines}
    keys = {line_id: convert.pk(OrderLine, line_id) for line_id in lines}
    stock_of = stock_keys(stocks)
    Allocation.objects.filter(order_line_id__in=list(keys.values())).delete()
    Allocation.objects.bulk_create(
        Allocation(
            order_line_id=keys[line_id],
            stock_id=stock_of[variants[line_id], warehouse_id],
            quantity_allocated=units,
        )
        for (line_id, warehouse_id), units in sorted(slots.items())
        if line_id in keys and units > 0
    )


def stock_keys(stocks: Sequence[port.Stock]) -> dict[tuple[str | None, str], Any]:
    """Primary keys of the stocks by (variant, warehouse)."""
    return {(row.variant_id, row.warehouse_id): convert.pk(StockRow, row.id, kind="Stock") for row in stocks}


def touched(
    orders: Sequence[port.Order], slots: Collection[tuple[str, str]], stocks: Sequence[port.Stock]
) -> list[Any]:
    """Primary keys of the stocks behind `slots`, in order."""
    variants = {line.id: line.variant_id for order in orders for line in order.lines}
    stock_of = stock_keys(stocks)
    pairs = {(variants.get(line_id), warehouse_id) for line_id, warehouse_id in slots}
    return sorted(stock_of[pair] for pair in pairs if pair in stock_of)
