"""Seasons and promotions together: what history is divided by, and what the coming days are multiplied with."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from saleor_plugins.restock.domain.lifts import Lifts, seasonal
from saleor_plugins.restock.domain.rates import GUESSED, TOLD

ROWS = np.array([1, 0])
DAYS, HOLD = np.array([4.0, 8.0]), np.array([1.0, 1.0])


def test_nothing_known_is_no_year_and_told_is_the_shops_not_the_pages() -> None:
    assert Lifts().of(ROWS, 10, DAYS, HOLD) is None
    assert Lifts(told=True).of(ROWS, 10, DAYS, HOLD) is None
    assert (Lifts().pace, Lifts(told=True).pace) == (GUESSED, TOLD)
    season = np.full((2, 30), 2.0)
    assert Lifts(season).pace == GUESSED, "a season alone says nothing of promotions"


def test_both_multiply_and_each_is_told_apart() -> None:
    season, promotion = np.ones((2, 30)), np.ones((2, 30))
    season[0, :10], season[0, 10:] = 0.5, 1.5
    promotion[0, 3:5], promotion[0, 10:14] = 3.0, 2.0
    found = Lifts(season, promotion, told=True).of(ROWS, 10, DAYS, HOLD)
    assert found is not None
    assert found.divisor[1].tolist() == [0.5, 0.5, 0.5, 1.5, 1.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    assert found.divisor[0].tolist() == [1.0] * 10
    assert found.factor.tolist() == [1.0, pytest.approx((4 * 3.0 + 4 * 1.5) / 8)]
    assert found.season.tolist() == [1.0, 1.5]
    assert found.promotion.tolist() == [1.0, 1.5]
    assert found.promoted.tolist() == [0, 2]


def test_lots_go_by_the_season_ahead_and_by_promotions_as_often_as_until_now() -> None:
    season, promotion = np.ones((2, 100)), np.ones((2, 100))
    season[0, 10:] = 1.5
    promotion[0, :5] = 2.0
    alone, both = (Lifts(season, part).of(ROWS, 10, DAYS, HOLD) for part in (None, promotion))
    assert alone is not None and alone.usual is not None
    assert both is not None and both.usual is not None
    assert alone.usual.tolist() == [1.0, 1.5]
    assert both.usual.tolist() == [1.0, 2.25]
    pushed = Lifts(None, promotion).of(ROWS, 10, DAYS, HOLD)
    assert pushed is not None and pushed.usual is None


def test_a_row_without_a_seasonal_category_is_as_usual() -> None:
    week = [2.0] * 26 + [0.5] * 26
    found = seasonal({"toys": week}, ["toys", "", "other"], date(2026, 1, 1), 365)
    assert found is not None
    assert (found[1:] == 1).all()
    assert (found[0, 0], found[0, 300]) == (2.0, 0.5)
    assert seasonal({"toys": week}, ["", "other"], date(2026, 1, 1), 5) is None
