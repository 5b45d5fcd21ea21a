"""Demand per day from daily history: exponential smoothing and its forms for demand that comes rarely.

Rows are needs, columns days, the oldest first. Equal to statsforecast's methods of the same name.
"""

from __future__ import annotations

import numpy as np

from .demand import Counts, Matrix, Vector


def ses(units: Matrix, alpha: float, start: Counts | None = None, first: Vector | None = None) -> Vector:
    """Simple exponential smoothing, one number per row (Brown, 1956).

    Begins at each row's first day from `start`, or at `first` with every day from `start` smoothed in.
    Smoothing is linear, so this is one matrix product. Columns before `start` must be zero.
    """
    rows, days = units.shape
    begin = np.zeros(rows, np.int64) if start is None else start
    if days == 0:
        return np.zeros(rows) if first is None else first.astype(float)
    level = units @ weights(days, alpha)
    if first is not None:
        return level + (1 - alpha) ** (days - begin) * first
    at = np.minimum(begin, days - 1)
    opening = units[np.arange(rows), at]
    return level + (1 - alpha) ** (days - at) * opening


def weights(days: int, alpha: float) -> Vector:
    """What each of `days` days, the oldest first, weighs in a smoothed level."""
    return alpha * (1 - alpha) ** np.arange(days - 1, -1, -1.0)


def sba(units: Matrix, alpha: float = 0.1) -> Vector:
    """Croston's method less its bias (Syntetos and Boylan, 2005): smoothed size over smoothed interval."""
    size, gap = _sizes_and_gaps(units, alpha)
    return np.divide((1 - alpha / 2) * size, gap, out=np.zeros(len(units)), where=gap > 0)


def _sizes_and_gaps(units: Matrix, alpha: float) -> tuple[Vector, Vector]:
    rows, days = units.shape
    size, gap = np.zeros(rows), np.zeros(rows)
    since = np.ones(rows)
    begun = np.zeros(rows, bool)
    for day in range(days):
        sold = units[:, day] > 0
        new, old = sold & ~begun, sold & begun
        size = np.where(new, units[:, day], np.where(old, size + alpha * (units[:, day] - size), size))
        gap = np.where(new, since, np.where(old, gap + alpha * (since - gap), gap))
        since = np.where(sold, 1.0, since + 1)
        begun |= sold
    return size, gap


def tsb(units: Matrix, alpha_size: float = 0.1, alpha_chance: float = 0.1) -> Vector:
    """Teunter, Syntetos and Babai (2011): smoothed size times a chance to sell that fades on idle days."""
    rows, days = units.shape
    if days == 0:
        return np.zeros(rows)
    chance = ses((units > 0).astype(float), alpha_chance)
    size, begun = np.zeros(rows), np.zeros(rows, bool)
    for day in range(days):
        sold = units[:, day] > 0
        step = np.where(begun, size + alpha_size * (units[:, day] - size), units[:, day])
        size = np.where(sold, step, size)
        begun |= sold
    return chance * size
