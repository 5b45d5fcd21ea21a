"""Unit by unit, in any order and any partition, the customer gets exactly what was paid."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.money import from_minor, to_minor
from saleor_plugins.returns.domain.credit import Charge, credit, total, unit_credits
from saleor_plugins.returns.domain.freeze import freeze
from saleor_plugins.returns.domain.plan import LineAccount, OrderAccount, ShippingRule, plan_refund

AMOUNT = st.integers(0, 10**9)
CHARGE = st.builds(Charge, AMOUNT, AMOUNT)


@st.composite
def orders(draw: st.DrawFn) -> tuple[dict[str, Charge], dict[str, int], Charge, Charge]:
    """Lines, their quantities, shipping, and a total that may be discounted down to nothing."""
    count = draw(st.integers(1, 5))
    lines = {f"line{i}": draw(CHARGE) for i in range(count)}
    quantities = {line: draw(st.integers(1, 12)) for line in lines}
    shipping = draw(CHARGE)
    whole = total([*lines.values(), shipping])
    off = draw(st.integers(0, whole.gross))
    net = draw(st.integers(max(0, off - whole.tax), min(off, whole.net)))
    return lines, quantities, shipping, whole - Charge(net, off - net)


@st.composite
def returns(draw: st.DrawFn) -> tuple[OrderAccount, list[str], Charge]:
    """A frozen order and all of its units in random order."""
    lines, quantities, shipping, order_total = draw(orders())
    paid = freeze(lines, shipping, order_total)
    account = OrderAccount(
        tuple(LineAccount(line, quantities[line], paid.lines[line]) for line in lines), paid.shipping
    )
    units = draw(st.permutations([line for line in lines for _ in range(quantities[line])]))
    return account, list(units), order_total


@given(CHARGE, st.integers(1, 500))
def test_all_units_earn_exactly_what_was_paid(paid: Charge, n: int) -> None:
    assert total(unit_credits(paid, n, 1, n)) == paid


@given(CHARGE, st.integers(1, 200), st.data())
def test_no_prefix_earns_more_than_its_share(paid: Charge, n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    earned = credit(paid, k, n)
    assert earned.net * n <= paid.net * k < (earned.net + 1) * n
    assert all(unit.net >= 0 and unit.tax >= 0 for unit in unit_credits(paid, n, 1, n))


def test_a_third_of_ten_euros() -> None:
    """Saleor with a tax app refunds 9.99 of 10.00 / 3."""
    assert [unit.net for unit in unit_credits(Charge(1000, 0), 3, 1, 3)] == [333, 333, 334]


@given(st.sampled_from([("JPY", 0), ("EUR", 2), ("KWD", 3)]), AMOUNT)
def test_minor_units_follow_the_currency(currency: tuple[str, int], minor: int) -> None:
    code, decimals = currency
    amount = from_minor(minor, code)
    assert amount == Decimal(minor) / 10**decimals
    assert to_minor(amount, code) == minor


@given(orders())
def test_frozen_rows_are_the_total_and_never_above_their_stored_totals(order) -> None:  # type: ignore[no-untyped-def]
    lines, _, shipping, order_total = order
    paid = freeze(lines, shipping, order_total)
    assert total([*paid.lines.values(), paid.shipping]) == order_total
    for line, charge in paid.lines.items():
        assert 0 <= charge.net <= lines[line].net
        assert 0 <= charge.tax <= lines[line].tax
    assert 0 <= paid.shipping.net <= shipping.net


@given(returns(), st.sampled_from([ShippingRule.STANDARD, ShippingRule.PROPORTIONAL]), st.data())
def test_any_partition_of_returns_gives_the_same_total(story, rule, data) -> None:  # type: ignore[no-untyped-def]
    account, units, order_total = story
    refunded = Charge()
    while units:
        size = data.draw(st.integers(1, len(units)))
        batch, units = units[:size], units[size:]
        plan = plan_refund(account, {line: batch.count(line) for line in set(batch)}, rule)
        assert all(row.charge.net >= 0 and row.charge.tax >= 0 for row in plan.rows)
        refunded += plan.charge
        account = _credited(account, batch, plan.charge - _items(plan))
    assert refunded == order_total


@given(returns(), st.data())
def test_without_shipping_the_lines_come_back_and_nothing_else(story, data) -> None:  # type: ignore[no-untyped-def]
    account, units, order_total = story
    plan = plan_refund(account, {line: units.count(line) for line in set(units)}, ShippingRule.NONE)
    assert plan.charge + account.shipping == order_total


def _items(plan) -> Charge:  # type: ignore[no-untyped-def]
    return total([row.charge for row in plan.rows if row.component == "ITEM"])


def _credited(account: OrderAccount, batch: list[str], shipping: Charge) -> OrderAccount:
    lines = tuple(
        LineAccount(line.line_id, line.quantity, line.paid, line.credited + batch.count(line.line_id))
        for line in account.lines
    )
    return OrderAccount(lines, account.shipping, account.shipping_credited + shipping)
