"""Each rule refuses for its own reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from saleor_plugins.fulfillment.domain.calendar import Calendar
from saleor_plugins.fulfillment.domain.facts import Kind, Profile, Request, Source
from saleor_plugins.fulfillment.domain.rates.table import RateTable
from saleor_plugins.fulfillment.domain.sourcing.candidates import Candidate
from saleor_plugins.fulfillment.domain.sourcing.eligibility import RULES, Refusal, refusal
from tests.unit.fulfillment.build import line, request, source

DOCS = Path(__file__).parents[3] / "docs" / "routing.md"
GOOD = source("good", v1=1)
NO_RATES = RateTable("Empty", "EUR", ())
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FULL_YEAR = {date(2026, 11, 23) + timedelta(days=n): 1 for n in range(400)}


def asked_of(one: Source, asked: Request) -> Refusal | None:
    return refusal(Candidate(one, asked, asked.lines))


@pytest.mark.parametrize(
    ("change", "more", "code"),
    [
        ({"profile": Profile(ships_orders=False)}, {}, "DOES_NOT_SHIP"),
        ({"profile": Profile(kind=Kind.DEPOT)}, {}, "DOES_NOT_SHIP"),
        ({"channels": frozenset({"b2b"})}, {"channel": "shop"}, "NOT_IN_CHANNEL"),
        ({"countries": frozenset()}, {}, "NOT_IN_ZONE"),
        ({"rejected": True}, {}, "REJECTED"),
        ({"free": {}}, {}, "NO_FREE_STOCK"),
        ({"free": {"v1": -3}}, {}, "NO_FREE_STOCK"),
        ({"profile": Profile(safety_stock=1)}, {}, "NO_FREE_STOCK"),
        ({"most": {"v1": 0}}, {}, "NO_FREE_STOCK"),
        ({"profile": Profile(excluded_classes=frozenset({"dangerous"}))}, {}, "EXCLUDED"),
        ({"profile": Profile(excluded_types=frozenset({"type"}))}, {}, "EXCLUDED"),
        ({}, {"rates": NO_RATES}, "NO_RATE"),
        ({"profile": Profile(handling_unit=1, currency="USD")}, {}, "OTHER_CURRENCY"),
        ({"profile": Profile(calendar=Calendar(working_days=frozenset()))}, {}, "CLOSED"),
        ({"profile": Profile(daily_parcels=1), "planned": FULL_YEAR}, {}, "CLOSED"),
        ({"profile": Profile(daily_parcels=0)}, {}, "CLOSED"),
    ],
)
def test_one_reason_each(change: dict, more: dict, code: str) -> None:
    lines = [line("a", "v1", 1, classes=frozenset({"dangerous"}), product_type_id="type")]
    found = asked_of(replace(GOOD, **change), request(lines, [], now=NOW, **more))
    assert found is not None and found.code == code
    assert found.reason.endswith(".")
    assert asked_of(GOOD, request(lines, [], now=NOW)) is None
    assert f"`{code}`" in DOCS.read_text()


def test_every_rule_is_documented() -> None:
    assert all(rule.__doc__ for rule in RULES)


def test_safety_stock_is_told() -> None:
    kept = replace(GOOD, profile=Profile(safety_stock=2))
    found = asked_of(kept, request([line("a", "v1", 1)], []))
    assert found is not None and "it keeps 2 of everything" in found.reason


def test_one_line_that_it_may_ship_is_enough() -> None:
    careful = replace(
        GOOD, free={"v1": 1, "v2": 1}, profile=Profile(excluded_classes=frozenset({"oversize"}))
    )
    lines = [line("a", "v1", 1, classes=frozenset({"oversize"})), line("b", "v2", 1)]
    assert asked_of(careful, request(lines, [])) is None


def test_channels_count_only_where_there_are_channels() -> None:
    asked = request([line("a", "v1", 1)], [], channel="")
    assert asked_of(replace(GOOD, channels=frozenset({"b2b"})), asked) is None
