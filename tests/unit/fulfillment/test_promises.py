"""From a plan to allocations: what Saleor promised is kept where it must be."""

from __future__ import annotations

from dataclasses import replace

from saleor_plugins.fulfillment.domain.facts import Profile
from saleor_plugins.fulfillment.domain.life.promises import allocations
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from tests.unit.fulfillment.build import line, request, source

AWAY = Profile(ships_orders=False)


def wanted(asked, held: dict) -> dict:
    return allocations(asked, decide(asked).parcels, held)


def test_the_plan_replaces_what_was_held() -> None:
    asked = request([line("1", "v1", 3)], [source("a", v1=3), source("b", "FR", v1=3)])
    assert wanted(asked, {("1", "b"): 3}) == {("1", "a"): 3}


def test_what_the_rules_cannot_source_stays_promised() -> None:
    asked = request([line("1", "v1", 5)], [source("a", v1=2), source("b", profile=AWAY, v1=5)])
    assert wanted(asked, {("1", "b"): 5}) == {("1", "a"): 2, ("1", "b"): 3}
    assert wanted(asked, {("1", "b"): 1}) == {("1", "a"): 2, ("1", "b"): 1}


def test_nothing_is_kept_that_is_not_there() -> None:
    asked = request([line("1", "v1", 5)], [source("b", profile=AWAY, v1=2)])
    assert wanted(asked, {("1", "b"): 5}) == {("1", "b"): 2}
    gone = request([line("1", "v1", 5)], [source("b", profile=AWAY, v1=-3)])
    assert wanted(gone, {("1", "b"): 5, ("1", "deleted"): 1}) == {}


def test_lines_left_alone_keep_theirs() -> None:
    song = replace(line("2", "v2", 1), requires_shipping=False)
    sand = line("3", "v3", 1, tracks_stock=False)
    asked = request([line("1", "v1", 1), song, sand], [source("a", v1=1, v2=1, v3=1)])
    assert wanted(asked, {("2", "a"): 1, ("3", "a"): 1, ("9", "a"): 1}) == {("1", "a"): 1, ("2", "a"): 1}


def test_a_line_never_holds_more_than_is_left_to_ship() -> None:
    shipped = line("1", "v1", 0)
    asked = request([shipped], [source("a", v1=9)])
    assert wanted(asked, {("1", "a"): 2}) == {}
