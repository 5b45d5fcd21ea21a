"""What the tables of states promise."""

from __future__ import annotations

import pytest

from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.returns.domain.machines import RETURN, ReturnState

VERBS = sorted({row.verb for row in RETURN.rows})
FINAL = {ReturnState.DECLINED, ReturnState.CANCELED}


@pytest.mark.parametrize("state", list(ReturnState))
def test_every_verb_is_allowed_or_says_no(state: ReturnState) -> None:
    for verb in VERBS:
        if RETURN.allows(state, verb):
            assert RETURN.target(state, verb) in list(ReturnState)
        else:
            with pytest.raises(Conflict) as caught:
                RETURN.target(state, verb)
            assert (caught.value.field, caught.value.code) == ("state", "CONFLICT")


def test_what_is_declined_or_cancelled_stays_so() -> None:
    assert not [(state, verb) for state in FINAL for verb in VERBS if RETURN.allows(state, verb)]


def test_every_state_can_be_reached() -> None:
    reached = {ReturnState.REQUESTED.value}
    for _ in ReturnState:
        reached |= {row.target for row in RETURN.rows if row.sources & reached}
    assert reached == {state.value for state in ReturnState}


def test_goods_that_arrived_are_never_forgotten() -> None:
    for verb in ("cancel", "expire", "decline"):
        for state in (ReturnState.RECEIVING, ReturnState.CLOSED):
            assert not RETURN.allows(state, verb)


def test_a_late_parcel_is_taken_in_and_a_finished_return_is_reopened_first() -> None:
    assert RETURN.target("EXPIRED", "receive") == "RECEIVING"
    assert not RETURN.allows("CLOSED", "receive")
    assert RETURN.target("CLOSED", "reopen") == "RECEIVING"
