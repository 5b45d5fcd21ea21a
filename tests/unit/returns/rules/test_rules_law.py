"""The law of withdrawal: whose it is, its days, its closed list of exceptions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.returns.domain.rules.facts import Facts, LineFacts
from saleor_plugins.returns.domain.rules.law import (
    IN_TRANSIT,
    WHILE_SEALED,
    WithdrawalException,
    exception_of,
    last_day,
    law_of,
    possession,
    right_of,
)

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("country", "law"),
    [("DE", "EU"), ("PL", "EU"), ("IE", "EU"), ("GR", "EU"), ("NO", "EU"), ("IS", "EU"), ("LI", "EU"),
     ("RE", "EU"), ("AX", "EU"), ("GB", "UK"), ("US", ""), ("CH", ""), ("", ""), ("de", "")],
)  # fmt: skip
def test_whose_law(country: str, law: str) -> None:
    assert law_of(country) == law


@pytest.mark.parametrize(
    ("received", "country", "last"),
    [
        (MONDAY, "DE", date(2026, 3, 16)),
        # The fourteenth day is a Saturday, a Sunday: the period ends with the Monday.
        (date(2026, 3, 7), "DE", date(2026, 3, 23)),
        (date(2026, 3, 8), "DE", date(2026, 3, 23)),
        # Regulation 1182/71 binds nobody in the United Kingdom.
        (date(2026, 3, 7), "GB", date(2026, 3, 21)),
        # Good Friday, the weekend, Easter Monday: Tuesday.
        (date(2026, 3, 20), "DE", date(2026, 4, 7)),
        # Good Friday is a working day in Poland, the Saturday after it is none.
        (date(2026, 3, 20), "PL", date(2026, 4, 3)),
        # Bastille Day, in France and where France is.
        (date(2026, 6, 30), "FR", date(2026, 7, 15)),
        (date(2026, 6, 30), "RE", date(2026, 7, 15)),
        (date(2026, 6, 30), "DE", date(2026, 7, 14)),
        (date(2026, 12, 11), "SE", date(2026, 12, 28)),
    ],
)
def test_the_last_day(received: date, country: str, last: date) -> None:
    assert last_day(received, country) == last


EU_COUNTRIES = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO RE AX"
)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(EU_COUNTRIES.split()))
def test_nobody_has_less_than_14_days_or_ends_on_a_weekend(received: date, country: str) -> None:
    last = last_day(received, country)
    assert timedelta(14) <= last - received <= timedelta(14 + 7)
    assert last.weekday() < 5


def test_the_period_starts_with_the_last_of_the_goods() -> None:
    early, late = MONDAY, MONDAY + timedelta(days=5)
    assert possession([], [early, late], complete=True) == late
    # Nobody knows when the second arrived: not before it can have.
    assert possession([early], [early], complete=True) == early + IN_TRANSIT
    # Something is still to come.
    assert possession([], [early, late], complete=False) is None


def facts(country: str = "DE", received: date | None = MONDAY, today: date = MONDAY) -> Facts:
    return Facts("EUR", today, (), received=received, country=country)


def test_a_right_ends_after_its_last_day_in_whole_days() -> None:
    line = LineFacts("1")
    assert right_of(facts(today=date(2026, 3, 16)), line).open
    assert not right_of(facts(today=date(2026, 3, 17)), line).open
    assert right_of(facts(received=None, today=date(2030, 1, 1)), line).open
    assert right_of(facts("US"), line).law == "" and not right_of(facts("US"), line).open


@pytest.mark.parametrize("exception", list(WithdrawalException))
@pytest.mark.parametrize("country", ["DE", "GB"])
def test_only_the_closed_list_takes_the_right(exception: WithdrawalException, country: str) -> None:
    line = LineFacts("1", metadata={"withdrawal_exception": exception.value.lower()})
    right = right_of(facts(country), line)
    assert right.exception == exception
    # What is sealed may be sent back as long as it is.
    assert right.open == (exception in WHILE_SEALED)


@pytest.mark.parametrize("stated", ["sale", "SALE", "final sale", "underwear", " ", "__class__"])
def test_what_is_not_on_the_list_takes_nothing(stated: str) -> None:
    line = LineFacts("1", metadata={"withdrawal_exception": stated})
    assert right_of(facts(), line).open and right_of(facts(), line).exception == ""


def test_digital_content_is_an_exception_without_being_marked() -> None:
    assert exception_of({}, digital=True) == "DIGITAL_CONTENT"
    assert exception_of({"withdrawal_exception": "PERISHABLE"}, digital=True) == "PERISHABLE"
    assert not right_of(facts(), LineFacts("1", digital=True)).open
