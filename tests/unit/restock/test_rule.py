"""When the rule orders, how much, and what it warns of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import ceil, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.restock.domain.demand import Spike
from saleor_plugins.restock.domain.forecast import Forecast
from saleor_plugins.restock.domain.rule import Advice, Flag, Limits, Policy, Position, advise, economic_lot
from saleor_plugins.restock.domain.supplier import Terms, choose

POLICY = Policy()
TERMS = Terms("item", "supplier", "Acme", 400, "USD", lead_days=7)
QUIET = Forecast(0.0, 14, 0.0, 0.0, 0.0, 182, 0)
STEADY = Forecast(2.0, 14, 28.0, 6.0, 40.0, 182, 150)


def order(
    forecast: Forecast = STEADY,
    position: Position = Position(10),
    limits: Limits = Limits(),
    terms: Terms | None = TERMS,
) -> Advice:
    found = advise(forecast, position, limits, terms, POLICY)
    assert found is not None
    return found


def test_nothing_is_ordered_at_or_above_the_reorder_point() -> None:
    assert advise(STEADY, Position(40), Limits(), TERMS, POLICY) is None
    assert advise(STEADY, Position(39), Limits(), TERMS, POLICY) is not None


def test_what_is_on_order_counts_and_what_is_promised_does_not() -> None:
    assert advise(STEADY, Position(10, on_order=30), Limits(), TERMS, POLICY) is None
    assert advise(STEADY, Position(45, allocated=6), Limits(), TERMS, POLICY) is not None


def test_a_variant_nobody_buys_is_left_alone() -> None:
    assert advise(QUIET, Position(0), Limits(), TERMS, POLICY) is None


def test_units_promised_but_not_there_are_ordered_without_any_history() -> None:
    found = order(QUIET, Position(2, allocated=5))
    assert found.quantity == 3
    assert Flag.OVERSOLD in found.flags


def test_negative_stock_is_refilled() -> None:
    found = order(QUIET, Position(-4), Limits(minimum=5))
    assert found.quantity == 9
    assert Flag.OVERSOLD in found.flags


def test_a_minimum_triggers_without_history() -> None:
    found = order(QUIET, Position(3), Limits(minimum=20))
    assert (found.reorder_point, found.target, found.quantity) == (20, 20, 17)


def test_a_minimum_with_a_maximum_fills_up_to_the_maximum() -> None:
    assert order(QUIET, Position(3), Limits(minimum=20, maximum=50)).quantity == 47


def test_a_maximum_holds_the_forecast_back_and_says_so() -> None:
    found = order(STEADY, Position(10), Limits(maximum=30))
    assert (found.reorder_point, found.quantity) == (30, 20)
    assert Flag.LIMITED_BY_MAXIMUM in found.flags


def test_a_supplier_minimum_above_the_maximum_is_proposed_with_a_warning() -> None:
    found = order(QUIET, Position(0), Limits(minimum=5, maximum=50), replace(TERMS, moq=100))
    assert found.quantity == 100
    assert Flag.ABOVE_MAXIMUM in found.flags


def test_without_a_supplier_the_need_is_still_told() -> None:
    found = order(terms=None)
    assert found.quantity == 58  # 40 + 28 - 10
    assert Flag.NO_SUPPLIER in found.flags


def test_the_lot_is_economic_but_never_less_than_the_period() -> None:
    lot = sqrt(2 * 100 * 2.0 * 365 / (0.25 * 400))
    assert economic_lot(2.0, TERMS, POLICY) == pytest.approx(lot)
    assert order().target == 40 + ceil(max(lot, 28.0))
    assert order(terms=replace(TERMS, price=100_000)).target == 40 + 28


def test_a_free_or_nearly_free_unit_does_not_ask_for_a_lifetime_of_stock() -> None:
    assert economic_lot(2.0, replace(TERMS, price=0), POLICY) == 180
    assert economic_lot(2.0, replace(TERMS, price=1), Policy(order_cost=Decimal(10_000))) == 180


def test_the_order_cost_is_in_the_currency_of_the_price() -> None:
    yen = replace(TERMS, price=400, currency="JPY")
    cheap = economic_lot(2.0, yen, Policy(order_cost=Decimal(100)))
    assert cheap == pytest.approx(economic_lot(2.0, TERMS, POLICY))


def test_an_unusual_day_and_few_sales_are_flagged_never_dropped() -> None:
    from datetime import date

    forecast = replace(STEADY, sold_days=1, spike=Spike(date(2026, 2, 3), 10_000, 10_000))
    assert {Flag.UNUSUAL_DAY, Flag.FEW_SALES} <= set(order(forecast).flags)


def test_a_ten_thousand_unit_order_is_proposed_in_full() -> None:
    found = order(replace(STEADY, covers=10_009.5), Position(0))
    assert found.quantity == 10_010 + ceil(max(28.0, economic_lot(2.0, TERMS, POLICY)))
    assert Flag.LONG_COVER in found.flags


@given(
    per_day=st.floats(0, 100),
    covers=st.floats(0, 5_000),
    on_hand=st.integers(-500, 6_000),
    allocated=st.integers(0, 500),
    on_order=st.integers(0, 500),
    minimum=st.integers(0, 300),
    extra=st.none() | st.integers(0, 5_000),
    moq=st.integers(1, 500),
    pack=st.integers(1, 60),
)
def test_an_order_ends_at_or_above_the_reorder_point_and_one_is_enough(
    per_day: float, covers: float, on_hand: int, allocated: int, on_order: int, minimum: int,
    extra: int | None, moq: int, pack: int,
) -> None:  # fmt: skip
    forecast = Forecast(per_day, 14, per_day * 14, 1.0, covers, 182, 100)
    limits = Limits(minimum, None if extra is None else minimum + extra)
    terms = replace(TERMS, moq=moq, pack=pack)
    found = advise(forecast, Position(on_hand, allocated, on_order), limits, terms, POLICY)
    if found is None:
        assert on_hand - allocated + on_order >= minimum
        return
    assert found.quantity >= found.reorder_point - found.position.units > 0
    after = Position(on_hand, allocated, on_order + found.quantity)
    assert advise(forecast, after, limits, terms, POLICY) is None
    if limits.maximum is not None:
        over = after.units > limits.maximum
        assert over == (Flag.ABOVE_MAXIMUM in found.flags)


def test_the_cheapest_supplier_wins_then_the_quickest() -> None:
    slow = replace(TERMS, item_id="slow", lead_days=30)
    dear = replace(TERMS, item_id="dear", price=401, lead_days=1)
    assert choose([slow, dear, TERMS]) == TERMS
    assert choose([]) is None


def test_prices_in_two_currencies_are_not_compared() -> None:
    quick = replace(TERMS, item_id="quick", price=9_999, currency="EUR", lead_days=2)
    assert choose([TERMS, quick]) == quick
