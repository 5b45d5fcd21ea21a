"""The reports as pictures. Colours are the page's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...kernel.money import from_minor
from ...printing import charts
from ...printing.svg import short
from ..domain.reports.accuracy import Sums
from ..domain.reports.holdings import Cell, Holding
from ..domain.reports.supply import Record
from ..usecases.report_forecasts import ForecastReport
from ..usecases.report_stock import Found
from .words import amount, percent, signed

MOST = 12
WIDE = (210, 760)
"""Of the label, and of the whole picture."""
NO_CLASS = "No class yet"


def draw_dead(found: Found, currency: str) -> Iterator[str]:
    """The stock that binds most money."""
    rows = [row for row in found.rows if row.value][:MOST]
    groups = [charts.Group(_label(row, rows), [_money(row.value or 0, currency, "third")]) for row in rows]
    if groups:
        title = f"Dead stock at cost, {currency}: the {len(groups)} that bind most"
        yield charts.rows(title, groups, *WIDE)


def draw_running_out(found: Found) -> Iterator[str]:
    """Days that the stock lasts beside the days until more can come."""
    rows = found.rows[:MOST]
    groups = [
        charts.Group(
            _label(row, rows),
            [
                charts.Bar(row.cover or 0, f"lasts {row.cover or 0:.1f} d", "first"),
                charts.Bar(row.wait, f"more in {row.wait:.1f} d", "second"),
            ],
        )
        for row in rows
    ]
    if groups:
        yield charts.rows("Days of cover, and days until more can come", groups, *WIDE)


def draw_value(cells: Sequence[Cell], currency: str) -> Iterator[str]:
    """Stock at cost by class, all warehouses together."""
    worth: dict[str, int] = {}
    for cell in cells:
        name = cell.abc + cell.xyz if cell.abc else f"{NO_CLASS}, {cell.xyz}"
        worth[name] = worth.get(name, 0) + cell.value
    groups = [charts.Group(name, [_money(value, currency, "first")]) for name, value in worth.items()]
    if any(worth.values()):
        yield charts.rows(f"Stock at cost by class, {currency}", groups, *WIDE)


def draw_forecasts(found: ForecastReport) -> Iterator[str]:
    """The error by week, class and warehouse."""
    weeks = [(day.isoformat(), sums) for day, sums in found.weeks.items()][-MOST:]
    parts = (
        ("Error (wAPE) by the day the forecast was made", weeks),
        ("Error (wAPE) by class", list(found.classes.items())),
        ("Error (wAPE) by warehouse", list(found.warehouses.items())[:MOST]),
    )
    for title, rows in parts:
        groups = [charts.Group(name, [_error(sums)]) for name, sums in rows if sums.wape is not None]
        if groups:
            yield charts.rows(title, groups, *WIDE)


def _error(sums: Sums) -> charts.Bar:
    return charts.Bar(sums.wape or 0, f"{percent(sums.wape)}, bias {signed(sums.bias)}", "first")


def draw_suppliers(found: Sequence[Record]) -> Iterator[str]:
    """What came on its day, and what came at all, of every hundred units."""
    groups = [
        charts.Group(
            row.supplier,
            [
                charts.Bar(row.punctual or 0, f"{percent(row.punctual)} on time", "first"),
                charts.Bar(row.fill or 0, f"{percent(row.fill)} arrived", "second"),
            ],
        )
        for row in found[:MOST]
    ]
    if groups:
        yield charts.rows("Units on time, and units that arrived", groups, *WIDE)


def _label(row: Holding, rows: Sequence[Holding]) -> str:
    """Its SKU, and its warehouse where there are several."""
    alone = len({each.warehouse_id for each in rows}) == 1
    return short(row.sku, 26) if alone else f"{short(row.sku, 16)}, {short(row.warehouse, 10)}"


def _money(minor: int, currency: str, series: str) -> charts.Bar:
    return charts.Bar(float(from_minor(minor, currency)), amount(minor, currency), series)
