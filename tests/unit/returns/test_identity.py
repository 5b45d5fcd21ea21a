"""Spelling makes no new customer and no new household."""

from __future__ import annotations

import pytest

from saleor_plugins.returns.domain.identity import same_email, same_place


@pytest.mark.parametrize(
    "text", ["jane@example.com", " Jane@Example.COM\n", "JANE@EXAMPLE.COM", "ｊane@example.com"]
)
def test_one_mailbox(text: str) -> None:
    assert same_email(text) == "jane@example.com"


def test_others_stay_others() -> None:
    assert (
        len({same_email(text) for text in ("jane@example.com", "jane+1@example.com", "jane@example.org", "")})
        == 4
    )


@pytest.mark.parametrize(
    "street", ["Straße 12a", "STRASSE 12 A", "strasse-12a", "Strasse  12 a.", "Straße 12à"]
)
def test_one_household(street: str) -> None:
    assert same_place("DE", "10 115", "Berlin", street) == "de|10115|berlin|strasse12a"


def test_other_households() -> None:
    places = {
        same_place("DE", "10115", "Berlin", "Strasse 12"),
        same_place("DE", "10115", "Berlin", "Strasse 1 2 b"),
        same_place("AT", "10115", "Berlin", "Strasse 12"),
        same_place("DE", "10115", "Bernau", "Strasse 12"),
    }
    assert len(places) == 4


def test_a_town_is_no_household() -> None:
    assert same_place("DE", "10115", "Berlin", " . ") == ""
