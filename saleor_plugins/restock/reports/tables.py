"""The reports on forecasts and suppliers as rows for a table or a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.reports.accuracy import Sums
from ..domain.reports.supply import Record
from ..usecases.report_forecasts import ForecastReport
from .stock import Rows

FORECASTS = ("By", "Of", "Forecasts", "Expected", "Sold", "wAPE", "Bias")
SUPPLIERS = (
    "Supplier", "Orders", "Lines", "Units ordered", "Units on time", "Units arrived", "On time", "Fill rate",
    "Days late", "Lead days", "Damaged", "Wrong",
)  # fmt: skip


def forecast_rows(found: ForecastReport) -> Rows:
    """Rows under FORECASTS: parts of one, all first."""
    if found.whole.count:
        yield _sums("All", "", found.whole)
    parts = (
        ("Class", found.classes.items()),
        ("Warehouse", found.warehouses.items()),
        ("Made on", ((day.isoformat(), sums) for day, sums in found.weeks.items())),
    )
    for kind, rows in parts:
        for name, sums in rows:
            yield _sums(kind, name, sums)


def _sums(kind: str, name: str, sums: Sums) -> tuple[object, ...]:
    parts = (None if part is None else round(part, 3) for part in (sums.wape, sums.bias))
    return (kind, name, sums.count, round(sums.expected, 1), round(sums.actual, 1), *parts)


def supplier_rows(found: Iterable[Record]) -> Rows:
    """Rows under SUPPLIERS."""
    for row in found:
        parts = (row.punctual, row.fill)
        days = (row.late_days, row.lead_days)
        yield (
            *(row.supplier, row.orders, row.lines, row.ordered, row.on_time, row.arrived),
            *(None if part is None else round(part, 3) for part in parts),
            *(None if number is None else round(number, 1) for number in days),
            *(row.damaged, row.wrong),
        )
