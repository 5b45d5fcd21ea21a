"""Promotions: learned, given, past and coming, and what they do to levels."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.restock.domain.calendar import split
from saleor_plugins.restock.domain.levels import Levels, Supply, in_blocks, levels
from saleor_plugins.restock.domain.promotion import (
    MOST,
    Promotion,
    Tally,
    factors,
    learned,
    promoted,
    tally,
)
from saleor_plugins.restock.domain.rates import TOLD, rates


def supply(count: int) -> Supply:
    return Supply(
        np.ones(count), np.full(count, 0.001), np.full(count, 0.7), np.full(count, 8.0), np.zeros(count)
    )


def test_days_outside_of_history_are_the_future_or_nobodys() -> None:
    on = promoted([Promotion(0, -5, 1), Promotion(1, 8, 20), Promotion(1, 3, 2), Promotion(0, -9, -2)], 2, 10)
    assert np.flatnonzero(on[0]).tolist() == [0, 1]
    assert np.flatnonzero(on[1]).tolist() == [8, 9]


def test_an_uplift_is_learned_from_the_rows_own_past() -> None:
    units, on = np.ones((1, 100)), np.zeros((1, 120), bool)
    on[0, 40:70] = on[0, 110:] = True
    units[0, 40:70] = 3.0
    found = tally(units, on)
    assert (found.seen[0], found.expected[0]) == (90, 30)
    assert found.uplift == pytest.approx(3)
    assert learned(found, 3.0)[0] == pytest.approx(3)
    assert 2 < learned(found, 1.5)[0] < 3


def test_a_row_without_promotions_has_the_shops_uplift() -> None:
    found = Tally(np.array([0.0, 90.0]), np.array([0.0, 30.0]))
    assert learned(found, 2.0)[0] == pytest.approx(2)


def test_a_lucky_promotion_is_capped_and_an_unlucky_one_lowers_nothing() -> None:
    found = Tally(np.array([900.0, 0.0]), np.array([1.0, 50.0]))
    assert learned(found, 2.0).tolist() == [MOST, 1.0]
    assert Tally(np.zeros(3), np.zeros(3)).uplift == 1.0


def test_days_without_stock_tell_no_uplift() -> None:
    units, on, there = np.ones((1, 60)), np.zeros((1, 60), bool), np.ones((1, 60), bool)
    on[0, 20:40] = True
    units[0, 20:30], units[0, 30:40] = 4.0, 0.0
    there[0, 30:40] = False
    assert tally(units, on, there).uplift == pytest.approx(4)
    assert tally(units, on).uplift == pytest.approx(2)


def test_a_given_uplift_stands_and_the_strongest_holds() -> None:
    on = promoted([Promotion(0, 0, 3)], 1, 10)
    found = factors(on, np.array([2.0]), [Promotion(0, 2, 5, 3.0), Promotion(0, 3, 7, 1.5)])
    assert found[0].tolist() == [2, 2, 3, 3, 3, 3, 1.5, 1.5, 1, 1]
    below = factors(on, np.array([2.0]), [Promotion(0, 3, 4, 0.5)])
    assert below[0, 3:6].tolist() == [2, 0.5, 1]


def test_a_past_promotion_is_no_lasting_demand_and_a_coming_one_is_stocked() -> None:
    random = np.random.default_rng(1)
    units, on = random.poisson(1.0, (1, 182)).astype(float), np.zeros((1, 210), bool)
    on[0, 150:180] = True
    units[0, 150:180] = random.poisson(4.0, 30)
    how = np.full(1, 8.0)

    def told(ahead: float) -> Levels:
        days = factors(on, learned(tally(units, on), 4.0))
        days[0, 182:] = ahead
        calendar = split(days, 182, how)
        return levels(
            units, supply(1), divisor=calendar.divisor, factor=calendar.factor, pace=TOLD, usual=np.ones(1)
        )

    blind, calm, busy = levels(units, supply(1)), told(1.0), told(4.0)
    assert calm.per_day[0] == pytest.approx(1.0, rel=0.15)
    assert blind.per_day[0] > 1.5
    assert busy.expected[0] == pytest.approx(4 * calm.expected[0])
    assert busy.point[0] > 2 * calm.point[0]
    assert busy.target[0] - busy.point[0] == pytest.approx(calm.target[0] - calm.point[0], rel=0.3)


def test_days_told_as_usual_change_nothing() -> None:
    units = np.random.default_rng(2).poisson(0.7, (5, 90)).astype(float)
    plain = levels(units, supply(5))
    told = levels(units, supply(5), divisor=np.ones((5, 90)), factor=np.ones(5), usual=np.ones(5))
    for each in fields(Levels):
        np.testing.assert_allclose(getattr(plain, each.name), getattr(told, each.name), err_msg=each.name)


def test_no_history_and_no_rows() -> None:
    empty = np.zeros((0, 30))
    assert len(levels(empty, supply(0), divisor=empty, factor=np.zeros(0)).point) == 0
    none = np.zeros((2, 0))
    assert levels(none, supply(2), divisor=none, factor=np.ones(2)).point.tolist() == [0, 0]
    assert tally(none, np.ones((2, 7), bool)).uplift == 1.0


def test_busier_days_scale_the_rates() -> None:
    sold = rates(np.ones((1, 60)))
    busy = sold.times(np.array([2.0]))
    assert busy.per_day[0] == 2 * sold.per_day[0]
    assert busy.spread[0] == 2 * sold.spread[0]
    assert busy.doubt[0] == 4 * sold.doubt[0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("tiny", [0.0, 5e-324, 1e-300, 1e-160, 1e-12])
def test_next_to_nothing_is_nothing(tiny: float) -> None:
    units = np.random.default_rng(1).poisson(0.6, (3, 80)).astype(float)
    found = levels(units, supply(3), divisor=np.ones((3, 80)), factor=np.full(3, tiny))
    assert np.isfinite(found.deviation).all()
    assert (found.point <= 1).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0, 8.0), min_size=3, max_size=3), st.integers(0, 1000))
def test_more_to_come_is_never_less_stock(times: list[float], seed: int) -> None:
    units = np.random.default_rng(seed).poisson(0.6, (3, 80)).astype(float)
    low, high = np.array(times), np.array(times) + 1
    divisor = np.ones((3, 80))
    less = levels(units, supply(3), divisor=divisor, factor=low, service=0.95)
    more = levels(units, supply(3), divisor=divisor, factor=high, service=0.95)
    assert (more.point >= less.point).all()
    assert np.isfinite(less.deviation).all()


@pytest.mark.parametrize("block", [1, 3, 100])
def test_blocks_equal_the_whole_with_everything_switched_on(block: int) -> None:
    random = np.random.default_rng(4)
    units = random.negative_binomial(1, 0.4, (10, 120)).astype(float)
    how = {
        "in_stock": random.random((10, 120)) > 0.1,
        "prior": random.random(10),
        "divisor": random.uniform(0.5, 3, (10, 120)),
        "factor": random.uniform(0.5, 3, 10),
        "usual": random.uniform(0.5, 2, 10),
        "pace": TOLD,
    }
    whole = levels(units, supply(10), **how)
    for part, found in in_blocks(lambda rows: units[rows], 10, supply(10), block=block, **how):
        for each in fields(Levels):
            np.testing.assert_allclose(getattr(found, each.name), getattr(whole, each.name)[part])
