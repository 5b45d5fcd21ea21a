"""What weeks of the year sell, by category: learned once a week, from two years of history at least."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from ...platform.port import Variant
from ..domain import season
from ..store import demand, figures
from .assess import categories

EVERY = timedelta(days=7)
LEAST = timedelta(days=365 * season.YEARS)


class SeasonSums:
    """Daily units of each category, added up over the pages of a look at the shop."""

    def __init__(self, first: date, last: date):
        self.first, self.last = first, last
        self.found: dict[str, np.ndarray] = {}

    def add(self, variants: Sequence[Variant]) -> None:
        """Add a page; two queries."""
        of = categories(variants)
        known = {row.id: of[row.product_id] for row in variants if row.product_id in of}
        days = (self.last - self.first).days + 1
        for name, day, units in figures.daily(known, self.first, self.last) if known else ():
            row = self.found.setdefault(name, np.zeros(days))
            row[(day - self.first).days] += max(units, 0)

    def keep(self, today: date) -> None:
        """Learn and store, inside the caller's transaction."""
        names = sorted(self.found)
        if not names:
            figures.keep_seasons({}, today)
            return
        learned = season.learn(np.array([self.found[name] for name in names]), self.first)
        used = {name: learned.index[at] for at, name in enumerate(names) if learned.used[at]}
        figures.keep_seasons({name: [float(week) for week in row] for name, row in used.items()}, today)


def sums_due(today: date) -> SeasonSums | None:
    """Sums to fill, None while seasons are fresh or the history is too short to tell any."""
    known, learned = demand.reach(), figures.seasons_learned()
    yesterday = today - timedelta(days=1)
    if known is None or known.reading is not None or yesterday - known.since < LEAST:
        return None
    if learned is not None and timedelta() <= today - learned < EVERY:
        return None
    return SeasonSums(known.since, yesterday)
