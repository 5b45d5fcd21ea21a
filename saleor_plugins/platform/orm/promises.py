"""Writes allocations: the one thing that no Saleor has a function for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection
from saleor.order.models import OrderLine
from saleor.warehouse.models import Allocation
from saleor.warehouse.models import Stock as StockRow

from .. import port
from ..promises import Slots
from . import convert

# One statement: routing an order is to cost no more than Saleor's own allocation. A row that Saleor has
# left with no units is taken over by the insert.
CHANGE = """
WITH gone AS (
    DELETE FROM {allocation} WHERE (order_line_id, stock_id)
        IN (SELECT * FROM unnest(%s::{line}[], %s::{key}[]))
){counted}
INSERT INTO {allocation} (order_line_id, stock_id, quantity_allocated)
SELECT * FROM unnest(%s::{line}[], %s::{key}[], %s::int[])
ON CONFLICT (order_line_id, stock_id) DO UPDATE SET quantity_allocated = EXCLUDED.quantity_allocated
"""
COUNTED = """, counted AS (
    UPDATE {stock} SET quantity_allocated = new.units
    FROM unnest(%s::{key}[], %s::int[]) AS new (id, units) WHERE {stock}.id = new.id
)"""


def change(
    orders: Sequence[port.Order],
    before: Slots,
    after: Slots,
    stocks: Sequence[port.Stock],
    *,
    counters: bool,
) -> None:
    """Change the orders' allocation rows, which say `before`, where they do not say `after` yet.

    The caller holds the locks of the orders and of `stocks`, which are those of their lines' variants.
    `counters` also sets what Saleor 3 keeps beside the rows, from the rows.
    """
    slots = sorted(slot for slot in before | after if before.get(slot, 0) != after.get(slot, 0))
    if not slots:
        return
    variants = {line.id: line.variant_id for order in orders for line in order.lines}
    known = {(row.variant_id, row.warehouse_id): row for row in stocks}
    stock_of = {slot: known[variants[slot[0]] or "", slot[1]] for slot in slots}
    gone = [slot for slot in slots if not after.get(slot)]
    new = [slot for slot in slots if after.get(slot)]
    params = [*_keys(gone, stock_of)]
    if counters:
        units: Counter[str] = Counter()
        for slot in slots:
            units[stock_of[slot].id] += after.get(slot, 0) - before.get(slot, 0)
        sums = {row.id: row.allocated + units[row.id] for row in stock_of.values()}
        params += [[_stock_key(stock_id) for stock_id in sums], list(sums.values())]
    params += [*_keys(new, stock_of), [after[slot] for slot in new]]
    with connection.cursor() as cursor:
        cursor.execute(_sql(counters), params)


def rewrite(order: port.Order, slots: Slots, stocks: Sequence[port.Stock]) -> list[Any]:
    """Replace all of the order's allocation rows, whatever they say; the keys of the stocks concerned."""
    variants = {line.id: line.variant_id for line in order.lines}
    keys = {line.id: convert.pk(OrderLine, line.id) for line in order.lines}
    stock_of = {(row.variant_id, row.warehouse_id): _stock_key(row.id) for row in stocks}
    Allocation.objects.filter(order_line_id__in=list(keys.values())).delete()
    Allocation.objects.bulk_create(
        Allocation(
            order_line_id=keys[line_id],
            stock_id=stock_of[variants[line_id] or "", warehouse_id],
            quantity_allocated=units,
        )
        for (line_id, warehouse_id), units in sorted(slots.items())
        if units > 0
    )
    return sorted(stock_of.values())


def _keys(
    slots: Sequence[tuple[str, str]], stock_of: dict[tuple[str, str], port.Stock]
) -> tuple[list[Any], list[Any]]:
    lines = [convert.pk(OrderLine, line_id) for line_id, _ in slots]
    return lines, [_stock_key(stock_of[slot].id) for slot in slots]


def _stock_key(stock_id: str) -> Any:
    return convert.pk(StockRow, stock_id, kind="Stock")


def _sql(counters: bool) -> str:
    names = {
        "allocation": Allocation._meta.db_table,
        "stock": StockRow._meta.db_table,
        "line": OrderLine._meta.pk.rel_db_type(connection),
        "key": StockRow._meta.pk.rel_db_type(connection),
    }
    return CHANGE.format(counted=COUNTED.format(**names) if counters else "", **names)
