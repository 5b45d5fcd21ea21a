"""All reports on one page, and single pictures that stand alone."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.safestring import mark_safe

from ..domain.reports.found import Retained
from ..domain.reports.scope import Scope
from .registry import LISTED, REPORTS
from .words import NAMES, amount, day, duration, percent

FOLDER = Path(__file__).parent.parent / "templates" / "reports"
STYLE = "report.css"
_NOTES = {
    "rates": "Units that came back for each hundred sold, by variant and by the customer's reason.",
    "costs": "From the price of what came back to what the returns cost. Goods count at the price paid: "
    "the desk does not know what the shop paid for them.",
    "times": "How long each stage took for half of the returns, and for nine in ten. A stage that was "
    "skipped, as the inspection is by money in advance, does not count.",
    "deadlines": "Withdrawals of consumers whose money is not all back: it is due within 14 days. It may "
    "wait until the goods, or a proof that they were sent, have come.",
    "unreceived": "Units that were credited, and of which no parcel has brought any.",
    "dispositions": "Where the units of these returns are now.",
    "retained": "What of the refunds stayed in the shop as an exchange or as store credit.",
    "customers": "Customers by the units they returned, by a key that does not tell who they are.",
}


def values(scope: Scope) -> dict[str, Any]:
    """What the page's template shows of a scope."""
    found = {name: report.find(scope) for name, report in REPORTS.items()}
    return {
        "since": day(scope.since),
        "until": day(scope.until),
        "channel": scope.channel,
        "country": scope.country,
        "tiles": _tiles(found),
        "parts": [_part(name, found[name]) for name in REPORTS],
    }


def standing_alone(name: str, pictures: Iterable[str]) -> str:
    """An SVG file with its stylesheet inside: one picture below the other."""
    drawn = list(pictures)
    style = f"<style>{escape((FOLDER / STYLE).read_text(), quote=False)}</style>"
    if len(drawn) == 1:
        head, rest = drawn[0].split(">", 1)
        return f"{head}>{style}{rest}"
    sizes = [_size(picture) for picture in drawn]
    width, height = max((w for w, _ in sizes), default=0), sum(h for _, h in sizes)
    parts, y = [], 0.0
    for picture, (_, tall) in zip(drawn, sizes, strict=True):
        parts.append(picture.replace("<svg ", f'<svg y="{y:g}" ', 1))
        y += tall
    return (
        f'<svg role="img" aria-label="{escape(NAMES[name])}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" xmlns="http://www.w3.org/2000/svg">{style}{"".join(parts)}</svg>'
    )


def _size(picture: str) -> tuple[float, float]:
    """Width and height, from the view box."""
    box = picture.split('viewBox="0 0 ', 1)[1].split('"', 1)[0]
    width, height = box.split(" ")
    return float(width), float(height)


def _part(name: str, found: Any) -> dict[str, Any]:
    report = REPORTS[name]
    rows = list(islice(report.rows(found), LISTED + 1))
    return {
        "name": name,
        "title": NAMES[name],
        "note": _NOTES[name],
        "header": report.header,
        "rows": rows[:LISTED],
        "more": len(rows) > LISTED,
        # Every text in them went through html.escape.
        "pictures": [mark_safe(picture) for picture in report.pictures(found)],  # noqa: S308
    }


def _tiles(found: dict[str, Any]) -> list[tuple[str, str]]:
    table = found["rates"]
    tiles = [("Return rate", percent(table.rate)), ("Units returned", f"{table.returned:,}")]
    money: Iterable[Retained] = found["retained"]
    for each in money:
        tiles.append((f"Refunded, {each.currency}", amount(each.refunded, each.currency)))
        tiles.append((f"Retained, {each.currency}", percent(each.share)))
    whole = [stage for stage in found["times"] if stage.name == "ALL"]
    tiles += [("Requested to paid, half within", duration(stage.p50)) for stage in whole]
    tiles.append(("Refunds overdue by law", f"{found['deadlines'].overdue:,}"))
    return tiles
