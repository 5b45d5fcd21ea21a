"""Purchase orders: the table of states and the booking of arrivals."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, OpsError, Required
from saleor_plugins.restock.domain import order as rules
from saleor_plugins.restock.domain.order import Arrival, Line, check_arrivals

LINES = [Line("a", "va", 10), Line("b", "vb", 5, received=2, tolerance=1)]


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("verb", [row.verb for row in rules.MACHINE.rows])
def test_the_table_is_the_whole_truth(state: str, verb: str) -> None:
    allowed = {
        "approve": {"DRAFT"},
        "send": {"APPROVED"},
        "amend": {"APPROVED", "SENT"},
        "withdraw": {"DRAFT"},
        "receive part": {"APPROVED", "SENT", "PARTLY_RECEIVED"},
        "receive all": {"APPROVED", "SENT", "PARTLY_RECEIVED"},
        "cancel": {"DRAFT", "APPROVED", "SENT", "PARTLY_RECEIVED"},
    }
    assert rules.MACHINE.allows(state, verb) == (state in allowed[verb])


def test_a_part_and_then_the_rest() -> None:
    state, lines = check_arrivals("APPROVED", LINES, [Arrival("a", 4)])
    assert (state, [line.received for line in lines]) == ("PARTLY_RECEIVED", [4, 2])
    state, lines = check_arrivals(state, lines, [Arrival("a", 6), Arrival("b", 3)])
    assert (state, [line.owed for line in lines]) == ("RECEIVED", [0, 0])


@pytest.mark.parametrize(
    ("arrivals", "kind", "field"),
    [
        ([], Required, "lines"),
        ([Arrival("x", 1)], NotFound, "lines.0.lineId"),
        ([Arrival("a", 1), Arrival("a", 1)], Invalid, "lines.1.lineId"),
        ([Arrival("a", 0)], Invalid, "lines.0.quantity"),
        ([Arrival("b", 1), Arrival("a", -1)], Invalid, "lines.1.quantity"),
        ([Arrival("a", 11)], Invalid, "lines.0.quantity"),
        ([Arrival("b", 5)], Invalid, "lines.0.quantity"),
    ],
)
def test_what_cannot_arrive_is_refused_by_name(
    arrivals: list[Arrival], kind: type[OpsError], field: str
) -> None:
    with pytest.raises(kind) as caught:
        check_arrivals("APPROVED", LINES, arrivals)
    assert caught.value.field == field


def test_the_tolerance_and_not_one_more() -> None:
    state, lines = check_arrivals("APPROVED", LINES, [Arrival("b", 4)])
    assert state == "PARTLY_RECEIVED"
    assert lines[1].received == 6


@pytest.mark.parametrize("state", ["DRAFT", "RECEIVED", "CANCELED"])
def test_an_order_nobody_owes_takes_nothing(state: str) -> None:
    with pytest.raises(Conflict):
        check_arrivals(state, LINES, [Arrival("a", 1)])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(-2, 12)), max_size=12))
def test_no_sequence_of_arrivals_books_more_than_allowed(steps: list[tuple[str, int]]) -> None:
    state, lines = "APPROVED", LINES
    for line_id, quantity in steps:
        before = state, lines
        try:
            state, lines = check_arrivals(state, lines, [Arrival(line_id, quantity)])
        except OpsError:
            assert (state, lines) == before
    assert all(line.received <= line.ordered + line.tolerance for line in lines)
    assert (state == "RECEIVED") == all(line.received >= line.ordered for line in lines)


@pytest.mark.parametrize(("ordered", "percent", "units"), [(10, 0, 0), (10, 10, 1), (9, 10, 0), (200, 5, 10)])
def test_tolerance_rounds_down(ordered: int, percent: int, units: int) -> None:
    assert rules.tolerance(ordered, percent) == units


def test_the_docs_show_the_table_of_states() -> None:
    docs = Path(__file__).parents[3] / "docs" / "restock.md"
    assert rules.MACHINE.table() in docs.read_text()
