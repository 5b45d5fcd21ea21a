"""What a product without history may sell: what others of its category do."""

from __future__ import annotations

import numpy as np

from .demand import Counts, Vector

LEAST = 0.001
"""Units a day; a slower product counts as this, so that one that never sold does not silence its category."""

TRUST = 10
"""A category of this many products is believed as much as the whole shop."""


def prior(average: Vector, days: Counts, category: Counts) -> Vector:
    """Units a day to expect of each row before its own history speaks.

    The geometric mean of its category's `average` (of rows with any known `days`), shrunk to the
    shop's: bestsellers do not drag a category up. `category` are numbers from 0, below zero is none.
    """
    seen = days > 0
    if not seen.any():
        return np.zeros(len(average))
    logs = np.log(np.maximum(average, LEAST))
    shop = float(logs[seen].mean())
    count = int(category.max()) + 1 if len(category) else 0
    known = seen & (category >= 0)
    sums = np.bincount(category[known], logs[known], max(count, 1))
    sizes = np.bincount(category[known], minlength=max(count, 1))
    means = (sums + TRUST * shop) / (sizes + TRUST)
    return np.exp(np.where(category >= 0, means[np.maximum(category, 0)], shop))
