"""Each rule refuses for its own reason, and rates are found by the most specific row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from saleor_plugins.fulfillment.domain.eligibility import RULES, refusal
from saleor_plugins.fulfillment.domain.facts import Profile
from saleor_plugins.fulfillment.domain.rates import Rate, RateTable, default_table
from tests.unit.fulfillment.build import line, request, source

GOOD = source("good", v1=1)
NO_RATES = RateTable("Empty", "EUR", ())


@pytest.mark.parametrize(
    ("change", "more", "code"),
    [
        ({"profile": Profile(ships_orders=False)}, {}, "DOES_NOT_SHIP"),
        ({"channels": frozenset({"b2b"})}, {"channel": "shop"}, "NOT_IN_CHANNEL"),
        ({"countries": frozenset()}, {}, "NOT_IN_ZONE"),
        ({"free": {}}, {}, "NO_FREE_STOCK"),
        ({"free": {"v1": -3}}, {}, "NO_FREE_STOCK"),
        ({}, {"rates": NO_RATES}, "NO_RATE"),
        ({"profile": Profile(handling_unit=1, currency="USD")}, {}, "OTHER_CURRENCY"),
    ],
)
def test_one_reason_each(change: dict, more: dict, code: str) -> None:
    asked = request([line("a", "v1", 1)], [], **more)
    found = refusal(replace(GOOD, **change), asked, {"v1"})
    assert found is not None and found.code == code
    assert refusal(GOOD, request([line("a", "v1", 1)], []), {"v1"}) is None
    assert found.reason.endswith(".")


def test_every_rule_is_documented() -> None:
    assert all(rule.__doc__ for rule in RULES)


def test_channels_count_only_where_there_are_channels() -> None:
    asked = request([line("a", "v1", 1)], [], channel="")
    assert refusal(replace(GOOD, channels=frozenset({"b2b"})), asked, {"v1"}) is None


def test_the_most_specific_rate_wins() -> None:
    table = RateTable(
        "Card",
        "EUR",
        (
            Rate(1),
            Rate(2, origin="DE"),
            Rate(3, destination="FR"),
            Rate(4, origin="DE", destination="FR"),
            Rate(5, warehouse_id="w"),
            Rate(6, warehouse_id="w", destination="FR"),
        ),
    )

    def base(*where: str) -> int:
        found = table.find(*where)
        assert found is not None
        return found.base

    assert base("x", "PL", "PL") == 1
    assert base("x", "DE", "PL") == 2
    assert base("x", "PL", "FR") == 3
    assert base("x", "DE", "FR") == 4
    assert base("w", "DE", "PL") == 5
    assert base("w", "DE", "FR") == 6
    assert RateTable("Empty", "EUR", ()).find("w", "DE", "FR") is None


def test_default_rates_follow_the_currency() -> None:
    euro, yen = default_table("EUR", {"DE"}), default_table("JPY", {"JP"})
    assert [(rate.base, rate.per_kg) for rate in euro.rates] == [(500, 100), (1500, 300)]
    assert [(rate.base, rate.per_kg) for rate in yen.rates] == [(5, 1), (15, 3)]
