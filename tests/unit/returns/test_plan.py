"""What a refund is made of, how it is lowered, and which payments it comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.returns.domain.credit import Charge
from saleor_plugins.returns.domain.machines import PART, RETURN, refund_state
from saleor_plugins.returns.domain.plan import LineAccount, OrderAccount, ShippingRule, adjust, plan_refund
from saleor_plugins.returns.domain.reconcile import Trace, Verdict, judge
from saleor_plugins.returns.domain.split import split

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINES = (LineAccount("a", 3, Charge(1000, 200)), LineAccount("b", 1, Charge(500, 100)))
ACCOUNT = OrderAccount(LINES, Charge(400, 80))


def test_shipping_comes_back_once_with_the_last_unit() -> None:
    assert plan_refund(ACCOUNT, {"a": 3}, ShippingRule.STANDARD).of("SHIPPING") == Charge()
    assert plan_refund(ACCOUNT, {"a": 3, "b": 1}, ShippingRule.STANDARD).of("SHIPPING") == Charge(400, 80)


def test_shipping_that_was_credited_before_is_not_given_twice() -> None:
    account = OrderAccount(ACCOUNT.lines, ACCOUNT.shipping, Charge(400, 80))
    assert plan_refund(account, {"a": 3, "b": 1}, ShippingRule.STANDARD).of("SHIPPING") == Charge()


def test_more_units_than_sold() -> None:
    with pytest.raises(Invalid):
        plan_refund(ACCOUNT, {"b": 2}, ShippingRule.NONE)


def test_staff_may_give_less_and_the_difference_is_a_row() -> None:
    plan = adjust(plan_refund(ACCOUNT, {"b": 1}, ShippingRule.NONE), 450, 1)
    assert plan.charge.gross == 450
    assert plan.rows[-1].charge == Charge(-125, -25)


@pytest.mark.parametrize(("amount", "code"), [(-1, "INVALID"), (601, "ABOVE_CREDIT")])
def test_nothing_is_clamped(amount: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        adjust(plan_refund(ACCOUNT, {"b": 1}, ShippingRule.NONE), amount, 1)
    assert (caught.value.field, caught.value.code) == ("amount", code)


@given(st.lists(st.integers(-50, 1000), min_size=1, max_size=6), st.integers(0, 3000))
def test_payments_give_what_they_have(balances: list[int], amount: int) -> None:
    named = {f"p{i}": balance for i, balance in enumerate(balances)}
    try:
        parts = split(amount, named)
    except Invalid as error:
        assert error.code == "ABOVE_CEILING"
        assert amount > sum(max(balance, 0) for balance in balances)
        return
    assert sum(parts.values()) == amount
    assert all(0 < part <= named[payment] for payment, part in parts.items())


def _verdict(moved: int, *, minutes: int = 60, under_way: int = 0) -> Verdict:
    return judge(Trace(500, 100, 100 + moved, under_way, NOW - timedelta(minutes=minutes)), NOW)


def test_the_books_decide_about_a_silent_gateway() -> None:
    assert _verdict(500, minutes=0) is Verdict.HAPPENED
    assert _verdict(0) is Verdict.ABSENT
    assert _verdict(0, minutes=5) is Verdict.WAIT
    assert _verdict(0, under_way=500) is Verdict.WAIT
    assert _verdict(300) is Verdict.UNCLEAR
    assert _verdict(1000) is Verdict.UNCLEAR


def test_a_refund_is_what_its_parts_are() -> None:
    assert refund_state([]) == "SUCCEEDED"
    assert refund_state(["SUCCEEDED", "UNKNOWN"]) == "PENDING"
    assert refund_state(["SUCCEEDED", "FAILED"]) == "FAILED"
    assert refund_state(["SUCCEEDED", "SUCCEEDED"]) == "SUCCEEDED"


def test_what_is_in_flight_is_never_sent_again() -> None:
    for state in ("SENT", "UNKNOWN", "SUCCEEDED"):
        with pytest.raises(Conflict):
            PART.target(state, "send")


def test_a_return_with_goods_in_hand_cannot_be_cancelled() -> None:
    assert RETURN.allows("APPROVED", "cancel")
    assert not RETURN.allows("RECEIVING", "cancel")
