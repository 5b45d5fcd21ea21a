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


def split(factors: Matrix, history: int, days: Vector, hold: Vector | float = 1.0) -> Calendar:
    """`factors` of day after day, of which the first `history` are past; `days` and `hold` as in `coming`."""
    return Calendar(factors[:, :history], coming(factors[:, history:], days, hold))


def coming(ahead: Matrix, days: Vector, hold: Vector | float = 1.0) -> Vector:
    """The mean of `ahead` (the first column is tomorrow) over each row's protection period of `days`.

    The busiest such period counts that begins within `hold` days: those until levels are learned again,
    and those a supplier may be late (a lead time's deviation), since what is late must be ordered sooner.
    Days beyond `ahead` are usual ones.
    """
    rows, known = ahead.shape
    length = np.maximum(np.rint(days), 1).astype(np.int64)
    last = np.broadcast_to(np.maximum(np.rint(hold), 1), (rows,))
    sums = np.concatenate([np.zeros((rows, 1)), np.cumsum(ahead - 1.0, axis=1)], axis=1)
    best, index = np.full(rows, -np.inf), np.arange(rows)
    for begin in range(int(last.max(initial=1))):
        more = sums[index, np.minimum(begin + length, known)] - sums[index, min(begin, known)]
        best = np.where(begin < last, np.maximum(best, more), best)
    return 1.0 + best / length
