"""A replay as a page that stands alone: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from ...printing import charts
from .backtest_rows import Kind, difference, parts, percent, summary, title, written

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_DAYS = 14
MOST_BARS = 12
COUNTS = ("orders", "changed_orders", "fuller_orders", "emptier_orders")


def page(result: Mapping[str, Any]) -> str:
    """The HTML of a replay's result."""
    columns = [{"name": row["name"], "title": title(row), **row} for row in result["columns"]]
    context = {
        "result": result,
        "counts": {key: f"{result[key]:,}" for key in COUNTS},
        "columns": columns,
        "summary": summary(result),
        "warehouses": parts(result, "warehouses"),
        "countries": parts(result, "countries"),
        "charts": _charts(result),
        "alike": _alike(result),
        "differences": [
            ("Dearer under the proposed rules", _orders(result, "dearer")),
            ("Cheaper under the proposed rules", _orders(result, "cheaper")),
        ],
    }
    engine = Engine(dirs=[str(TEMPLATES)], autoescape=True)
    return engine.get_template("backtest.html").render(Context(context))


def _charts(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    money = f"Cost, {result['currency']}"
    drawn = [
        (money, _single(result, money, "cost", Kind.MONEY)),
        ("Parcels", _single(result, "Parcels", "parcels", Kind.COUNT)),
        ("Days from the order to its last parcel's arrival, share of orders", _days(result)),
        ("Units by warehouse, share of all units shipped", _warehouses(result)),
    ]
    # Every text in them went through html.escape.
    return [{"title": name, "svg": mark_safe(svg)} for name, svg in drawn if svg]  # noqa: S308


def _single(result: Mapping[str, Any], name: str, key: str, kind: Kind) -> str:
    groups = [
        charts.Group(
            title(column),
            [charts.Bar(column[key], written(column[key], kind, result["currency"]), column["name"])],
        )
        for column in result["columns"]
    ]
    return charts.rows(name, groups)


def _days(result: Mapping[str, Any]) -> str:
    """Shares of the orders whose arrival is known; the last bar is all the longer ones together."""
    found = [
        (column["name"], {int(days): count for days, count in column["days"].items()})
        for column in result["columns"]
    ]
    longest = max((day for _, days in found for day in days), default=None)
    if longest is None:
        return ""
    first = min(day for _, days in found for day in days)
    last = min(longest, first + LONGEST_DAYS)
    groups = []
    for day in range(first, last + 1):
        more = day == last and longest > last
        label = f"{day}+" if more else str(day)
        bars = []
        for name, days in found:
            count = sum(n for key, n in days.items() if key == day or (more and key > day))
            share = count / (sum(days.values()) or 1)
            bars.append(charts.Bar(share, f"{share:.0%}", name))
        groups.append(charts.Group(label, bars))
    return charts.columns("Days until arrival", groups, lambda share: f"{share:.0%}")


def _warehouses(result: Mapping[str, Any]) -> str:
    names = [column["name"] for column in result["columns"]]
    groups = [
        charts.Group(
            row["name"],
            [
                charts.Bar(cell["share"] or 0, written(cell["share"] or 0, Kind.SHARE, ""), name)
                for name, cell in zip(names, row["cells"], strict=True)
            ],
        )
        for row in parts(result, "warehouses")[:MOST_BARS]
    ]
    return charts.rows("Share of units by warehouse", groups) if groups else ""


def _alike(result: Mapping[str, Any]) -> dict[str, str]:
    alike, currency = result["alike"], result["currency"]
    more = alike["proposed"] - alike["today"]
    share = percent(difference(alike["proposed"], alike["today"]))
    said = f"{written(abs(more), Kind.MONEY, currency)} {'more' if more > 0 else 'less'} ({share})"
    return {
        "orders": f"{alike['orders']:,}",
        "today": written(alike["today"], Kind.MONEY, currency),
        "proposed": written(alike["proposed"], Kind.MONEY, currency),
        "difference": said if more else "the same",
    }


def _orders(result: Mapping[str, Any], key: str) -> list[dict[str, str]]:
    amounts = ("today", "proposed", "difference")
    return [
        {
            "number": row["number"],
            "id": row["id"],
            **{name: written(row[name], Kind.MONEY, result["currency"]) for name in amounts},
        }
        for row in result[key]
    ]
