"""Buckets only fill from the bucket before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.returns.domain.quantities import MAX_UNITS, Buckets, positive


@pytest.mark.parametrize("quantity", [0, -1, MAX_UNITS + 1, 10**30, True])
def test_senseless_quantities_name_the_field(quantity: int) -> None:
    with pytest.raises(Invalid) as caught:
        positive(quantity, field="lines.0.quantity")
    assert caught.value.field == "lines.0.quantity"


def test_more_than_approved_cannot_arrive() -> None:
    line = Buckets(3).approve().receive(2)
    with pytest.raises(Invalid) as caught:
        line.receive(2)
    assert caught.value.code == "OVER_RECEIPT"


def test_nothing_arrives_before_approval() -> None:
    with pytest.raises(Invalid):
        Buckets(3).receive(1)


def test_a_unit_is_judged_once() -> None:
    line = Buckets(2).approve().receive(2).judge(1, True).judge(1, False)
    assert (line.accepted, line.rejected, line.uninspected) == (1, 1, 0)
    with pytest.raises(Invalid):
        line.judge(1, True)


def test_closing_needs_inspection_and_money_and_counts_the_missing() -> None:
    line = Buckets(3).approve().receive(2)
    with pytest.raises(Conflict) as caught:
        line.close()
    assert caught.value.code == "NOT_INSPECTED"
    line = line.judge(2, True)
    with pytest.raises(Conflict) as caught:
        line.close()
    assert caught.value.code == "NOT_REFUNDED"
    closed = line.credit().settle(2).close()
    assert (closed.missing, closed.held) == (1, 0)


def test_what_was_kept_earns_its_money_and_may_come_all_the_same() -> None:
    line = Buckets(3).approve().keep(2)
    assert (line.kept, line.awaited, line.held, line.uncredited) == (2, 1, 1, 2)
    with pytest.raises(Invalid) as caught:
        line.keep(2)
    assert caught.value.code == "OVER_KEEP"
    paid = line.credit().settle(2)
    back = paid.unkeep(1)
    assert (back.kept, back.awaited, back.advanced, back.uncredited) == (1, 2, 1, 0)
    judged = back.receive(2).judge(1, True)
    assert (judged.advanced, judged.uncredited) == (0, 0)


def test_what_was_paid_in_advance_and_never_came_was_kept() -> None:
    line = Buckets(3).approve().advance(2).credit().settle(2)
    lost = line.lose()
    assert (lost.kept, lost.missing, lost.advanced, lost.awaited) == (2, 1, 0, 0)


def test_approval_in_part_declines_the_rest() -> None:
    line = Buckets(3).approve(2)
    assert (line.approved, line.declined, line.held) == (2, 1, 2)
    for senseless in (-1, 4):
        with pytest.raises(Invalid) as caught:
            Buckets(3).approve(senseless, field="lines.0.quantity")
        assert caught.value.field == "lines.0.quantity"


def test_missing_units_are_found_again() -> None:
    lost = Buckets(3).approve().receive(1).lose()
    assert (lost.missing, lost.awaited) == (2, 0)
    assert (lost.find(1).missing, lost.find(1).awaited) == (1, 1)
    assert lost.find().missing == 0


@given(st.integers(1, 50), st.lists(st.tuples(st.sampled_from("rajcsxkuvlfe"), st.integers(1, 20))))
def test_whatever_happens_the_buckets_stay_nested(requested: int, steps: list[tuple[str, int]]) -> None:
    line = Buckets(requested).approve()
    for verb, quantity in steps:
        settled = line.settled
        try:
            line = _do(line, verb, quantity)
        except (Invalid, Conflict):
            continue
        assert line.approved + line.declined <= line.requested
        assert line.received + line.missing + line.kept <= line.approved
        assert line.accepted + line.rejected <= line.received
        assert settled <= line.settled <= line.credited <= line.accepted + line.kept + line.advanced
        assert 0 <= line.advanced <= line.credited
        assert line.held + line.received + line.missing + line.kept + line.declined == line.requested
        assert min(line.awaited, line.uninspected, line.uncredited, line.held, line.kept, line.missing) >= 0


def _do(line: Buckets, verb: str, quantity: int) -> Buckets:
    steps = {
        "r": lambda: line.receive(quantity),
        "a": lambda: line.judge(quantity, True),
        "j": lambda: line.judge(quantity, False),
        "c": line.credit,
        "s": lambda: line.settle(line.credited - line.settled),
        "x": line.close,
        "k": lambda: line.keep(quantity),
        "u": lambda: line.unkeep(quantity),
        # Money in advance is decided in the step that grants it.
        "v": lambda: line.advance(quantity).credit(),
        "l": line.lose,
        "f": lambda: line.find(quantity),
        "e": lambda: line.expect(quantity),
    }
    return steps[verb]()
