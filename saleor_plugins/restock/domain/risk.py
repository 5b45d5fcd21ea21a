"""How many units would be short: the expected shortage of a stock level, and what waiting costs."""

from __future__ import annotations

import numpy as np

from .demand import Vector
from .lead_time import over
from .rates import Rates

WEEK = 7.0
_FAR = -600.0  # exp() of less is too near zero to start a sum from


def shortage(stock: Vector, mean: Vector, variance: Vector) -> Vector:
    """E[max(demand - stock, 0)] of negative-binomial demand, units; a negative `stock` is owed on top.

    Exact by summing up for means below some hundreds, normal above (Silver, Pyke and Thomas, 4th
    edition, appendix II.6).
    """
    level = np.floor(np.maximum(stock, 0.0))
    owed = np.maximum(-stock, 0.0)
    spread = np.maximum(variance, mean * (1 + 1e-6))
    extra = np.maximum(spread - mean, 1e-300)
    size = mean * mean / extra
    log_zero = -size * np.log1p(np.divide(mean, size, out=np.zeros_like(mean), where=size > 0))
    answer = _normal(level, mean, np.sqrt(np.maximum(variance, 1e-12)))
    exact = np.flatnonzero((mean > 0) & (log_zero > _FAR) & (level < 5_000))
    if len(exact):
        answer[exact] = _sum(level[exact], mean[exact], size[exact], np.exp(log_zero[exact]))
    return np.where(mean > 0, answer, 0.0) + owed


def _sum(level: Vector, mean: Vector, size: Vector, zero: Vector) -> Vector:
    """E[(D - y)+] = mean - sum over k < y of P(D > k), all rows in lockstep."""
    short = mean.copy()
    pmf, total, ratio = zero.copy(), zero.copy(), mean / (size + mean)
    for k in range(int(level.max())):
        short = np.where(k < level, short - (1 - total), short)
        pmf = pmf * (k + size) / (k + 1) * ratio
        total = total + pmf
    return np.maximum(short, 0.0)


def _normal(level: Vector, mean: Vector, sigma: Vector) -> Vector:
    z = (level - mean) / sigma
    density = np.exp(-0.5 * np.minimum(z * z, 1400.0)) / np.sqrt(2 * np.pi)
    # Abramowitz and Stegun 26.2.17: the normal tail to 8e-8.
    t = 1 / (1 + 0.2316419 * np.abs(z))
    series = 0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
    tail = density * t * series
    tail = np.where(z < 0, 1 - tail, tail)
    return np.maximum(sigma * (density - z * tail), 0.0)


def waiting(
    stock: Vector, sold: Rates, days: Vector, days_variance: Vector, lost: Vector, wait: float = WEEK
) -> Vector:
    """What ordering `wait` days later costs in lost sales, in the unit of `lost` (per unit not served).

    `stock` is the inventory position, `days` the mean and `days_variance` the variance of the
    protection period.
    """

    def at(length: Vector) -> Vector:
        mean, variance = over(sold.per_day, sold.spread, length, days_variance)
        return shortage(stock, mean, variance + sold.doubt * length**2)

    return np.maximum(at(days + wait) - at(days), 0.0) * lost
