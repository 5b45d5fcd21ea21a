"""A what-if run for people: a table, a spreadsheet, a page that stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from ...kernel.money import exponent, from_minor
from ...printing import charts, spreadsheet

TEMPLATES = Path(__file__).parent / "templates"
WIDE = (200, 640)
"""Of the names, and of the whole picture."""

NOTES = (
    "Every need begins with the stock of its lead time and a week; what comes afterwards is the rule's.",
    "A rule learns anew each week from the days before it, and looks at every position each evening.",
    "A sale that meets no stock is lost, and costs the margin. Lead times are their mean, without chance.",
    "Who knows the future buys what sells in the cheapest lots, without minimums: nobody is cheaper.",
    "Stock-outs of the past hide demand: what was not sold then is wanted by nobody here.",
)


def table(result: Mapping[str, Any]) -> list[list[str]]:
    """Rows of words: a rule each, the cheapest first, the one that knows the future last."""
    head = ["Rule", "Cost", "of the least", "Fill", "Stock at cost", "Order lines", "Units lost"]
    return [head, *(_row(column, result["currency"]) for column in _ranked(result))]


def rows(result: Mapping[str, Any]) -> Iterator[str]:
    """The file for a spreadsheet, line by line; amounts in units of the currency."""
    money = ["cost", "ordering", "holding", "losing", "stockValue"]
    plain = ["overClairvoyant", "fill", "orderLines", "unitsBought", "unitsLost", "unitsLeft"]
    header = ["rule", "currency", *money, *plain]

    def cells(column: Mapping[str, Any]) -> list[Any]:
        amounts = [from_minor(column[name], result["currency"]) for name in money]
        return [column["title"], result["currency"], *amounts, *(column[name] for name in plain)]

    return spreadsheet.lines(header, (cells(column) for column in _ranked(result)))


def page(result: Mapping[str, Any]) -> str:
    """The HTML: no script, no font, no picture from elsewhere."""
    found = table(result)
    context = {
        "result": result,
        "head": found[0],
        "rows": found[1:],
        "best": _ranked(result)[0],
        "drawn": [(title, mark_safe(svg)) for title, svg in _drawn(result)],  # noqa: S308  escaped by charts
        "notes": NOTES,
    }
    engine = Engine(dirs=[str(TEMPLATES)], autoescape=True)
    return engine.get_template("backtest.html").render(Context(context))


def _ranked(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    *rules, known = result["columns"]
    return [*sorted(rules, key=lambda column: column["cost"]), known]


def _row(column: Mapping[str, Any], currency: str) -> list[str]:
    over, fill = column["overClairvoyant"], column["fill"]
    return [
        column["title"],
        _money(column["cost"], currency),
        "–" if over is None else f"{over:.2f} ×",
        "–" if fill is None else f"{fill:.1%}",
        _money(column["stockValue"], currency),
        f"{column['orderLines']:,}",
        f"{column['unitsLost']:,}",
    ]


def _money(amount: int, currency: str) -> str:
    return f"{from_minor(amount, currency):,.{exponent(currency)}f}"


def _drawn(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ranked, currency = _ranked(result), result["currency"]
    parts = ("ordering", "holding", "losing")

    def bars(column: Mapping[str, Any]) -> list[charts.Bar]:
        return [charts.Bar(column[name], _money(column[name], currency), name) for name in parts]

    title = f"What each rule would have cost, {currency}"
    yield title, charts.rows(title, [charts.Group(each["title"], bars(each)) for each in ranked], *WIDE)
    title = "Part of the wanted units that were there"
    filled = [
        charts.Group(each["title"], [charts.Bar(each["fill"], f"{each['fill']:.1%}", "fill")])
        for each in ranked
        if each["fill"] is not None
    ]
    yield title, charts.rows(title, filled, *WIDE)
