"""How long a supplier really takes: the stated lead time, corrected by what its receipts say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from .demand import Vector

TRUST = 5
"""The stated lead time weighs as much as this many receipts."""

STATED_SPREAD = 0.1
"""Deviation of a lead time that no receipt has confirmed, as a part of it."""

LATE_TIMES = 5
"""A receipt above this multiple of the stated and of the usual time counts as that, and is told of."""


@dataclass(frozen=True)
class LeadTime:
    """Days from order to arrival: `mean` and `deviation`; `receipts` were read, `capped` of them cut."""

    mean: float
    deviation: float
    receipts: int = 0
    capped: int = 0

    @property
    def variance(self) -> float:
        """Days squared."""
        return self.deviation**2


def learn(stated: float | None, taken: Sequence[float], default: float = 7.0) -> LeadTime:
    """The lead time from what the supplier stated (None: `default`) and the days receipts took.

    Mean and variance are shrunk to the stated ones as if these were TRUST receipts. Negative and
    unreadable days are left out: a receipt dated before its order says nothing of a lead time.
    """
    said = default if stated is None or not np.isfinite(stated) or stated < 0 else float(stated)
    read = np.array([days for days in taken if np.isfinite(days) and days >= 0], float)
    if not len(read):
        return LeadTime(said, STATED_SPREAD * said)
    most = LATE_TIMES * max(said, float(np.median(read)), 1.0)
    kept = np.minimum(read, most)
    count = len(kept)
    mean = (TRUST * said + float(kept.sum())) / (TRUST + count)
    # Around the shrunk mean: a supplier that is always late by the same days is not variable for long.
    known = float(((kept - kept.mean()) ** 2).sum())
    prior = TRUST * (STATED_SPREAD * said) ** 2
    between = TRUST * count / (TRUST + count) * (float(kept.mean()) - said) ** 2
    variance = (prior + known + between / (1 + count)) / (TRUST + count)
    return LeadTime(mean, sqrt(variance), count, int((read > most).sum()))


def over(per_day: Vector, spread: Vector, mean_days: Vector, variance_days: Vector) -> tuple[Vector, Vector]:
    """Mean and variance of demand over a period of random length.

    `spread` is the variance of a day. Var = days * spread + per_day^2 * Var(days) (Silver, Pyke and
    Thomas, Inventory and Production Management, 4th edition, section 6.9).
    """
    return per_day * mean_days, spread * mean_days + per_day**2 * variance_days
