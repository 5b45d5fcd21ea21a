"""Whose word counts, and what was said before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopify_bridge.domain.diff import difference
from shopify_bridge.domain.owners import Rules, digest, later
from shopify_bridge.domain.policy import Policy

from .test_diff import in_shopify, product

EARLY, LATE = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00+01:00"


def rules(owner: str, echo: dict | None = None) -> Rules:
    return Rules(Policy(owners={"title": owner}), echo or {})


def verdict(owner: str, sent: str, got: str, wanted: str, seen: str, times: tuple[str, str]) -> str:
    echo = {"title": [digest(sent), digest(got)]} if sent else {}
    return rules(owner, echo).verdict("title", "title", wanted, seen, times)


@pytest.mark.parametrize(
    ("owner", "sent", "got", "wanted", "seen", "times", "expected"),
    [
        ("saleor", "", "", "a", "b", ("", ""), "saleor"),
        ("saleor", "a", "A", "a", "A", ("", ""), ""),
        ("saleor", "a", "A", "a", "edited", ("", ""), "saleor"),
        ("shopify", "", "", "a", "b", ("", ""), "shopify"),
        ("newest", "a", "a", "b", "a", (EARLY, LATE), "saleor"),
        ("newest", "a", "a", "a", "b", (LATE, EARLY), "shopify"),
        ("newest", "a", "a", "b", "c", (LATE, EARLY), "saleor"),
        ("newest", "a", "a", "b", "c", (EARLY, LATE), "shopify"),
        ("newest", "", "", "b", "c", (EARLY, LATE), "shopify"),
        ("newest", "", "", "b", "c", (LATE, EARLY), "saleor"),
        ("newest", "", "", "b", "c", ("", ""), "saleor"),
        ("newest", "a", "A", "a", "A", (EARLY, LATE), ""),
        ("newest", "", "", "same", "same", (EARLY, LATE), ""),
    ],
)
def test_the_table(owner, sent, got, wanted, seen, times, expected) -> None:
    assert verdict(owner, sent, got, wanted, seen, times) == expected


def test_moments_are_compared_as_moments() -> None:
    assert later("2026-01-01T12:00:00+02:00", "2026-01-01T09:59:59Z")
    assert not later("2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00Z")
    assert not later("", EARLY) and later(EARLY, "")


def test_what_is_shopifys_is_a_note_and_no_change() -> None:
    wanted = product("A")
    found = difference(wanted, replace(in_shopify(wanted), title="Theirs"), rules("shopify"))
    assert found.changes == []
    assert [(change.path, change.before, change.owner) for change in found.kept] == [
        ("title", "Theirs", "shopify")
    ]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("xyz")), max_size=12))
def test_newest_always_comes_to_rest(edits: list[tuple[bool, str]]) -> None:
    """However the two sides edit, after each apply the next plan is empty, and the last edit is what remains."""
    saleor = shopify = "start"
    echo = {"title": [digest(saleor), digest(shopify)]}
    times = [EARLY, EARLY]
    for number, (ours, text) in enumerate(edits):
        moment = f"2026-02-{number + 1:02d}T00:00:00Z"
        if ours:
            saleor, times[0] = text, moment
        else:
            shopify, times[1] = text, moment
        said = rules("newest", echo).verdict("title", "title", saleor, shopify, (times[0], times[1]))
        base = rules("newest", echo).base("title", "title", saleor, shopify, said)
        if said == "saleor":
            shopify = saleor
            echo = {"title": [digest(saleor), digest(shopify)]}
        elif base:
            echo = {"title": base}
        again = rules("newest", echo).verdict("title", "title", saleor, shopify, (times[0], times[1]))
        assert again != "saleor"
        if not ours:
            assert shopify == text
