from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Conflict, InsufficientStock, Invalid, NotFound, OpsError, Required
from saleor_plugins.restock.domain import transfer as rules
from saleor_plugins.restock.domain.transfer import Arrival, Line, Shipping

LINES = [Line("a", "v1", 10), Line("b", "v2", 5)]
SHIPPED = [Line("a", "v1", 10, shipped=10), Line("b", "v2", 5, shipped=3)]
PLENTY = {"v1": 99, "v2": 99}


def test_as_planned() -> None:
    state, after = rules.check_shipping("APPROVED", LINES, None, PLENTY)
    assert (state, [line.shipped for line in after]) == ("SHIPPED", [10, 5])


def test_less_than_planned_and_what_is_not_named_stays() -> None:
    _, after = rules.check_shipping("APPROVED", LINES, [Shipping("a", 4)], PLENTY)
    assert [line.shipped for line in after] == [4, 0]


def test_only_what_is_free_leaves_when_asked_so() -> None:
    _, after = rules.check_shipping("APPROVED", LINES, None, {"v1": 3, "v2": -4}, only_free=True)
    assert [line.shipped for line in after] == [3, 0]


@pytest.mark.parametrize(
    ("wanted", "free", "kind", "field"),
    [
        (None, {"v1": 9, "v2": 5}, InsufficientStock, "lines.0.quantity"),
        (None, {"v1": 10}, InsufficientStock, "lines.1.quantity"),
        (None, {"v1": 10, "v2": -1}, InsufficientStock, "lines.1.quantity"),
        ([Shipping("a", 11)], PLENTY, Invalid, "lines.0.quantity"),
        ([Shipping("a", -1)], PLENTY, Invalid, "lines.0.quantity"),
        ([Shipping("a", 1), Shipping("a", 1)], PLENTY, Invalid, "lines.1.lineId"),
        ([Shipping("x", 1)], PLENTY, NotFound, "lines.0.lineId"),
        ([Shipping("a", 0)], PLENTY, Invalid, "lines"),
        ([], PLENTY, Invalid, "lines"),
    ],
)
def test_what_cannot_leave(
    wanted: list[Shipping] | None, free: dict[str, int], kind: type[OpsError], field: str
) -> None:
    with pytest.raises(kind) as caught:
        rules.check_shipping("APPROVED", LINES, wanted, free)
    assert caught.value.field == field


@pytest.mark.parametrize("state", set(rules.STATES) - {"APPROVED"})
def test_only_an_approved_transfer_ships(state: str) -> None:
    with pytest.raises(Conflict):
        rules.check_shipping(state, LINES, None, PLENTY)


def test_a_part_then_the_rest_with_a_loss() -> None:
    state, after = rules.check_arrivals("SHIPPED", SHIPPED, [Arrival("a", 9)])
    assert state == "PARTLY_RECEIVED"
    state, after = rules.check_arrivals(state, after, [Arrival("a", 0, 1), Arrival("b", 3)], note="broken")
    assert state == "RECEIVED"
    assert [(line.received, line.lost) for line in after] == [(9, 1), (3, 0)]


@pytest.mark.parametrize(
    ("arrivals", "kind", "field"),
    [
        ([], Required, "lines"),
        ([Arrival("b", 4)], Invalid, "lines.0.quantity"),
        ([Arrival("a", 9, 2)], Invalid, "lines.0.lost"),
        ([Arrival("a", 0)], Invalid, "lines.0.quantity"),
        ([Arrival("a", -1)], Invalid, "lines.0.quantity"),
        ([Arrival("a", -1, 3)], Invalid, "lines.0.quantity"),
        ([Arrival("a", 3, -1)], Invalid, "lines.0.lost"),
        ([Arrival("a", 1), Arrival("a", 1)], Invalid, "lines.1.lineId"),
        ([Arrival("x", 1)], NotFound, "lines.0.lineId"),
        ([Arrival("a", 1, 1)], Required, "note"),
    ],
)
def test_what_cannot_arrive(arrivals: list[Arrival], kind: type[OpsError], field: str) -> None:
    with pytest.raises(kind) as caught:
        rules.check_arrivals("SHIPPED", SHIPPED, arrivals)
    assert caught.value.field == field


@pytest.mark.parametrize("state", ["DRAFT", "APPROVED", "RECEIVED", "CANCELED"])
def test_nothing_arrives_that_is_not_on_its_way(state: str) -> None:
    with pytest.raises(Conflict):
        rules.check_arrivals(state, SHIPPED, [Arrival("a", 1)])


def test_a_promise_needs_free_units() -> None:
    rules.check_promise(LINES, {"v1": 10, "v2": 5})
    with pytest.raises(InsufficientStock) as caught:
        rules.check_promise(LINES, {"v1": 10, "v2": 4})
    assert caught.value.field == "lines.1.quantity"


# A machine that does other work meanwhile is no failure.
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
numbers = st.integers(-2, 14)


@SLOW
@given(st.lists(st.tuples(st.sampled_from("ab"), numbers, numbers), max_size=25))
def test_shipped_is_always_received_plus_lost_plus_missing(asked: list[tuple[str, int, int]]) -> None:
    state, lines = "SHIPPED", SHIPPED
    for line_id, quantity, lost in asked:
        before = state, lines
        try:
            state, lines = rules.check_arrivals(state, lines, [Arrival(line_id, quantity, lost)], note="said")
        except OpsError:
            assert (state, lines) == before
        assert all(0 <= line.received + line.lost <= line.shipped for line in lines)
        assert (state == "RECEIVED") == all(line.missing == 0 for line in lines)


def test_the_docs_show_the_table_of_states() -> None:
    docs = Path(__file__).parents[3] / "docs" / "restock-transfers.md"
    assert rules.MACHINE.table() in docs.read_text()
