"""Smoothing against its own recursion, and against statsforecast where that is installed."""

from __future__ import annotations

import numpy as np
import pytest

from saleor_plugins.restock.domain.smoothing import sba, ses, tsb


def series(seed: int, days: int = 120) -> np.ndarray:
    random = np.random.default_rng(seed)
    row = random.poisson(3, days) * (random.random(days) < 0.3)
    row[0] = 2
    return row.astype(float)


def slow(row: np.ndarray, alpha: float, level: float) -> float:
    for units in row:
        level += alpha * (units - level)
    return level


def test_ses_is_its_recursion() -> None:
    rows = np.array([series(seed) for seed in range(5)])
    assert ses(rows, 0.1) == pytest.approx([slow(row[1:], 0.1, row[0]) for row in rows])
    assert ses(rows, 0.1, first=rows.mean(axis=1)) == pytest.approx(
        [slow(row, 0.1, row.mean()) for row in rows]
    )
    start = np.array([0, 3, 10, 50, 119])
    cut = np.where(np.arange(120) < start[:, None], 0, rows)
    assert ses(cut, 0.1, start) == pytest.approx(
        [slow(row[at + 1 :], 0.1, row[at]) for row, at in zip(rows, start, strict=True)]
    )


def test_nothing_sold_is_nothing_smoothed() -> None:
    for method in (lambda rows: ses(rows, 0.1), sba, tsb):
        assert method(np.zeros((2, 30))).tolist() == [0, 0]
        assert method(np.zeros((2, 0))).tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(6))
def test_statsforecast_says_the_same(seed: int) -> None:
    models = pytest.importorskip("statsforecast.models")
    row = series(seed)
    ours_and_theirs = (
        (ses(row[None], 0.1), models.SimpleExponentialSmoothing(alpha=0.1)),
        (sba(row[None]), models.CrostonSBA()),
        (tsb(row[None], 0.2, 0.1), models.TSB(alpha_d=0.2, alpha_p=0.1)),
    )
    for ours, theirs in ours_and_theirs:
        assert ours[0] == pytest.approx(theirs.forecast(y=row, h=1)["mean"][0], rel=1e-6)
