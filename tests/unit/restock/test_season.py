"""Seasons: found where years agree, left out where they do not, and what they do to levels."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from saleor_plugins.restock.domain import season
from saleor_plugins.restock.domain.calendar import coming, split
from saleor_plugins.restock.domain.levels import Supply, levels

FIRST = date(2022, 1, 1)


def wave(years: int = 2, high: float = 0.8, peak: int = 26) -> np.ndarray:
    """True factors of every day."""
    away = season.week_of(FIRST, 365 * years) - peak
    return 1 + high * np.cos(2 * np.pi * away / season.WEEKS)


def sold(mean: np.ndarray, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean).astype(float)


def test_a_season_is_found_and_is_near_the_truth() -> None:
    found = season.learn(sold(20 * wave())[None], FIRST)
    true = 1 + 0.8 * np.cos(2 * np.pi * (np.arange(52) - 26) / 52)
    assert found.used[0]
    assert found.agreement[0] > 0.8
    assert np.sqrt(((found.index[0] - true) ** 2).mean()) < 0.08
    assert found.index.mean() == pytest.approx(1)


def test_growth_is_no_season() -> None:
    growing = 20 * np.exp(np.arange(730) / 365)
    found = season.learn(sold(growing)[None], FIRST)
    assert not found.used[0]
    assert found.index[0] == pytest.approx(np.ones(52))


def test_growth_does_not_hide_a_season() -> None:
    growing = 20 * np.exp(np.arange(730) / 365 * 0.7) * wave()
    index = season.learn(sold(growing)[None], FIRST).index[0]
    assert index.argmax() == pytest.approx(26, abs=3)
    assert abs(index[:5].mean() - index[-5:].mean()) < 0.15


def test_chance_makes_no_season() -> None:
    calm = np.full((200, 730), 5.0)
    found = season.learn(sold(calm), FIRST)
    assert found.used.sum() <= 2


def test_one_odd_year_is_no_season() -> None:
    units = np.full(730, 20.0)
    units[100:160] = 90.0
    assert not season.learn(sold(units)[None], FIRST).used[0]


def test_three_years_are_believed_more_than_two() -> None:
    noise = np.random.default_rng(6).normal(0, 0.35, 52 * 3)
    luck = np.exp(np.concatenate([noise[52 * year :][season.week_of(FIRST, 365)] for year in range(3)]))
    true = 40 * wave(3, 0.4) * luck
    three = season.learn(sold(true)[None], FIRST)
    two = season.learn(sold(true)[None, 365:], FIRST + timedelta(365))
    assert three.used[0]
    assert three.believed[0] > two.believed[0]


@pytest.mark.parametrize("days", [0, 1, 364, 729])
def test_less_than_two_years_tell_nothing(days: int) -> None:
    found = season.learn(np.full((2, days), 50.0), FIRST)
    assert not found.used.any()
    assert (found.index == 1).all()


def test_few_sales_nothing_sold_and_what_cannot_be_read_tell_nothing() -> None:
    few, broken = 0.2 * wave(), 20 * wave()
    few[:] = sold(few)
    broken[:] = np.nan
    found = season.learn(np.array([few, np.zeros(730), broken]), FIRST)
    assert not found.used.any()
    assert np.isfinite(found.index).all()


def test_a_leap_day_and_a_years_last_days_have_a_week() -> None:
    week = season.week_of(date(2024, 1, 1), 366)
    assert (week[0], week[59], week[-1]) == (0, 8, 51)
    assert (np.diff(week) >= 0).all()
    assert season.week_of(date(2024, 12, 31), 2).tolist() == [51, 0]


def test_rows_without_a_category_have_no_season() -> None:
    found = season.learn(sold(20 * wave())[None], FIRST)
    rows = season.factors(found, np.array([-1, 0, 7]), FIRST, 365)
    assert (rows[[0, 2]] == 1).all()
    assert rows[1].max() > 1.5


def test_totals_add_up_by_category() -> None:
    units = np.arange(12.0).reshape(4, 3)
    assert season.totals(units, np.array([1, -1, 1, 0]), 2).tolist() == [[9, 10, 11], [6, 8, 10]]


def test_a_season_ahead_raises_the_levels_and_one_behind_lowers_them() -> None:
    true = wave(2, 0.8, peak=2)
    units = sold(np.array([true, true]))
    ahead = wave(3, 0.8, peak=2)[730:790]
    period = np.full(2, 8.0)
    supply = Supply(np.ones(2), np.full(2, 0.001), np.full(2, 0.7), period, np.zeros(2))
    found = season.factors(season.learn(units.sum(axis=0)[None] * 10, FIRST), np.zeros(2, int), FIRST, 790)
    calendar = split(found, 730, period)
    at_peak = levels(units, supply, divisor=calendar.divisor, factor=calendar.factor)
    calm = levels(units, supply, divisor=calendar.divisor, factor=np.full(2, 0.3))
    assert at_peak.expected / 8 == pytest.approx(np.full(2, ahead[:8].mean()), rel=0.25)
    assert (calm.point < at_peak.point).all()


def test_the_coming_period_is_the_busiest_that_begins_while_levels_hold() -> None:
    ahead = np.array([[1, 1, 1, 3, 3, 1, 1, 1.0]])
    assert coming(ahead, np.array([3.0])) == pytest.approx([1])
    assert coming(ahead, np.array([4.0])) == pytest.approx([1.5])
    assert coming(ahead, np.array([3.0]), hold=4) == pytest.approx([7 / 3])
    assert coming(ahead, np.array([0.0])) == pytest.approx([1])
    assert coming(ahead, np.array([100.0])) == pytest.approx([1.04])
    held = coming(np.repeat(ahead, 3, axis=0), np.full(3, 3.0), np.array([0.0, 1.4, 4.0]))
    assert held == pytest.approx([1, 1, 7 / 3])
    assert len(coming(np.ones((0, 5)), np.zeros(0))) == 0
    assert coming(np.ones((2, 0)), np.full(2, 7.0), hold=9) == pytest.approx([1, 1])
