"""When a committed plan is kept, and when it is not."""

from __future__ import annotations

from saleor_plugins.fulfillment.domain.life.standing import stands
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from saleor_plugins.fulfillment.domain.sourcing.record import slots
from tests.unit.fulfillment.build import line, request, source

ASKED = request([line("1", "v1", 3)], [source("a", v1=2), source("b", "FR", v1=5)])
PLAN = decide(ASKED).parcels
HELD = {("1", "b"): 3}


def test_kept_when_nothing_changed() -> None:
    assert slots(PLAN) == HELD
    assert stands(PLAN, "DE", ASKED, HELD, ())


def test_a_cheaper_plan_alone_changes_nothing() -> None:
    cheaper = request([line("1", "v1", 3)], [source("a", v1=9), source("b", "FR", v1=5)])
    assert slots(decide(cheaper).parcels) != HELD
    assert stands(PLAN, "DE", cheaper, HELD, ())


def test_dropped_when_the_place_the_need_or_the_stock_changed() -> None:
    assert not stands(PLAN, "FR", ASKED, HELD, ())
    more = request([line("1", "v1", 4)], list(ASKED.sources))
    assert not stands(PLAN, "DE", more, HELD, ())
    over = request([line("1", "v1", 3)], [source("a", v1=2), source("b", "FR", v1=2)])
    assert not stands(PLAN, "DE", over, HELD, ())
    gone = request([line("1", "v1", 3)], [source("a", v1=2)])
    assert not stands(PLAN, "DE", gone, HELD, ())


def test_dropped_when_somebody_else_moved_the_allocations() -> None:
    assert not stands(PLAN, "DE", ASKED, {("1", "a"): 2, ("1", "b"): 1}, ())
    assert not stands(PLAN, "DE", ASKED, {}, ())


def test_the_rest_after_a_parcel_left_is_kept() -> None:
    rest = request([line("1", "v1", 1)], list(ASKED.sources))
    assert stands(PLAN, "DE", rest, {("1", "b"): 1}, ())


def test_lines_left_alone_are_not_looked_at() -> None:
    both = request([line("1", "v1", 3), line("9", "v9", 1, tracks_stock=False)], list(ASKED.sources))
    assert stands(PLAN, "DE", both, {**HELD, ("9", "a"): 1}, {"9"})
