"""The stock reports as rows for a table or a spreadsheet. Amounts are in units of the currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...kernel.money import from_minor
from ..domain.reports.holdings import Cell, Holding
from .words import REMEDIES, STEPS

Rows = Iterator[tuple[Any, ...]]
DEAD = (
    "SKU", "Name", "Warehouse", "Units", "Value at cost", "Currency", "Last sale", "Days since", "On order",
    "Class", "What to do", "It sells in",
)  # fmt: skip
RUNNING_OUT = (
    "SKU", "Name", "Warehouse", "Free units", "Units a day", "Days of cover", "Days until more",
    "Units missed", "On order", "Overdue", "Due", "Shoppers waiting", "Class", "What to do",
)  # fmt: skip
VALUE = ("ABC", "XYZ", "Warehouse", "Stocks", "Units", "Value at cost", "Currency", "Units of unknown cost")


def dead_rows(found: Iterable[Holding], currency: str) -> Rows:
    """Rows under DEAD."""
    for row in found:
        value = None if row.value is None else from_minor(row.value, currency)
        advice = "; ".join(REMEDIES[each] for each in row.remedies)
        last = row.last_sale.isoformat() if row.last_sale else None
        yield (
            *(row.sku, row.name, row.warehouse, row.on_hand, value, currency, last, row.idle_days),
            *(row.on_order, row.abc + row.xyz, advice, row.sells_in),
        )


def running_out_rows(found: Iterable[Holding], currency: str) -> Rows:
    """Rows under RUNNING_OUT."""
    for row in found:
        cover = None if row.cover is None else round(row.cover, 1)
        yield (
            *(row.sku, row.name, row.warehouse, row.free, round(row.per_day, 2), cover, round(row.wait, 1)),
            *(round(row.missed, 1), row.on_order, row.overdue, row.due and row.due.isoformat(), row.waiting),
            *(row.abc + row.xyz, STEPS[row.step]),
        )


def value_rows(found: Iterable[Cell], currency: str) -> Rows:
    """Rows under VALUE."""
    for cell in found:
        worth = from_minor(cell.value, currency)
        yield (
            *(cell.abc, cell.xyz, cell.warehouse, cell.variants, cell.units, worth, currency),
            cell.unpriced,
        )
