"""Lead times from receipts, price breaks, classes, what categories lend, and what waiting costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.restock.domain.borrow import prior
from saleor_plugins.restock.domain.breaks import Break, Ladders, choose, choose_all, price_of
from saleor_plugins.restock.domain.classes import abc, xyz
from saleor_plugins.restock.domain.lead_time import learn
from saleor_plugins.restock.domain.optimum import probabilities
from saleor_plugins.restock.domain.rates import rates
from saleor_plugins.restock.domain.risk import shortage, waiting


@pytest.mark.parametrize(("stated", "days"), [(None, 7), (0, 0), (-3, 7), (float("nan"), 7), (12, 12)])
def test_without_receipts_the_stated_time_stands(stated: float | None, days: float) -> None:
    assert learn(stated, []).mean == days


def test_receipts_move_the_lead_time_and_its_spread() -> None:
    found = learn(7, [12.0] * 45)
    assert found.mean == pytest.approx(11.5)
    assert found.deviation < 1.5
    random = np.random.default_rng(2)
    drawn = random.choice([5, 7, 10, 14], 400)
    found = learn(7, drawn.tolist())
    assert found.mean == pytest.approx(9, abs=0.3)
    assert found.deviation == pytest.approx(drawn.std(), abs=0.2)


def test_a_forgotten_receipt_is_capped_and_told() -> None:
    found = learn(7, [7.0, 6.0, 8.0, 900.0])
    assert found.capped == 1
    assert found.mean < 14


def test_receipts_before_their_order_say_nothing() -> None:
    assert learn(7, [-5.0, float("nan")]).receipts == 0


def test_a_break_that_pays_is_taken() -> None:
    # 11 x 10 against 12 x 8: the twelfth unit makes all of them cheaper.
    breaks = [Break(1, 10), Break(12, 8)]
    assert choose(breaks, 11, 0.5, 100.0, 0.25).quantity >= 12
    assert choose(breaks, 11, 0.0, 100.0, 0.25).quantity == 11
    assert price_of(breaks, 11) == 10
    assert price_of(breaks, 12) == 8


def test_overlapping_and_rising_breaks_pay_the_lowest_reached() -> None:
    assert price_of([Break(1, 10), Break(5, 7), Break(10, 9)], 20) == 7
    assert price_of([Break(6, 4)], 1) == 4
    with pytest.raises(Invalid):
        price_of([], 1)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(1, 900)), min_size=1, max_size=4),
    st.integers(1, 60), st.floats(0.01, 5), st.integers(1, 12),
)  # fmt: skip
def test_a_choice_is_whole_packs_and_no_dearer(
    terms: list[tuple[int, int]], need: int, per_day: float, pack: int
) -> None:
    found = choose([Break(*each) for each in terms], need, per_day, 100.0, 0.25, pack)
    assert found.quantity >= need
    assert found.quantity % pack == 0
    assert found.yearly <= found.plain


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 900)), min_size=1, max_size=4),
    st.integers(-2, 60), st.sampled_from([0.0, 0.01, 0.4, 5.0]), st.integers(1, 12),
)  # fmt: skip
def test_many_choices_are_the_single_ones(
    terms: list[tuple[int, int]], need: int, per_day: float, pack: int
) -> None:
    one = choose([Break(*each) for each in terms], need, per_day, 100.0, 0.25, pack)
    columns = np.array(terms, float).T[:, None, :].repeat(2, axis=1)
    many = choose_all(Ladders(*columns), np.full(2, need), np.full(2, per_day), 100.0, 0.25, np.full(2, pack))
    assert many.quantity.tolist() == [one.quantity] * 2
    assert many.price.tolist() == [one.price] * 2
    assert many.yearly == pytest.approx([one.yearly] * 2)


def test_many_choices_need_a_price() -> None:
    none = np.zeros((2, 0))
    with pytest.raises(Invalid):
        choose_all(Ladders(none, none), np.ones(2, int), np.ones(2), 1.0, 0.25, np.ones(2, int))


def test_classes() -> None:
    assert abc(np.array([80.0, 0.0, 14.0, 5.0, 1.0, float("nan")])).tolist() == ["A", "C", "B", "B", "C", "C"]
    assert abc(np.zeros(2)).tolist() == ["C", "C"]
    even, odd = np.ones(56), np.zeros(56)
    odd[5] = 30
    assert xyz(np.array([even, odd, np.zeros(56)])).tolist() == ["X", "Z", "Z"]
    assert xyz(np.ones((1, 3))).tolist() == ["Z"]


def test_a_category_lends_its_pace() -> None:
    average = np.array([1.0] * 30 + [0.01] * 30 + [0.0, 0.0])
    days = np.array([100] * 60 + [0, 0])
    category = np.array([0] * 30 + [1] * 30 + [0, 1])
    found = prior(average, days, category)
    assert found[60] > 10 * found[61] > 0
    assert prior(np.zeros(2), np.zeros(2, int), np.array([0, -1])).tolist() == [0, 0]


@settings(max_examples=40, deadline=None)
@given(st.integers(-3, 60), st.floats(0.05, 30), st.floats(1.0, 8))
@example(0, 14.0, 1.0)
def test_shortage_is_the_exact_sum(stock: int, mean: float, times: float) -> None:
    chances = probabilities(mean, mean * times, 1e-13)
    exact = float(np.maximum(np.arange(len(chances)) - stock, 0) @ chances)
    found = shortage(np.array([stock]), np.array([mean]), np.array([mean * times]))[0]
    assert found == pytest.approx(exact, abs=1e-5 * max(mean, 1))


def test_shortage_of_large_demand() -> None:
    chances = probabilities(2_000.0, 4_000.0)
    exact = float(np.maximum(np.arange(len(chances)) - 2_050, 0) @ chances)
    found = shortage(np.array([2_050.0]), np.array([2_000.0]), np.array([4_000.0]))[0]
    assert found == pytest.approx(exact, rel=0.02)


def test_waiting_costs_nothing_with_full_shelves_and_more_with_empty_ones() -> None:
    sold = rates(np.ones((3, 90)))
    costs = waiting(np.array([500.0, 8.0, 0.0]), sold, np.full(3, 8.0), np.zeros(3), np.full(3, 2.0))
    assert costs[0] == pytest.approx(0, abs=1e-6)
    assert costs[0] < costs[1] < costs[2] <= 7 * 2 * 1.1
