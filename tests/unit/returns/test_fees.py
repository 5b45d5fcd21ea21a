"""Fees: never above the credit they are taken of, never against the law, exact in any order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.returns.domain.credit import Charge, total
from saleor_plugins.returns.domain.fees import Fees, cap_amount, fee_amount, label_fee, unit_fee
from saleor_plugins.returns.domain.plan import (
    Component,
    LineAccount,
    OrderAccount,
    RefundPlan,
    ShippingRule,
    adjust,
    plan_refund,
)

charges = st.builds(Charge, st.integers(0, 10**7), st.integers(0, 10**6))
percents = st.decimals(0, 100, places=2)


@given(charges, percents)
def test_a_units_fee_is_within_its_credit(credit: Charge, percent: Decimal) -> None:
    left = credit + unit_fee(credit, percent)
    assert 0 <= left.net <= credit.net
    assert 0 <= left.tax <= credit.tax
    assert unit_fee(credit, Decimal(100)) == Charge(-credit.net, -credit.tax)


@given(charges, st.integers(0, 10**8))
def test_postage_is_within_what_is_left(left: Charge, label: int) -> None:
    after = left + label_fee(left, label)
    assert after.gross == max(left.gross - label, 0)
    assert after.net >= 0 <= after.tax


def test_amounts_are_rounded_for_the_customer() -> None:
    assert fee_amount("4.99", "JPY") == 4
    assert cap_amount("4.01", "JPY") == 5
    assert (fee_amount("", "EUR"), cap_amount(" ", "EUR"), fee_amount("1.2345", "KWD")) == (0, None, 1234)


def test_only_units_that_bear_fees_do() -> None:
    account = OrderAccount((LineAccount("a", 3, Charge(3000, 600)),))
    plan = plan_refund(
        account, {"a": 3}, ShippingRule.NONE, fees=Fees({"a": (Decimal(10),)}, 5000, {"a": 1}, ordinal=7)
    )
    assert plan.of(Component.FEE) == Charge(-100, -20)
    assert [row.unit for row in plan.rows if row.component is Component.FEE] == [3]
    assert plan.of(Component.LABEL) == Charge(-900, -180)
    assert [row.unit for row in plan.rows if row.component is Component.LABEL] == [7]
    assert plan.charge == Charge(2000, 400)


@pytest.mark.parametrize(("most", "back"), [(None, 480), (480, 480), (300, 300), (0, 0)])
def test_only_the_standard_delivery_comes_back(most: int | None, back: int) -> None:
    account = OrderAccount((LineAccount("a", 1, Charge(100)),), Charge(400, 80))
    plan = plan_refund(account, {"a": 1}, ShippingRule.STANDARD, standard=most)
    assert plan.of(Component.SHIPPING).gross == back


lines = st.lists(st.tuples(st.integers(1, 9), charges), min_size=1, max_size=4)


@given(lines, charges, st.sampled_from(ShippingRule), percents, st.integers(0, 5000), st.data())
def test_a_whole_order_comes_back_exactly_less_its_fees(
    sold: list[tuple[int, Charge]],
    shipping: Charge,
    rule: ShippingRule,
    percent: Decimal,
    label: int,
    data: st.DataObject,
) -> None:
    account = OrderAccount(
        tuple(LineAccount(f"l{i}", units, paid) for i, (units, paid) in enumerate(sold)), shipping
    )
    units = [line.line_id for line in account.lines for _ in range(line.quantity)]
    left = data.draw(st.permutations(units))
    plans: list[RefundPlan] = []
    while left:
        size = data.draw(st.integers(1, len(left)))
        batch, left = left[:size], left[size:]
        counts = {key: batch.count(key) for key in batch}
        bearing = {key: data.draw(st.integers(0, units)) for key, units in counts.items()}
        percents = {key: (percent,) * data.draw(st.integers(0, units)) for key, units in counts.items()}
        fees = Fees(percents, label, bearing, ordinal=len(plans) + 1)
        plan = plan_refund(account, counts, rule, fees=fees)
        assert plan.charge.net >= 0 <= plan.charge.tax
        plans.append(plan)
        account = OrderAccount(
            tuple(replace(row, credited=row.credited + counts.get(row.line_id, 0)) for row in account.lines),
            shipping,
            account.shipping_credited + plan.of(Component.SHIPPING),
        )
    rows = [row for plan in plans for row in plan.rows]
    kept = total([row.charge for row in rows if row.component in (Component.FEE, Component.LABEL)])
    paid = total([charge for _, charge in sold])
    if rule is not ShippingRule.NONE:
        paid += shipping
    assert total([plan.charge for plan in plans]) - kept == paid
    keys = [(row.component, row.line_id, row.unit) for row in rows]
    assert len(keys) == len(set(keys))


@given(charges, st.integers(0, 10**8), st.booleans())
def test_staff_get_the_amount_they_said_in_net_and_tax_above_zero(
    paid: Charge, amount: int, goodwill: bool
) -> None:
    plan = plan_refund(OrderAccount((LineAccount("a", 1, paid),)), {"a": 1}, ShippingRule.NONE)
    if amount > paid.gross and not goodwill:
        return
    changed = adjust(plan, amount, 1, goodwill=goodwill)
    assert changed.charge.gross == amount
    assert changed.charge.net >= 0 <= changed.charge.tax
