"""Quantiles against exact sums of probabilities."""

from __future__ import annotations

from math import ceil, exp, lgamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.restock.domain.quantile import empirical, negative_binomial

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)


def exact(mean: float, variance: float, level: float) -> int:
    """The quantile from log-gamma probabilities: another route to the same number."""
    total, k = 0.0, 0
    while True:
        if variance <= mean * (1 + 1e-9):
            term = -mean + k * log(mean) - lgamma(k + 1)
        else:
            size = mean * mean / (variance - mean)
            p = size / (size + mean)
            term = lgamma(k + size) - lgamma(size) - lgamma(k + 1) + size * log(p) + k * log(1 - p)
        total += exp(term)
        if total >= level:
            return k
        k += 1


def one(mean: float, variance: float, level: float) -> float:
    return float(negative_binomial(np.array([mean]), np.array([variance]), level)[0])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("mean", "variance"),
    [
        (0.01, 0.01),
        (0.5, 0.5),
        (0.5, 2.0),
        (3.0, 3.0),
        (3.0, 30.0),
        (40.0, 41.0),
        (300.0, 900.0),
        (300.0, 9e4),
    ],
)
def test_quantiles_are_exact(mean: float, variance: float, level: float) -> None:
    assert one(mean, variance, level) == exact(mean, variance, level)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 200), st.floats(1, 30), st.sampled_from(LEVELS))
def test_quantiles_are_exact_anywhere(mean: float, times: float, level: float) -> None:
    # On the very edge of a step two correct sums may differ in the last bit of a double.
    assert abs(one(mean, mean * times, level) - exact(mean, mean * times, level)) <= 1
    assert one(mean, mean * times, level) >= exact(mean, mean * times, level - 1e-9)


@pytest.mark.parametrize("times", [1.0, 4.0, 40.0])
@pytest.mark.parametrize("level", LEVELS)
def test_large_means_are_within_a_thousandth(times: float, level: float) -> None:
    mean = 5_000.0
    assert one(mean, mean * times, level) == pytest.approx(exact(mean, mean * times, level), abs=5)


def test_no_demand_needs_nothing() -> None:
    assert one(0.0, 0.0, 0.99) == 0
    assert one(0.0, 5.0, 0.99) == 0


def test_a_level_next_to_one_ends() -> None:
    assert 10 < one(10.0, 20.0, 1 - 1e-16) < 1_000


def test_rows_do_not_touch_each_other() -> None:
    mean, variance = np.array([0.0, 3.0, 5000.0, 0.5]), np.array([0.0, 30.0, 9000.0, 0.1])
    together = negative_binomial(mean, variance, 0.9).tolist()
    assert together == [one(m, v, 0.9) for m, v in zip(mean, variance, strict=True)]


def slow_empirical(row: list[float], start: int, period: int, level: float) -> float:
    sums = sorted(sum(row[i : i + period]) for i in range(start, len(row) - period + 1))
    return sums[ceil(level * len(sums)) - 1] if sums else float("nan")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 9), min_size=12, max_size=12), min_size=1, max_size=5),
    st.data(),
    st.sampled_from(LEVELS),
)
def test_windows_equal_the_slow_way(rows: list[list[int]], data: st.DataObject, level: float) -> None:
    count = len(rows)
    start = data.draw(st.lists(st.integers(0, 11), min_size=count, max_size=count))
    period = data.draw(st.lists(st.integers(1, 14), min_size=count, max_size=count))
    found = empirical(np.array(rows, float), np.array(start), np.array(period), level)
    slow = [
        slow_empirical([float(x) for x in r], s, p, level)
        for r, s, p in zip(rows, start, period, strict=True)
    ]
    np.testing.assert_allclose(found, slow)


def test_a_period_of_no_days_sells_nothing() -> None:
    assert empirical(np.ones((1, 5)), np.array([0]), np.array([0]), 0.95).tolist() == [0]
