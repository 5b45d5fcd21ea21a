"""Explanations a merchant can check with the numbers on the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from saleor_plugins.restock.domain.demand import Spike
from saleor_plugins.restock.domain.explain import explain, number, units
from saleor_plugins.restock.domain.forecast import Forecast
from saleor_plugins.restock.domain.rule import Flag, Limits, Policy, Position, advise
from saleor_plugins.restock.domain.supplier import Terms

TERMS = Terms("item", "supplier", "Acme", 100_000, "USD", moq=24, pack=12, lead_days=7)
STEADY = Forecast(1.5, 14, 21.0, 6.0, 31.5, 182, 120)


def words(forecast: Forecast = STEADY, position: Position = Position(12, 2), **more: object) -> list[str]:
    limits = more.get("limits", Limits())
    advice = advise(forecast, position, limits, more.get("terms", TERMS), Policy())  # type: ignore[arg-type]
    assert advice is not None
    return explain(advice, Policy(), more.get("share", 1.0))  # type: ignore[arg-type]


def test_the_whole_story() -> None:
    assert words() == [
        "Sells about 1.5 units a day here, smoothed over 182 days of which 120 had sales.",
        (
            "Delivery takes 7 days and the next check is 7 days later: about 21 units will sell in those"
            " 14 days, and 31.5 units are enough in 95 of 100 cases."
        ),
        "The reorder point is 32.",
        "There are 12 on hand, 2 promised to orders and 0 on the way from suppliers: 10, which is below 32.",
        "Filling up to 53 takes 43 units; Acme packs 12 together, so the order is for 48.",
    ]


def test_a_minimum_is_named_as_the_reason() -> None:
    quiet = Forecast(0.0, 14, 0.0, 0.0, 0.0, 182, 0)
    said = words(quiet, Position(1), limits=Limits(minimum=5))
    assert said[0] == "No sales in the last 182 days."
    assert said[1] == "You keep at least 5 units here: that is the reorder point."
    assert said[-1] == (
        "Filling up to 5 takes 4 units; Acme sells at least 24 and packs 12 together, so the order is for 24."
    )


def test_a_shared_warehouse_says_its_part() -> None:
    assert "(50% of all its sales: other warehouses share the rest)" in words(share=0.5)[0]


def test_every_flag_has_words() -> None:
    spike = replace(STEADY, sold_days=2, spike=Spike(date(2026, 2, 3), 10_000, 10_000))
    assert any("2026-02-03 sold 10000 units" in said and "counts in full" in said for said in words(spike))
    capped = replace(STEADY, spike=Spike(date(2026, 2, 3), 10_000, 50))
    assert any("counts 50 of them" in said for said in words(capped))
    advice = advise(spike, Position(-3, 2), Limits(0, 20), TERMS, Policy())
    assert advice is not None
    assert len(explain(replace(advice, flags=tuple(Flag)), Policy())) == 5 + len(Flag)


def test_numbers_read_well() -> None:
    assert [number(value) for value in (0, 1.0, 0.5, 1.428, 1200.0)] == ["0", "1", "0.5", "1.43", "1200"]
    assert (units(1), units(2)) == ("1 unit", "2 units")
