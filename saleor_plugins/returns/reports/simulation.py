"""A simulation as a page for people: what rules would have changed, drawn and listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.safestring import mark_safe

from ...http.pages import Pages
from ...printing import charts
from .page import FOLDER, STYLE

OUTCOMES = ("refused", "review", "approved")
MOST_ROWS = 12
_WORDS = {
    "refused": "refused",
    "review": "a person looks first",
    "approved": "approved at once",
    "kept": "goods may be kept",
    "shop_pays": "the shop pays the way back",
}
_MONEY = {
    "fees": "kept of prices",
    "labels": "kept for labels",
    "refused_value": "worth of what is refused",
    "kept_value": "worth of what may be kept",
}


def simulation_page(told: Mapping[str, Any], title: str, since: datetime, until: datetime) -> HttpResponse:
    """The page of what `Simulation.told` tells; it loads nothing."""
    values = {
        **told,
        "title": title,
        "since": since.date().isoformat(),
        "until": until.date().isoformat(),
        "rows": list(_rows(told["before"], told["after"])),
        "charts": [
            {"title": name, "picture": mark_safe(picture)}  # noqa: S308  # drawn by us, texts escaped
            for name, picture in _charts(told)
        ],
    }
    return Pages(FOLDER).page("simulation.html", STYLE, values)


def _charts(told: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    before, after = told["before"], told["after"]
    whole = [_pair(_WORDS[name], before[name], after[name]) for name in OUTCOMES]
    by = [("by country", told["by_country"]), ("by reason", told["by_reason"])]
    return [
        ("Requests by outcome", charts.rows("Requests by outcome, before and after", whole)),
        *(
            (f"Refused {how}", charts.rows(f"Refused requests {how}, before and after", _refused(rows)))
            for how, rows in by
        ),
    ]


def _refused(rows: Sequence[Mapping[str, Any]]) -> list[charts.Group]:
    shown = rows[:MOST_ROWS]
    return [_pair(row["name"], row["refused_before"], row["refused_after"]) for row in shown]


def _pair(label: str, before: int, after: int) -> charts.Group:
    bars = (charts.Bar(before, f"{before:,}", "first"), charts.Bar(after, f"{after:,}", "second"))
    return charts.Group(label, bars)


def _rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> Any:
    """What, before, after."""
    for name, words in _WORDS.items():
        yield words, f"{before[name]:,}", f"{after[name]:,}"
    for name, words in _MONEY.items():
        for code in sorted({*before[name], *after[name]}):
            yield f"{words}, {code}", before[name].get(code, "0"), after[name].get(code, "0")
