"""The year's seasons of a category: a weekly index, used only where one year tells the other.

The index is 1 on average. It is shrunk to 1 by how well the years agree: what they share is season,
what they do not is chance. Feasts that move through the year (Easter) are promotions, not seasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from .clean import Mask
from .demand import Counts, Matrix, Vector

WEEKS = 52
YEARS = 2
"""Fewer years of history tell no season."""

AGREE = 0.4
"""Correlation of the years below which there is no season: 52 weeks of chance reach 0.28 in one of forty."""

LEAST_UNITS = 200.0
"""A category that sold fewer units a year has no index of its own."""

LOW, HIGH = 0.2, 5.0
"""No week's index is beyond these."""

_Smoother = (0.25, 0.5, 0.25)


@dataclass(frozen=True)
class Seasons:
    """Per category: 52 weekly `index` numbers, `believed` from 0 to 1, the `agreement` of the years."""

    index: Matrix
    believed: Vector
    agreement: Vector

    @property
    def used(self) -> Mask:
        """Categories with a season."""
        return np.asarray(self.believed > 0)


def totals(units: Matrix, category: Counts, count: int) -> Matrix:
    """Units a day of each of `count` categories (add up blocks); rows with a category below 0 stay out."""
    found = np.zeros((count, units.shape[1]))
    listed = category >= 0
    np.add.at(found, category[listed], units[listed])
    return found


def learn(sold: Matrix, first: date) -> Seasons:
    """The seasons of `sold` (rows: categories, columns: days from `first` on), NaN counting as nothing.

    Only whole years, counted back from the last day, are read; each is taken over its own mean and trend,
    so that growth is no season.
    """
    categories, days = sold.shape
    years = days // 365
    flat = Seasons(np.ones((categories, WEEKS)), np.zeros(categories), np.zeros(categories))
    if years < YEARS or not categories:
        return flat
    kept = np.nan_to_num(sold[:, days - 365 * years :], nan=0.0, posinf=0.0, neginf=0.0)
    begins = first + timedelta(days - 365 * years)
    weekly = _by_week(np.maximum(kept, 0.0), week_of(begins, 365 * years), years)
    enough = weekly.sum(axis=2).min(axis=1) * 7 >= LEAST_UNITS
    ratios = _level(weekly)
    believed, agreement = _belief(ratios)
    believed = np.where(enough, believed, 0.0)
    index = 1 + believed[:, None] * (_smooth(ratios.mean(axis=1)) - 1)
    index = np.clip(index, LOW, HIGH)
    return Seasons(index / index.mean(axis=1, keepdims=True), believed, agreement)


def week_of(first: date, days: int) -> npt.NDArray[np.int64]:
    """The week of the year, 0 to 51, of `days` days; the last one has the year's last days too."""
    begin = np.datetime64(first, "D")
    found = begin + np.arange(days)
    of_year = (found - found.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    return np.minimum(of_year // 7, WEEKS - 1)


def factors(seasons: Seasons, category: Counts, first: date, days: int) -> Matrix:
    """How many times its average each row sells on `days` days from `first` on; 1 without a category."""
    whole = seasons.index[:, week_of(first, days)]
    found = np.ones((len(category), days))
    listed = (category >= 0) & (category < len(whole))
    found[listed] = whole[category[listed]]
    return found


def _by_week(sold: Matrix, week: npt.NDArray[np.int64], years: int) -> npt.NDArray[np.float64]:
    """Mean units a day: categories x years x weeks."""
    place = np.repeat(np.arange(years), 365) * WEEKS + week
    days = np.bincount(place, minlength=years * WEEKS)
    sums = np.zeros((len(sold), years * WEEKS))
    for row, line in enumerate(sold):
        sums[row] = np.bincount(place, line, years * WEEKS)
    return (sums / np.maximum(days, 1)).reshape(len(sold), years, WEEKS)


def _level(weekly: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each year over its mean, less the growth from year to year that runs through it."""
    mean = weekly.mean(axis=2)
    first, last = mean[:, 0], mean[:, -1]
    known = (first > 0) & (last > 0)
    growth = np.where(known, np.log(np.where(known, last, 1.0) / np.where(known, first, 1.0)), 0.0)
    slope = np.clip(growth / (weekly.shape[1] - 1), -1.5, 1.5)
    trend = np.exp(slope[:, None] * (np.arange(WEEKS) / WEEKS - 0.5))[:, None, :]
    flat = weekly / trend
    mean = flat.mean(axis=2, keepdims=True)
    return np.divide(flat, mean, out=np.ones_like(flat), where=mean > 0)


def _belief(ratios: npt.NDArray[np.float64]) -> tuple[Vector, Vector]:
    """What the years share, as a part of what their mean varies by; 0 below AGREE.

    An average of n years with correlation r between any two is reliable by n r / (1 + (n - 1) r)
    (Spearman and Brown, 1910).
    """
    years = ratios.shape[1]
    away = ratios - ratios.mean(axis=2, keepdims=True)
    shared = (away.sum(axis=1) ** 2).sum(axis=1) - (away**2).sum(axis=(1, 2))
    alone = (away**2).sum(axis=(1, 2)) * (years - 1)
    agreement = np.divide(shared, alone, out=np.zeros(len(ratios)), where=alone > 1e-12)
    reliable = years * agreement / np.maximum(1 + (years - 1) * agreement, 1e-9)
    return np.where(agreement >= AGREE, np.clip(reliable, 0.0, 1.0), 0.0), agreement


def _smooth(index: Matrix) -> Matrix:
    """A week and half of its neighbours, around the turn of the year too."""
    before, at, after = _Smoother
    return before * np.roll(index, 1, axis=1) + at * index + after * np.roll(index, -1, axis=1)
