"""All reports on one page, and each as a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from ...kernel.errors import NotFound
from ...platform import shop
from ...printing import spreadsheet
from ..domain.reports.scope import Scope
from ..usecases.report_forecasts import forecast_report
from ..usecases.report_stock import StockReport, dead_stock, running_out, stock_report, too_few
from ..usecases.report_suppliers import supplier_report
from . import draw, stock, tables
from .words import NAMES, amount, percent, signed

FOLDER = Path(__file__).parent / "templates"
STYLE = "report.css"
LISTED = 50
SHOWN = 12
NOTES = {
    "dead": "In a warehouse, and neither sold from there nor arrived in the days above. Units that came back "
    "are no sales; a kit sells its parts. Cost is what deliveries cost with freight, else what a supplier "
    "asks.",
    "running-out": "Gone before more can come: free stock at the pace of the last forecast (else of the last "
    "91 days) against the day on which units are due, or the lead time of an order of today. What the "
    "merchant lets run out is not here.",
    "value": "ABC by a year's turnover with the limits of the last run, XYZ by how evenly it sells from week "
    "to week: X steady, Z erratic.",
    "forecasts": "What was expected each week against what sold in those days, once they are over. wAPE: how "
    "far off, as a part of what sold. Bias above zero: too much was expected. Days without stock are among "
    "them: what could not be sold was expected all the same.",
    "suppliers": "Units that were due, by the day last agreed or else by the stated lead time: how many came "
    "by then, how many until now. Cancelled orders are left out.",
}


def lines(name: str, scope: Scope) -> Iterator[str]:
    """A report as CSV, line by line. Raises NotFound (``name``), and what the report raises."""
    if name not in _FILES:
        raise NotFound("No such report.", field="name")
    header, rows = _FILES[name]
    return spreadsheet.lines(header, rows(scope))


def _dead(scope: Scope) -> stock.Rows:
    currency, rows = dead_stock(scope)
    return stock.dead_rows(rows, currency)


def _running_out(scope: Scope) -> stock.Rows:
    currency, rows = running_out(scope)
    return stock.running_out_rows(rows, currency)


def _value(scope: Scope) -> stock.Rows:
    found = stock_report(scope, 0)
    return stock.value_rows(found.cells, found.currency)


_FILES: dict[str, tuple[tuple[str, ...], Callable[[Scope], stock.Rows]]] = {
    "dead": (stock.DEAD, _dead),
    "running-out": (stock.RUNNING_OUT, _running_out),
    "value": (stock.VALUE, _value),
    "forecasts": (tables.FORECASTS, lambda scope: tables.forecast_rows(forecast_report(scope))),
    "suppliers": (tables.SUPPLIERS, lambda scope: tables.supplier_rows(supplier_report(scope))),
}


def values(scope: Scope) -> dict[str, Any]:
    """What the page's template shows. One look at the stock. Raises NotFound (``warehouseId``)."""
    found, forecasts, suppliers = stock_report(scope, LISTED), forecast_report(scope), supplier_report(scope)
    dead = found.dead
    drawn: dict[str, Iterable[str]] = {
        "dead": draw.draw_dead(dead, found.currency) if dead else (),
        "running-out": draw.draw_running_out(found.running_out),
        "value": draw.draw_value(found.cells, found.currency),
        "forecasts": draw.draw_forecasts(forecasts),
        "suppliers": draw.draw_suppliers(suppliers),
    }
    rows: dict[str, stock.Rows] = {
        "dead": stock.dead_rows(dead.rows if dead else (), found.currency),
        "running-out": stock.running_out_rows(found.running_out.rows, found.currency),
        "value": stock.value_rows(found.cells, found.currency),
        "forecasts": tables.forecast_rows(forecasts),
        "suppliers": tables.supplier_rows(suppliers),
    }
    tiles = _tiles(found)
    if forecasts.whole.wape is not None:
        tiles.append(("Forecast error", percent(forecasts.whole.wape)))
        tiles.append(("Forecast bias", signed(forecasts.whole.bias)))
    empty = {} if dead else {"dead": too_few(scope.dead_days).message}
    return {
        "scope": scope,
        "house": _house(scope),
        "tiles": tiles,
        "parts": [_part(name, rows[name], drawn[name], empty.get(name, "Nothing.")) for name in NAMES],
    }


def html(scope: Scope) -> str:
    """The page as a file that stands alone."""
    engine = Engine(dirs=[str(FOLDER)], autoescape=True)
    css = mark_safe((FOLDER / STYLE).read_text())  # noqa: S308  # our own file
    context = Context({**values(scope), "css": css, "files": False}, use_l10n=False)
    return str(engine.get_template("report.html").render(context))


def as_json(scope: Scope) -> str:
    """Every report's rows under its name, each row by its header; the listed ones of long reports."""
    told = {
        part["name"]: [dict(zip(part["header"], row, strict=True)) for row in part["rows"]]
        for part in values(scope)["parts"]
    }
    return json.dumps(told, indent=1, ensure_ascii=False, default=str)


def table(scope: Scope) -> Iterator[tuple[str, list[list[str]]]]:
    """The worst rows of each report as words, under its title; reports without any are left out."""
    for part in values(scope)["parts"]:
        if part["rows"]:
            rows = [part["header"], *part["rows"][:SHOWN]]
            yield part["title"], [["" if cell is None else str(cell) for cell in row] for row in rows]


def _house(scope: Scope) -> str:
    if not scope.warehouse_id:
        return ""
    return next(house.name for house in shop().warehouses() if house.id == scope.warehouse_id)


def _part(name: str, rows: stock.Rows, drawn: Iterable[str], empty: str) -> dict[str, Any]:
    header = _FILES[name][0]
    listed = list(islice(rows, LISTED + 1))
    return {
        "name": name,
        "title": NAMES[name],
        "note": NOTES[name],
        "empty": empty,
        "header": header,
        "rows": listed[:LISTED],
        "more": len(listed) >= LISTED,
        # Every text in them went through html.escape.
        "pictures": [mark_safe(picture) for picture in drawn],  # noqa: S308
    }


def _tiles(found: StockReport) -> list[tuple[str, str]]:
    whole = sum(cell.value for cell in found.cells)
    tiles = [(f"Stock at cost, {found.currency}", amount(whole, found.currency))]
    if found.dead:
        tiles.append((f"Dead of it, {found.currency}", amount(found.dead.value, found.currency)))
        tiles.append(("Dead stocks", f"{found.dead.count:,}"))
    tiles.append(("About to run out", f"{found.running_out.count:,}"))
    tiles.append(("Units missed by then", f"{found.running_out.units:,.0f}"))
    return tiles
