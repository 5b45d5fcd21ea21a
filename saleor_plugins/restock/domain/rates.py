"""What sells a day, how much a day varies, and how sure both are: the numbers a reorder level is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .clean import Mask
from .demand import NEW_VARIANT_DAYS, Counts, Matrix, Vector
from .smoothing import weights

ALPHA = 0.02
"""Smoothing a day. Chosen, like the numbers below, on other products than are reported: see the docs."""

OWN_DOUBT = 0.03
"""Variance of a smoothed rate as a part of a day's variance, where history is long."""

DRIFT = 0.36
"""Variance by which a rate moves until the next order arrives, as a part of the squared rate: what is
believed of a row whose own history cannot tell.
"""

FORTNIGHT = 14
"""A row's own drift is what its fortnights sold beside what was expected of each, in days."""

TRUST = 2.0
"""DRIFT weighs as much as this many fortnights of a fast seller."""

CHANCE = 2.0
"""A fortnight says less by the square of 1 + CHANCE times what chance moves it by, in units of DRIFT."""

WINDOW = 8
"""Sales come in bunches (promotions, weather): the variance of so many days in a row joins a day's."""

BORROWED_DAYS = 40.0
"""A category's rate weighs as much as this many days of a row's own history."""

_NOTHING = 1e-9


@dataclass(frozen=True)
class Pace:
    """How far rates are believed to wander: `alpha` smooths a day, `drift` as DRIFT where a row cannot tell
    its own, `bunches` from 0 to 1 is how much windows of days count beside days.
    """

    alpha: float = ALPHA
    drift: float = DRIFT
    bunches: float = 0.5


GUESSED = Pace()
"""Nobody told of promotions: what they sell looks like rates that wander and days that bunch."""

TOLD = Pace(alpha=0.015, drift=0.24, bunches=0.25)
"""Promotions are told and taken out (domain.promotion): what is left is calmer."""


@dataclass(frozen=True)
class Rates:
    """Per row: `per_day` units, `average` of all known days, `spread` (variance of a day, units squared).

    `doubt` is the variance of `per_day` itself: too little history, and drift of its own. `days` counted,
    `sold` of them with sales. `start` is the first column that counts.
    """

    per_day: Vector
    average: Vector
    spread: Vector
    doubt: Vector
    days: Counts
    sold: Counts
    start: Counts

    def times(self, factor: Vector) -> Rates:
        """The same where days sell `factor` times as much as usual."""
        return replace(
            self,
            per_day=self.per_day * factor,
            average=self.average * factor,
            spread=self.spread * factor,
            doubt=self.doubt * factor**2,
        )


def begin(units: Matrix, youngest: int = NEW_VARIANT_DAYS) -> Counts:
    """Each row's first column that counts: its first sale, at most `youngest` days before the end."""
    days = units.shape[1]
    if days == 0:
        return np.zeros(len(units), np.int64)
    sold = units > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), 0)
    return np.minimum(first, max(days - youngest, 0)).astype(np.int64)


def rates(
    units: Matrix, known: Mask | None = None, prior: Vector | None = None, pace: Pace = GUESSED
) -> Rates:
    """The rates of `units` (rows: needs, columns: days), where only `known` days count.

    `prior` is what similar products sell a day (domain.borrow); without it a row without history sells
    nothing. Give `pace` TOLD when the uplift of promotions is taken out of `units`.
    """
    start = begin(units)
    length = units.shape[1] - start
    filled, days = _fill(units, known, start, length)
    safe = np.maximum(days, 1)
    total = filled.sum(axis=1)
    average = np.divide(total, length, out=np.zeros(len(units)), where=length > 0)
    square = np.einsum("ij,ij->i", filled, filled)
    spread = np.maximum(square - length * average**2, 0.0) / np.maximum(safe - 1, 1)
    per_day = _smooth(filled, average, length, pace.alpha)
    # A day varies with the pace: what it varied by at the old pace is brought to the new one.
    times = np.divide(spread, average, out=np.ones(len(units)), where=average > 0)
    if prior is not None:
        per_day = (days * per_day + BORROWED_DAYS * prior) / (days + BORROWED_DAYS)
    if pace.bunches > 0:
        times = np.maximum(times, times + pace.bunches * (_bunching(filled, average) - times))
    times = np.maximum(times, 1.0)
    drift = _drift(filled, start, days, average, times, pace)
    spread = times * per_day
    doubt = spread * np.maximum(OWN_DOUBT, 1 / safe) + drift * per_day**2
    return Rates(per_day, average, spread, doubt, days, np.count_nonzero(units, axis=1), start)


def _fill(units: Matrix, known: Mask | None, start: Counts, length: Counts) -> tuple[Matrix, Counts]:
    """Days that say nothing become the mean of the others, so that they move nothing."""
    if known is None:
        return units, length
    live = known & (np.arange(units.shape[1]) >= start[:, None])
    days = live.sum(axis=1)
    total = np.einsum("ij,ij->i", units, live)
    mean = np.divide(total, days, out=np.zeros(len(units)), where=days > 0)
    missing = ~known & (np.arange(units.shape[1]) >= start[:, None])
    return np.where(missing, mean[:, None], units * live), days


def _smooth(units: Matrix, average: Vector, length: Counts, alpha: float) -> Vector:
    """Exponential smoothing begun at the average: one matrix product for all rows."""
    return units @ weights(units.shape[1], alpha) + (1 - alpha) ** length * average


def _bunching(units: Matrix, average: Vector) -> Vector:
    """Variance over mean of what WINDOW days in a row sell; zero where too short a history tells none."""
    days = units.shape[1]
    if days < 4 * WINDOW:
        return np.zeros(len(units))
    totals = np.cumsum(units, axis=1)
    sums = totals[:, WINDOW:] - totals[:, :-WINDOW]
    expected = average * WINDOW
    return np.divide(sums.var(axis=1), expected, out=np.zeros(len(units)), where=expected > 0)


def _drift(units: Matrix, start: Counts, days: Counts, average: Vector, times: Vector, pace: Pace) -> Vector:
    """How far a row's pace wandered from what was expected, beyond chance, as a part of its square.

    Rows that sell too little, or are too young, to tell keep `pace.drift`.
    """
    known = days / np.maximum(units.shape[1] - start, 1)
    missed, count = _missed(units, start, 1 - (1 - pace.alpha) ** FORTNIGHT)
    chance = times / FORTNIGHT / np.maximum(average, _NOTHING)
    tells = count * known / (1 + CHANCE * chance / max(pace.drift, _NOTHING)) ** 2
    able = (tells > 1e-6) & (average > _NOTHING)
    own = np.full(len(units), pace.drift)
    error = missed[able] / average[able] ** 2 / count[able]
    # Filled days are the mean: chance shrinks by the known part, drift by its square.
    own[able] = (error / known[able] - chance[able] * _noise(count[able], pace.alpha)) / known[able]
    return pace.drift + tells / (tells + TRUST) * (np.clip(own, 0.0, 1.0) - pace.drift)


def _missed(units: Matrix, start: Counts, alpha: float) -> tuple[Vector, Counts]:
    """Squared errors of each whole fortnight's mean against those before it, summed, and their number."""
    count = units.shape[1] // FORTNIGHT
    off = units.shape[1] - count * FORTNIGHT
    sums = units[:, off:].reshape(len(units), count, FORTNIGHT).sum(axis=2) / FORTNIGHT
    first = np.maximum(-(-(start - off) // FORTNIGHT), 0)
    total = np.zeros(len(units))
    if count < 2:
        return total, np.zeros(len(units), np.int64)
    expected = sums[np.arange(len(units)), np.minimum(first, count - 1)]
    for at in range(1, count):
        error = np.where(at > first, sums[:, at] - expected, 0.0)
        total += error**2
        expected = expected + alpha * error
    return total, np.maximum(count - 1 - first, 0)


def _noise(count: Counts, alpha: float) -> Vector:
    """The mean variance of `_missed` errors where nothing drifts, in variances of a fortnight's mean."""
    kept = (1 - alpha) ** (2 * FORTNIGHT)
    weight = 1 - (1 - alpha) ** FORTNIGHT
    settled = weight / (2 - weight)
    return np.asarray(1 + settled + (1 - settled) * (1 - kept**count) / (1 - kept) / count)
