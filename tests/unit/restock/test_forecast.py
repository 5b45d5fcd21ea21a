"""The forecast on histories whose answer is known."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from saleor_plugins.restock.domain.demand import history
from saleor_plugins.restock.domain.forecast import ALPHA, Forecast, forecast, smooth

FIRST = date(2026, 1, 1)


def of(row: list[float], period: int = 14, level: float = 0.95) -> Forecast:
    days = {FIRST + timedelta(days=i): units for i, units in enumerate(row)}
    past = history([days], FIRST, FIRST + timedelta(days=len(row) - 1))
    return forecast(past, np.array([period]), level)[0]


def test_constant_demand_is_forecast_exactly() -> None:
    found = of([3.0] * 100)
    assert found.per_day == pytest.approx(3)
    assert found.expected == pytest.approx(42)
    assert found.deviation == pytest.approx(0)
    # The empirical half knows that it never varies; the Poisson half does not.
    assert 42 < found.covers < 53


def test_no_history_and_all_zeros_ask_for_nothing() -> None:
    for row in ([], [0.0] * 90):
        found = of(row)
        assert (found.per_day, found.expected, found.covers, found.sold_days) == (0, 0, 0, 0)


def test_one_sale_is_no_trend() -> None:
    found = of([0.0] * 99 + [1.0])
    assert found.sold_days == 1
    assert found.per_day < 1 / 14
    assert found.covers <= 3


def test_no_lead_and_no_review_needs_no_cover() -> None:
    assert of([2.0, 0.0] * 50, period=0).covers == 0


def test_a_higher_service_level_never_covers_less() -> None:
    row = [float(x) for x in np.random.default_rng(7).negative_binomial(1, 0.3, 180)]
    covers = [of(row, level=level).covers for level in (0.5, 0.8, 0.9, 0.95, 0.99)]
    assert covers == sorted(covers)
    assert covers[0] < covers[-1]


def test_a_longer_lead_time_never_covers_less() -> None:
    row = [float(x) for x in np.random.default_rng(8).poisson(2, 180)]
    covers = [of(row, period=period).covers for period in (1, 7, 14, 28)]
    assert covers == sorted(covers)


def test_smoothing_follows_its_formula() -> None:
    row = [4.0, 0.0, 7.0, 1.0]
    level = 3.0
    for units in row[1:]:
        level += ALPHA * (units - level)
    assert smooth(np.array([row]), np.array([1]), np.array([3.0]))[0] == pytest.approx(level)


def test_rows_of_a_page_do_not_touch_each_other() -> None:
    rows = [[1.0] * 90, [0.0] * 90, [0.0] * 80 + [5.0] * 10]
    days = [{FIRST + timedelta(days=i): units for i, units in enumerate(row)} for row in rows]
    past = history(days, FIRST, FIRST + timedelta(days=89))
    together = forecast(past, np.array([14, 7, 21]), 0.95)
    assert together == [of(row, period) for row, period in zip(rows, [14, 7, 21], strict=True)]


def test_the_promised_service_level_is_kept_on_fresh_demand() -> None:
    random = np.random.default_rng(11)
    kept = 0
    for _ in range(150):
        row = random.negative_binomial(2, 0.4, 196)
        kept += row[182:].sum() <= of([float(x) for x in row[:182]], level=0.9).covers
    # 150 trials at 0.9: below 0.83 would be three standard deviations off.
    assert kept / 150 >= 0.83
