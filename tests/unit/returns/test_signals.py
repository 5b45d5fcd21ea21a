"""Signals: each at its limit, just below it, switched off, and in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from saleor_plugins.returns.domain.signals import Facts, Limits, LineFacts, Past, SignalKind, signals

DAY = date(2026, 3, 10)
LINE = LineFacts("DRESS", 2)
FACTS = Facts("EUR", DAY, (LINE,))
LIMITS = Limits(
    value=50_000, event_categories=frozenset({"gowns"}), worn=frozenset({"worn", "c"}), empty=frozenset({"empty"}),
    wrong=frozenset({"wrong"}),
)  # fmt: skip


def kinds(limits: Limits = LIMITS, **facts: Any) -> list[str]:
    return [raised.kind.value for raised in signals(replace(FACTS, **facts), limits)]


def line(**values: Any) -> dict[str, Any]:
    return {"lines": (replace(LINE, **values),)}


def test_an_ordinary_return_raises_nothing() -> None:
    assert kinds(customer=Past(1, 2, 9_000, 1), bought=12) == []


@pytest.mark.parametrize(
    ("bought", "units", "raised"),
    [
        (8, 4, False),
        (10, 6, True),
        (10, 5, False),
        (7, 7, False),
        (8, 5, True),
        (0, 9, False),
        (1000, 599, False),
    ],
)
def test_return_rate(bought: int, units: int, raised: bool) -> None:
    assert kinds(customer=Past(3, units, 0, 1), bought=bought) == (["RETURN_RATE"] if raised else [])


def test_the_reason_has_its_numbers() -> None:
    (raised,) = signals(replace(FACTS, customer=Past(5, 14, 0, 1), bought=18), LIMITS)
    assert raised.reason == (
        "The customer asked to return 14 of 18 units bought in 365 days: 77 %. Your limit is 60 %. "
        "Faulty and wrong goods are not counted."
    )
    assert raised.data == {"units": 14, "bought": 18, "percent": 77, "limit": 60, "days": 365}


def test_return_value() -> None:
    assert kinds(customer=Past(2, 3, 49_999, 1)) == []
    (raised,) = signals(replace(FACTS, customer=Past(2, 3, 50_000, 1)), LIMITS)
    assert (
        raised.reason == "2 returns of the customer in 365 days, worth 500.00 EUR; your limit is 500.00 EUR."
    )


@pytest.mark.parametrize(("name", "kind"), [("address", "SAME_ADDRESS"), ("card", "SAME_CARD")])
def test_several_customers_of_one(name: str, kind: str) -> None:
    assert kinds(**{name: Past(6, 6, 0, 2)}) == [kind]
    assert kinds(**{name: Past(5, 9, 0, 4)}) == []
    assert kinds(**{name: Past(9, 9, 0, 1)}) == [], "one customer is no household"


@pytest.mark.parametrize(
    ("values", "raised"),
    [
        ({"until": date(2026, 3, 12)}, False),
        ({"until": date(2026, 3, 12), "categories": frozenset({"clothes", "gowns"})}, True),
        ({"until": date(2026, 3, 10), "judged": (("Worn", 1),)}, True),
        ({"until": date(2026, 3, 13), "judged": (("WORN", 1),)}, False),
        ({"until": date(2026, 3, 9), "judged": (("WORN", 1),)}, False),
        ({"categories": frozenset({"gowns"}), "judged": (("C", 2),)}, True),
        ({"categories": frozenset({"gowns"}), "judged": (("A", 2),)}, False),
        ({"categories": frozenset({"gowns"}), "judged": (("C", 2),), "fault": True}, False),
    ],
)
def test_wardrobing_takes_two_signs(values: dict[str, Any], raised: bool) -> None:
    assert kinds(**line(**values)) == (["WARDROBING"] if raised else [])


def test_wardrobing_in_words() -> None:
    values = {"until": DAY, "categories": frozenset({"gowns"}), "judged": (("worn", 1),)}
    (raised,) = signals(replace(FACTS, **line(**values)), LIMITS)
    assert raised.reason == (
        "DRESS: asked for on its last day of its window and it is of a category worn on occasions "
        "and 1 unit came back worn."
    )


@pytest.mark.parametrize(
    ("values", "raised"),
    [
        ({"received": 2, "judged": (("Empty", 1),)}, True),
        ({"received": 1, "missing": 1}, True),
        ({"received": 0, "missing": 2}, False),
        ({"received": 2}, False),
    ],
)
def test_empty_box(values: dict[str, Any], raised: bool) -> None:
    assert kinds(**line(**values)) == (["EMPTY_BOX"] if raised else [])


def test_item_switched() -> None:
    assert kinds(**line(judged=(("wrong", 2),))) == ["ITEM_SWITCHED"]
    assert kinds(**line(judged=(("fine", 2),))) == []


def test_zero_switches_off() -> None:
    off = replace(LIMITS, rate=0, value=0, address_returns=0, card_returns=0, closing_days=0)
    past = Past(99, 99, 10**9, 9)
    values = line(until=DAY, judged=(("worn", 1),))
    assert kinds(off, customer=past, address=past, card=past, bought=99, **values) == []
    assert set(kinds(customer=past, address=past, card=past, bought=99, **values)) == {
        "RETURN_RATE", "RETURN_VALUE", "SAME_ADDRESS", "SAME_CARD", "WARDROBING"
    }  # fmt: skip


def test_every_kind_can_be_raised_and_says_why() -> None:
    past = Past(99, 99, 10**9, 9)
    values = line(until=DAY, received=1, judged=(("worn", 1), ("empty", 1), ("wrong", 1)))
    found = signals(replace(FACTS, customer=past, address=past, card=past, bought=99, **values), LIMITS)
    assert [raised.kind for raised in found] == list(SignalKind)
    assert all(raised.reason.endswith(".") and len(raised.reason) <= 300 for raised in found)
