"""What days sell times as much as usual (seasons, promotions), brought to what levels need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .demand import Matrix, Vector


@dataclass(frozen=True)
class Calendar:
    """What `levels` takes: `divisor` of each day of history, `factor` of the coming protection period."""

    divisor: Matrix
    factor: Vector


def split(factors: Matrix, history: int, days: Vector, hold: int = 1) -> Calendar:
    """`factors` of day after day, of which the first `history` are past.

    `days` is each row's protection period. Levels that are used for `hold` days cover the busiest
    period that begins on one of them. Days beyond `factors` are usual ones.
    """
    return Calendar(factors[:, :history], coming(factors[:, history:], days, hold))


def coming(ahead: Matrix, days: Vector, hold: int = 1) -> Vector:
    """The mean of `ahead` (the first column is tomorrow) over the period, per row; at least one day."""
    rows, known = ahead.shape
    length = np.maximum(np.rint(days), 1).astype(np.int64)
    sums = np.concatenate([np.zeros((rows, 1)), np.cumsum(ahead - 1.0, axis=1)], axis=1)
    best = np.full(rows, -np.inf)
    index = np.arange(rows)
    for begin in range(max(hold, 1)):
        ends = np.minimum(begin + length, known)
        best = np.maximum(best, sums[index, ends] - sums[index, min(begin, known)])
    return 1.0 + best / length
