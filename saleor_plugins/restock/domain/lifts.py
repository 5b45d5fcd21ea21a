"""What days sell times as much as usual: a page's seasons and promotions together, past and coming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from . import season
from .calendar import coming, split
from .demand import Counts, Matrix, Vector
from .rates import GUESSED, TOLD, Pace

LOT_DAYS = 60.0
"""A lot lasts about so long: it goes by the season until then."""

Index = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Year:
    """Of some rows: what `levels` takes as `divisor`, `factor` and `usual`.

    `promoted` days of history were promotions. `season` and `promotion` are the parts of `factor`.
    """

    divisor: Matrix
    factor: Vector
    usual: Vector | None
    promoted: Counts
    season: Vector
    promotion: Vector


@dataclass(frozen=True)
class Lifts:
    """Rows as in a page's Histories, columns its days and promoted.AHEAD more; None where nothing is known.

    `told`: the merchant names promotions, so what is unusual on other days is no unknown one.
    """

    seasons: Matrix | None = None
    promotions: Matrix | None = None
    told: bool = False

    @property
    def pace(self) -> Pace:
        """How far rates are believed to wander."""
        return TOLD if self.told else GUESSED

    def of(self, rows: Index, history: int, days: Vector, hold: Vector) -> Year | None:
        """The year of some rows, None without seasons and promotions.

        `days` of protection period and `hold`, the days until levels are learned again or goods are late,
        for each row.
        """
        parts = [part[rows] for part in (self.seasons, self.promotions) if part is not None]
        if not parts:
            return None
        whole = parts[0] * parts[1] if len(parts) > 1 else parts[0]
        known = split(whole, history, days, hold)
        ones = np.ones(len(rows))
        seasonal = ones if self.seasons is None else coming(self.seasons[rows, history:], days, hold)
        pushed = ones if self.promotions is None else coming(self.promotions[rows, history:], days, hold)
        on = np.zeros((len(rows), history)) if self.promotions is None else self.promotions[rows, :history]
        return Year(
            known.divisor,
            known.factor,
            self._usual(rows, history),
            (on != 1).sum(axis=1) if self.promotions is not None else np.zeros(len(rows), np.int64),
            seasonal,
            pushed,
        )

    def _usual(self, rows: Index, history: int) -> Vector | None:
        """What lots go by: the season ahead, and promotions as often as until now."""
        if self.seasons is None:
            return None
        ahead = coming(self.seasons[rows, history:], np.full(len(rows), LOT_DAYS))
        if self.promotions is None or not history:
            return ahead
        return ahead * self.promotions[rows, :history].mean(axis=1)


def seasonal(
    weekly: Mapping[str, Sequence[float]], categories: Sequence[str], first: date, days: int
) -> Matrix | None:
    """The season of each row on `days` days from `first` on, None where no row's category has one.

    `weekly` has 52 numbers by category, `categories` each row's ("" for none).
    """
    names = sorted(set(categories) & weekly.keys())
    if not names:
        return None
    number = {name: at for at, name in enumerate(names)}
    none = np.zeros(len(names))
    found = season.Seasons(np.array([weekly[name] for name in names], dtype=float), none, none)
    rows = np.array([number.get(name, -1) for name in categories], dtype=np.int64)
    return season.factors(found, rows, first, days)
