"""How many units cover a period's demand with a given probability.

Two answers: a negative binomial with the forecast's mean and variance, and the empirical quantile of
what past periods of that length sold. Their mean beat either one alone on real sales.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from .demand import Counts, Matrix, Vector

_EXACT_MASS = -700.0  # exp() of less is zero in a double, and the recursion could not start


def negative_binomial(mean: Vector, variance: Vector, level: float) -> Vector:
    """The smallest k with P(demand <= k) >= `level`, for each mean and variance.

    Poisson where the variance is not above the mean; 0 where the mean is 0. Exact by summing the
    probabilities up; for means too large for that a Cornish-Fisher expansion, whose error is far
    below one per mille of the mean there (Cornish and Fisher, 1938).
    """
    mean = np.asarray(mean, float)
    extra = np.maximum(np.asarray(variance, float) - mean, mean * 1e-9)
    size = np.divide(mean * mean, extra, out=np.ones_like(mean), where=extra > 0)
    log_zero = -size * np.log1p(np.divide(mean, size, out=np.zeros_like(mean), where=size > 0))
    answer = np.zeros_like(mean)
    exact = (mean > 0) & (log_zero > _EXACT_MASS)
    answer[exact] = _sum_up(mean[exact], size[exact], np.exp(log_zero[exact]), level)
    far = (mean > 0) & ~exact
    answer[far] = _cornish_fisher(mean[far], size[far], level)
    return answer


def _sum_up(mean: Vector, size: Vector, zero: Vector, level: float) -> Vector:
    """All rows in lockstep: pmf(k + 1) = pmf(k) (k + size) / (k + 1) (1 - p)."""
    answer = np.zeros_like(mean)
    index = np.arange(len(mean))
    ratio = mean / (size + mean)
    pmf, total, k = zero.copy(), zero.copy(), 0
    while len(index):
        # A sum of doubles may end a hair below a level next to 1; past the mean a vanished term ends it.
        done = (total >= level) | ((pmf < 1e-300) & (k > mean))
        answer[index[done]] = k
        keep = ~done
        index, mean, size, ratio = index[keep], mean[keep], size[keep], ratio[keep]
        pmf = pmf[keep] * (k + size) / (k + 1) * ratio
        total = total[keep] + pmf
        k += 1
    return answer


def _cornish_fisher(mean: Vector, size: Vector, level: float) -> Vector:
    z = NormalDist().inv_cdf(level)
    sigma = np.sqrt(mean + mean * mean / size)
    skew = (1 + 2 * mean / size) / sigma
    return np.ceil(mean + sigma * (z + skew * (z * z - 1) / 6))


def empirical(units: Matrix, start: Counts, periods: Counts, level: float) -> Vector:
    """The `level` quantile of sums over every past window of each row's own period (days).

    Windows before `start` do not count. NaN where no window fits; 0 for a period of no days.
    """
    answer = np.full(len(units), np.nan)
    totals = np.concatenate([np.zeros((len(units), 1)), np.cumsum(units, axis=1)], axis=1)
    for period in np.unique(periods):
        rows = np.flatnonzero(periods == period)
        count = units.shape[1] - start[rows] - period + 1
        if period == 0:
            answer[rows] = 0.0
            continue
        if period > units.shape[1]:
            continue
        sums = totals[rows, period:] - totals[rows, :-period]
        late = np.arange(sums.shape[1]) >= start[rows][:, None]
        ranked = np.sort(np.where(late, sums, -np.inf), axis=1)
        place = sums.shape[1] - count + np.ceil(level * count).astype(int) - 1
        fits = count > 0
        answer[rows[fits]] = ranked[np.flatnonzero(fits), place[fits]]
    return answer
