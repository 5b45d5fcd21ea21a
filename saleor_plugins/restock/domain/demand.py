"""Demand: units wanted per day, from single sales to a dense matrix a forecast can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from saleor_plugins.kernel.clock import day_of

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Key = tuple[str, str]

NEW_VARIANT_DAYS = 28
"""A variant younger than this is judged over this many days, so that one sale is no trend."""

SPIKE_TIMES = 20
"""A day above this multiple of a usual selling day is capped for the forecast, and flagged."""

SPIKE_UNITS = 50
"""No day up to this many units is ever capped."""

SPIKE_NEEDS = 5
"""Selling days needed before one of them can be called unusual."""


@dataclass(frozen=True)
class Sold:
    """Units of a variant sold to a country at an instant, or `returned` ones that were sold then."""

    variant_id: str
    country: str
    quantity: int
    at: datetime
    returned: int = 0


@dataclass(frozen=True)
class Tally:
    """Units sold on a day, and how many of them came back; both of a variant and a country."""

    units: int = 0
    returned: int = 0

    def plus(self, sale: Sold) -> Tally:
        """With a sale more."""
        return Tally(self.units + sale.quantity, self.returned + sale.returned)

    def sane(self) -> Tally:
        """Nothing below zero, and no more back than was sold: a line may shrink after its units came back."""
        units = max(self.units, 0)
        return Tally(units, min(max(self.returned, 0), units))


_NOTHING = Tally()


def by_day(sales: Iterable[Sold], zone: str) -> Iterator[tuple[date, dict[Key, Tally]]]:
    """Units per (variant, country) for each shop day, from `sales` sorted by time.

    Days and keys without a unit sold are not yielded. Holds one day in memory, so any history streams
    through.
    """
    today: date | None = None
    units: dict[Key, Tally] = {}
    for sale in sales:
        day = day_of(sale.at, zone)
        if today is not None and day != today:
            yield from _told(today, units)
            units = {}
        today = day
        key = (sale.variant_id, sale.country)
        units[key] = units.get(key, _NOTHING).plus(sale)
    if today is not None:
        yield from _told(today, units)


def _told(day: date, units: Mapping[Key, Tally]) -> Iterator[tuple[date, dict[Key, Tally]]]:
    sold = {key: tally.sane() for key, tally in units.items() if tally.units > 0}
    if sold:
        yield day, sold
