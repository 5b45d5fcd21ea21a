"""Demand: units wanted per day, from single sales to a dense matrix a forecast can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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


@dataclass(frozen=True)
class Spike:
    """A day that sold so much more than usual that the forecast counts only `counted` of it."""

    day: date
    units: float
    counted: float


@dataclass(frozen=True)
class History:
    """Daily demand of several needs: one row each, one column per shop day from `first`.

    `start` is each row's first column that counts; `spikes` and `sold_days` belong to rows.
    """

    first: date
    units: Matrix
    start: Counts
    sold_days: Counts
    spikes: tuple[Spike | None, ...]

    @property
    def days(self) -> int:
        """Columns: days of history read."""
        return self.units.shape[1]


def history(rows: Sequence[Mapping[date, float]], first: date, last: date) -> History:
    """`rows` (units per day of each need) as a History over `first` to `last`, both included.

    Negative days (more cancelled than sold) count as zero. A row that starts selling late starts
    counting at its first sale, at most NEW_VARIANT_DAYS before `last`.
    """
    span = max((last - first).days + 1, 0)
    units = np.zeros((len(rows), span))
    for index, row in enumerate(rows):
        for day, quantity in row.items():
            column = (day - first).days
            if 0 <= column < span and quantity > 0:
                units[index, column] = quantity
    sold = units > 0
    first_sale = np.where(sold.any(axis=1), sold.argmax(axis=1), 0) if span else np.zeros(len(rows), int)
    start = np.minimum(first_sale, max(span - NEW_VARIANT_DAYS, 0)).astype(np.int64)
    spikes = tuple(_cap(units[index], first) for index in range(len(rows)))
    return History(first, units, start, sold.sum(axis=1).astype(np.int64), spikes)


def _cap(row: Vector, first: date) -> Spike | None:
    """Cap the days of `row` (in place) that dwarf its usual selling day; answer the largest.

    With too few selling days to call one unusual, a large day is answered and counted in full.
    """
    sold = row[row > 0]
    if not len(sold) or sold.max() <= SPIKE_UNITS:
        return None
    known = len(sold) >= SPIKE_NEEDS
    limit = max(SPIKE_TIMES * float(np.median(sold)), SPIKE_UNITS) if known else float(sold.max())
    if known and sold.max() <= limit:
        return None
    column = int(row.argmax())
    spike = Spike(first + timedelta(days=column), float(row[column]), limit)
    np.minimum(row, limit, out=row)
    return spike
