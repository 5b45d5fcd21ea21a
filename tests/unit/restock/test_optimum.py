"""The exact search and the sweep against every pair there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.restock.domain.lot import Costs, best
from saleor_plugins.restock.domain.optimum import cost, find, probabilities, renewal
from saleor_plugins.restock.domain.rates import rates
from saleor_plugins.restock.domain.steady import steady


def test_probabilities_sum_to_one_with_their_mean_and_variance() -> None:
    for mean, variance in ((0.02, 0.03), (3.0, 3.0), (12.0, 90.0), (900.0, 1000.0)):
        found = probabilities(mean, variance)
        units = np.arange(len(found))
        assert found.sum() == pytest.approx(1)
        assert found @ units == pytest.approx(mean, rel=1e-4)
        assert found @ (units - mean) ** 2 == pytest.approx(max(variance, mean), rel=1e-3)


def test_renewal_of_single_units() -> None:
    assert renewal(np.array([0.75, 0.25]), 4) == pytest.approx([4, 4, 4, 4])
    with pytest.raises(ValueError, match="always zero"):
        renewal(np.array([1.0]), 3)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 1.5), st.floats(1.0, 4.0), st.floats(0.3, 15), st.floats(2, 40))
def test_the_search_finds_the_best_of_all_pairs(
    mean: float, times: float, order: float, penalty: float
) -> None:
    day = probabilities(mean, mean * times, 1e-9)
    lead = probabilities(mean * 4, mean * times * 4, 1e-9)
    found = find(day, lead, order, 1.0, penalty)
    costs = (order, 1.0, penalty)
    assert cost(found.point, found.target, day, lead, costs) == pytest.approx(found.cost)
    pairs = [
        (s, s + gap)
        for s in range(found.point - 6, found.point + 7)
        for gap in range(1, found.target - found.point + 8)
    ]
    assert found.cost <= min(cost(s, target, day, lead, costs) for s, target in pairs) + 1e-9


def test_a_cost_of_nothing_is_refused() -> None:
    day = probabilities(1.0, 1.0)
    with pytest.raises(ValueError, match="positive"):
        find(day, day, 1.0, 0.0, 1.0)


def test_learned_levels_are_close_to_the_optimum() -> None:
    random = np.random.default_rng(3)
    past = random.negative_binomial(0.5, 0.5, (1, 182)).astype(float)
    day, lead = probabilities(0.5, 1.0), probabilities(4.0, 8.0)
    found = steady(rates(past), 0, 8, 0.5, 0.001, 0.019)
    assert found
    least = find(day, lead, 0.5, 0.001, 0.019).cost
    assert cost(found.point, found.target, day, lead, (0.5, 0.001, 0.019)) <= 1.1 * least
    assert steady(rates(np.zeros((1, 30))), 0, 8, 0.5, 0.001, 0.019) is None


def slow(rate: float, mean: float, variance: float, order: float, hold: float, lost: float) -> float:
    """The least of the sweep's cost, every point tried, shortage by its own sum."""
    found, least = probabilities(mean, variance, 1e-13), np.inf
    units = np.arange(len(found))
    for point in range(len(found)):
        short = float(np.maximum(units - point, 0) @ found)
        lot = np.sqrt(2 * rate * (order + lost * short) / hold)
        least = min(least, hold * (point - mean + short + lot))
    return least


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 3), st.floats(1.01, 6), st.floats(0.1, 3), st.floats(1e-4, 0.01), st.floats(0.05, 5))
def test_the_sweep_finds_the_cheapest_point(
    rate: float, times: float, order: float, hold: float, lost: float
) -> None:
    mean = rate * 8
    one = np.array([1.0])
    found = best(one * rate, one * mean, one * mean * times, Costs(one * order, one * hold, one * lost))
    there = hold * (found.point[0] - mean + found.short[0] + found.lot[0])
    assert there == pytest.approx(slow(rate, mean, mean * times, order, hold, lost), rel=1e-3, abs=1e-7)
    assert 0 < found.level[0] <= 1 + 1e-9


def test_large_demand_is_solved_in_lumps() -> None:
    one = np.array([1.0])
    found = best(one * 600, one * 5_000, one * 6_000, Costs(one, one * 0.001, one * 0.7))
    assert 5_000 < found.point[0] < 5_000 + 6 * np.sqrt(6_000)
    assert best(one * 0, one * 0, one * 0, Costs(one, one, one)).point[0] == 0
