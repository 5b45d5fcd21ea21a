"""What moves between two plans, and what an order's fingerprint sees."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.fulfillment.domain.life.loop import (
    ADDRESS_CHANGED,
    LINES_CHANGED,
    Move,
    fingerprint,
    left_a_warehouse,
    moves,
    what_changed,
)


def test_from_where_to_where() -> None:
    found = moves({("l", "a"): 3, ("l", "b"): 2}, {("l", "b"): 3, ("l", "c"): 2}, {})
    assert found == (Move("l", 1, "a", "b"), Move("l", 2, "a", "c"))
    assert left_a_warehouse(found) == 3


def test_waiting_units_come_from_nowhere_and_go_to_nowhere() -> None:
    assert moves({("l", "a"): 2}, {("l", "a"): 5}, {}) == (Move("l", 3, "", "a"),)
    assert left_a_warehouse((Move("l", 3, "", "a"),)) == 0
    assert moves({("l", "a"): 5}, {("l", "a"): 2}, {"l": 3}) == (Move("l", 3, "a", ""),)


def test_shipped_units_did_not_move() -> None:
    assert moves({("l", "a"): 5}, {("l", "a"): 2}, {}) == ()
    assert moves({("l", "a"): 5}, {("l", "b"): 2}, {}) == (Move("l", 2, "a", "b"),)


SLOTS = st.dictionaries(st.tuples(st.sampled_from("lm"), st.sampled_from("abc")), st.integers(1, 5))


@given(SLOTS, SLOTS, st.dictionaries(st.sampled_from("lm"), st.integers(0, 5)))
def test_moves_never_invent_units(before: dict, after: dict, waiting: dict) -> None:
    found = moves(before, after, waiting)
    out, into, stuck = Counter(), Counter(), Counter()
    for move in found:
        assert move.quantity > 0 and move.source != move.target
        if move.source:
            out[move.line_id, move.source] += move.quantity
        if move.target:
            into[move.line_id, move.target] += move.quantity
        else:
            stuck[move.line_id] += move.quantity
    assert all(units <= before[slot] - after.get(slot, 0) for slot, units in out.items())
    assert all(units == after[slot] - before.get(slot, 0) for slot, units in into.items())
    assert {slot for slot in after if after[slot] > before.get(slot, 0)} == set(into)
    assert all(units <= waiting.get(line, 0) for line, units in stuck.items())


def test_the_fingerprint_tells_place_from_lines() -> None:
    lines = [("l1", "v1", 2), ("l2", None, 1)]
    one = fingerprint(("DE", "10115"), "Express", lines)
    assert one == fingerprint(("DE", "10115"), "Express", lines[::-1])
    assert what_changed(one, one) == "" and what_changed("", one) == ""
    for place, service in ((("DE", "10117"), "Express"), (("FR", "10115"), "Express"), (("DE", "10115"), "")):
        assert what_changed(one, fingerprint(place, service, lines)) == ADDRESS_CHANGED
    assert what_changed(one, fingerprint(("DE", "10115"), "Express", lines[:1])) == LINES_CHANGED
    assert "10115" not in one and len(one) <= 64
