"""Units that arrive are awaited, late, kept or unexpected; none is counted twice."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.returns.domain.arrivals import arrive
from saleor_plugins.returns.domain.quantities import Buckets


def test_what_was_asked_for_comes_first():
    before = Buckets(6, approved=6, received=1, missing=1, kept=2)
    arrival = arrive(before, 4, spare=1)
    assert (arrival.late, arrival.unkept, arrival.unexpected) == (1, 1, 0)
    now = arrival.now
    assert (now.received, now.missing, now.kept, now.awaited) == (5, 0, 1, 0)


def test_more_than_expected_needs_leave_and_goods_that_are_free():
    before = Buckets(2, approved=1, declined=1)
    with pytest.raises(Invalid) as caught:
        arrive(before, 2, spare=5, field="lines.3.quantity")
    assert (caught.value.field, caught.value.code) == ("lines.3.quantity", "OVER_RECEIPT")
    assert caught.value.message == "Only 1 more expected."
    with pytest.raises(Conflict) as refused:
        arrive(before, 3, spare=1, accept_unexpected=True)
    assert refused.value.code == "UNRETURNABLE"
    arrival = arrive(before, 3, spare=2, accept_unexpected=True)
    assert (arrival.unexpected, arrival.now.received, arrival.now.requested) == (2, 3, 4)


def test_a_kept_unit_that_was_paid_for_comes_back_as_an_advance():
    before = Buckets(2, approved=2, kept=2, credited=2, settled=2)
    now = arrive(before, 1, spare=0).now
    assert (now.kept, now.received, now.advanced, now.uncredited) == (1, 1, 1, 0)
    assert now.judge(1, accepted=True).uncredited == 0


@st.composite
def lines(draw):
    approved = draw(st.integers(0, 8))
    received = draw(st.integers(0, approved))
    missing = draw(st.integers(0, approved - received))
    kept = draw(st.integers(0, approved - received - missing))
    accepted = draw(st.integers(0, received))
    credited = draw(st.integers(0, accepted + kept))
    declined = draw(st.integers(0, 3))
    assume(approved + declined)
    return Buckets(
        requested=approved + declined,
        approved=approved,
        declined=declined,
        received=received,
        missing=missing,
        kept=kept,
        accepted=accepted,
        credited=credited,
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines(), st.integers(1, 20), st.integers(0, 10), st.booleans())
def test_every_unit_is_counted_once(before, quantity, spare, leave):
    expected = before.awaited + before.missing + before.kept
    try:
        arrival = arrive(before, quantity, spare, accept_unexpected=leave)
    except Invalid:
        assert quantity > expected
        assert not leave
        return
    except Conflict:
        late = min(max(quantity - before.awaited, 0), before.missing)
        assert late + max(quantity - expected, 0) > spare
        return
    now = arrival.now
    assert now.received == before.received + quantity
    assert quantity == (before.awaited - now.awaited) + arrival.late + arrival.unkept + arrival.unexpected
    assert arrival.late == before.missing - now.missing
    assert arrival.unkept == before.kept - now.kept
    assert now.credited == before.credited
    # Units that nobody else may have: what came late, or unasked, was free before.
    taken = (now.held + now.received + now.kept) - (before.held + before.received + before.kept)
    assert taken == arrival.late + arrival.unexpected <= spare
    assert now.accepted + now.kept + now.advanced >= now.credited
    assert min(vars(now).values()) >= 0
