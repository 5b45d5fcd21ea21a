"""A replay's result for people: rows, page, spreadsheet, progress. Nothing in it may be run as code."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree

import pytest

from saleor_plugins.fulfillment.domain.backtest.tally import Tally
from saleor_plugins.fulfillment.reports.backtest_csv import table
from saleor_plugins.fulfillment.reports.backtest_page import page
from saleor_plugins.fulfillment.reports.backtest_rows import (
    Kind,
    difference,
    percent,
    summary,
    verdict,
    written,
)
from saleor_plugins.kernel.terminal import Bar, aligned
from saleor_plugins.printing import charts

EVIL = '=<script>alert("1")</script>&'


def column(name, **more):
    part = {"key": "w1", "orders": 1, "parcels": 2, "units": 3, "cost": 400, "share": 1.0}
    return {
        **Tally().as_json(),
        "name": name,
        "card": "Card",
        "cost": 1000,
        "units": 10,
        "parcels": 4,
        "orders": 2,
        "days": {"1": 1, "20": 1},
        "warehouses": [part],
        "countries": [{**part, "key": "DE"}],
        **more,
    }


def result(**proposed):
    return {
        "orders": 2,
        "currency": "EUR",
        "columns": [column("today"), column("proposed", **proposed), column("saleor", cost=1500)],
        "changed_orders": 1,
        "fuller_orders": 0,
        "emptier_orders": 1,
        "alike": {"orders": 1, "today": 500, "proposed": 700},
        "dearer": [{"id": "T3JkZXI6MQ==", "number": EVIL, "today": 1, "proposed": 3, "difference": 2}],
        "cheaper": [],
        "since": "2026-01-01",
        "until": "2026-01-31",
        "channel": EVIL,
        "names": {"w1": EVIL},
        "proposal": [["Rate card", EVIL]],
        "notes": [EVIL],
    }


def test_names_are_text_and_nothing_else():
    html = page(result())
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 5
    assert "http://" not in html.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "https://" not in html
    for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ElementTree.fromstring(svg)


def test_a_page_of_nothing():
    empty = {**result(), "orders": 0, "dearer": [], "proposal": []}
    empty["columns"] = [
        {**Tally().as_json(), "name": name, "card": "Card"} for name in ("today", "proposed", "saleor")
    ]
    html = page(empty)
    assert "The same as today." in html
    assert "Days from the order" not in html


def test_a_spreadsheet_runs_no_formula():
    rows = list(csv.DictReader(io.StringIO("".join(table(result(cost=900))))))
    cost = next(row for row in rows if (row["of"], row["number"]) == ("all", "cost"))
    assert (cost["today"], cost["proposed"], cost["saleor"]) == ("10.00", "9.00", "15.00")
    names = {row["key"] for row in rows if row["of"] == "warehouses"}
    assert names == {"'" + EVIL}
    assert [(row["key"], row["today"]) for row in rows if row["of"] == "days"] == [("1", "1"), ("20", "1")]


def test_shipping_less_is_no_saving():
    def cost(found):
        row = next(row for row in summary(found) if row["title"] == "Cost, EUR")
        return row["cells"][1]

    assert cost(result(cost=900)) == {"text": "9.00", "difference": "-10.0 %", "verdict": "better"}
    assert cost(result(cost=900, units=9))["verdict"] == ""
    per_unit = result(cost_per_unit=1.0, units=9)
    per_unit["columns"][0]["cost_per_unit"] = 2.0
    row = next(row for row in summary(per_unit) if row["title"].startswith("Cost per shipped unit"))
    assert row["cells"][1]["verdict"] == "better"


def test_what_nobody_knows_has_no_row():
    titles = [row["title"] for row in summary(result())]
    assert "Kilometres per parcel" not in titles
    assert "Orders later than promised" not in titles


@pytest.mark.parametrize(
    ("value", "kind", "currency", "text"),
    [
        (123456, Kind.MONEY, "EUR", "1,234.56"),
        (123456, Kind.MONEY, "JPY", "123,456"),
        (123456, Kind.MONEY, "KWD", "123.456"),
        (10.6, Kind.MONEY, "EUR", "0.11"),
        (0.1234, Kind.SHARE, "", "12.3%"),
        (1234.0, Kind.COUNT, "", "1,234"),
        (1.005, Kind.NUMBER, "", "1.00"),
        (None, Kind.MONEY, "EUR", "–"),
    ],
)
def test_numbers_are_written(value, kind, currency, text):
    assert written(value, kind, currency) == text


@pytest.mark.parametrize(
    ("value", "before", "text", "good"),
    [
        (110, 100, "+10.0 %", "worse"),
        (90, 100, "-10.0 %", "better"),
        (100, 100, "±0 %", ""),
        (100.01, 100, "±0 %", ""),
        (5, 0, "", ""),
        (None, 5, "", ""),
    ],
)
def test_differences_are_judged(value, before, text, good):
    share = difference(value, before)
    assert percent(share) == text
    assert verdict(share, -1) == good
    assert verdict(share, 0) == ""


def test_bars_are_to_scale():
    groups = [charts.Group("A", [charts.Bar(50, "50", "today"), charts.Bar(100, "100", "proposed")])]
    widths = [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', charts.rows("x", groups))]
    assert widths[1] == pytest.approx(2 * widths[0])
    heights = re.findall(r'<rect[^>]* height="([\d.]+)"', charts.columns("x", groups, str))
    assert float(heights[1]) == pytest.approx(2 * float(heights[0]))


class Terminal(io.StringIO):
    def __init__(self, live):
        super().__init__()
        self.live = live

    def isatty(self):
        return self.live


def test_progress_where_nobody_watches_is_a_line_a_tenth():
    out = Terminal(live=False)
    bar = Bar(out, "orders")
    for done in range(1001):
        bar(done, 1000)
    bar.end()
    assert len(out.getvalue().splitlines()) == 10
    assert out.getvalue().splitlines()[-1].startswith("1,000 of 1,000 orders")


def test_progress_at_a_terminal_is_one_line():
    out = Terminal(live=True)
    bar = Bar(out, "orders")
    for done in range(1001):
        bar(done, 1000)
    bar.end()
    assert out.getvalue().count("\n") == 1
    assert "100%" in out.getvalue()


def test_columns_are_aligned():
    assert aligned([["a", "1"], ["long", "1,000"]]) == ["a         1", "long  1,000"]
