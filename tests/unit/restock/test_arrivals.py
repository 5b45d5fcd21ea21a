"""What may be booked as received."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, OpsError, Required
from saleor_plugins.restock.domain.arrivals import check_arrivals
from saleor_plugins.restock.domain.order import Arrival, Line

LINES = [Line("a", "va", 10), Line("b", "vb", 5, received=2, tolerance=1)]


def test_a_part_and_then_the_rest() -> None:
    part = check_arrivals("APPROVED", LINES, [Arrival("a", 4)])
    assert (part.state, [line.received for line in part.lines]) == ("PARTLY_RECEIVED", [4, 2])
    rest = check_arrivals(part.state, part.lines, [Arrival("a", 6), Arrival("b", 3)])
    assert (rest.state, [line.owed for line in rest.lines]) == ("RECEIVED", [0, 0])
    assert not any(line.open for line in rest.lines)


@pytest.mark.parametrize("accept", [False, True])
@pytest.mark.parametrize(
    ("arrivals", "kind", "field"),
    [
        ([], Required, "lines"),
        ([Arrival("x", 1)], NotFound, "lines.0.lineId"),
        ([Arrival("a", 1), Arrival("a", 1)], Invalid, "lines.1.lineId"),
        ([Arrival("a", 0)], Invalid, "lines.0.quantity"),
        ([Arrival("a", 5, -1)], Invalid, "lines.0.damaged"),
        ([Arrival("b", 1), Arrival("a", -1)], Invalid, "lines.1.quantity"),
        ([Arrival("a", 1_000_001)], Invalid, "lines.0.quantity"),
    ],
)
def test_what_cannot_arrive_is_refused_by_name(
    arrivals: list[Arrival], kind: type[OpsError], field: str, accept: bool
) -> None:
    with pytest.raises(kind) as caught:
        check_arrivals("APPROVED", LINES, arrivals, accept_over=accept)
    assert caught.value.field == field


def test_the_tolerance_and_not_one_more() -> None:
    found = check_arrivals("APPROVED", LINES, [Arrival("b", 4)])
    assert (found.state, found.lines[1].received, found.over) == ("PARTLY_RECEIVED", 6, {})
    with pytest.raises(Invalid, match="At most 4 more") as caught:
        check_arrivals("APPROVED", LINES, [Arrival("a", 1), Arrival("b", 5)])
    assert caught.value.field == "lines.1.quantity"


def test_too_many_are_counted_apart_when_a_person_takes_them() -> None:
    found = check_arrivals("SENT", LINES, [Arrival("a", 13), Arrival("b", 5)], accept_over=True)
    assert found.over == {"a": 3, "b": 1}
    assert ([line.received for line in found.lines], found.state) == ([10, 6], "RECEIVED")


def test_what_only_came_broken_is_still_owed() -> None:
    found = check_arrivals("SENT", LINES[:1], [Arrival("a", 0, damaged=4)])
    assert (found.state, found.lines[0].owed) == ("SENT", 10)


def test_what_was_given_up_is_too_many_when_it_comes() -> None:
    lines = [Line("a", "va", 10, received=4, open=False), Line("b", "vb", 5)]
    assert lines[0].owed == 0
    with pytest.raises(Invalid, match="At most 0"):
        check_arrivals("PARTLY_RECEIVED", lines, [Arrival("a", 1)])
    found = check_arrivals("PARTLY_RECEIVED", lines, [Arrival("a", 1), Arrival("b", 5)], accept_over=True)
    assert (found.over, found.state, found.lines[0].received) == ({"a": 1}, "RECEIVED", 4)


def test_goods_that_nobody_ordered_move_no_order() -> None:
    assert check_arrivals("APPROVED", LINES[:1], [], unordered=True).state == "APPROVED"


@pytest.mark.parametrize("state", ["DRAFT", "RECEIVED", "CANCELED"])
def test_an_order_nobody_owes_takes_nothing(state: str) -> None:
    with pytest.raises(Conflict) as caught:
        check_arrivals(state, LINES, [Arrival("a", 1)])
    assert ("acceptOver" in caught.value.message) == (state != "DRAFT")


@pytest.mark.parametrize("state", ["RECEIVED", "CANCELED"])
def test_what_comes_after_the_end_is_all_too_many(state: str) -> None:
    found = check_arrivals(state, LINES, [Arrival("a", 3)], accept_over=True)
    assert (found.state, found.over, found.lines) == (state, {"a": 3}, tuple(LINES))


def test_not_even_too_many_come_into_a_draft() -> None:
    with pytest.raises(Conflict):
        check_arrivals("DRAFT", LINES, [Arrival("a", 3)], accept_over=True)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(-2, 12), st.booleans()), max_size=12))
def test_no_sequence_of_arrivals_books_more_than_allowed(steps: list[tuple[str, int, bool]]) -> None:
    state, lines = "APPROVED", tuple(LINES)
    came = {line.id: line.received for line in LINES}
    for line_id, quantity, accept in steps:
        before = state, lines
        try:
            found = check_arrivals(state, lines, [Arrival(line_id, quantity)], accept_over=accept)
        except OpsError:
            assert (state, lines) == before
            continue
        state, lines = found.state, found.lines
        came[line_id] += quantity - found.over.get(line_id, 0)
    assert {line.id: line.received for line in lines} == came
    assert all(line.received <= line.ordered + line.tolerance for line in lines)
    assert (state == "RECEIVED") == all(line.received >= line.ordered for line in lines)
