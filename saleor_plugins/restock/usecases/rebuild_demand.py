"""Read Saleor's sales into daily demand: all of it, or what may have changed since the last time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from ...kernel import clock
from ...platform import shop
from ...platform.port import Sale
from ..domain import days
from ..domain.demand import Sold, by_day
from ..models import DemandCursor
from ..store import demand as store
from ..store import locks

HISTORY_DAYS = 364
"""Days of history kept: a whole number of weeks, so that weekdays weigh alike."""

REREAD_DAYS = 35
"""Days read again every time: orders are cancelled and corrected mostly within a month."""


FULL_EVERY = timedelta(days=7)
"""How often all of it is read again, for what no hook reported."""


@dataclass(frozen=True)
class Rebuilt:
    """What was read: the shop days `since` to `through`, and how many rows of the history changed."""

    since: date
    through: date
    full: bool
    changed: int


def rebuild_demand(*, full: bool = False) -> Rebuilt:
    """Bring the demand history up to today; `full` reads all of it again.

    Both ways end at the same rows. Days of orders that changed later than REREAD_DAYS are read again
    when a hook reported them (`note_order`). A twin waits and then finds nothing to change.
    """
    with transaction.atomic():
        locks.take("demand")
        zone = shop().time_zone()
        today = clock.day_of(clock.now(), zone)
        first = today - timedelta(days=HISTORY_DAYS - 1)
        known, noted = store.cursor(), store.take_changed()
        full = full or known is None or _doubtful(known, zone, today)
        if full or known is None:
            spans, full_on = [(first, today)], today
        else:
            recent = max(known.through - timedelta(days=REREAD_DAYS), first)
            spans = [(day, day) for day in noted if first <= day < recent] + [(recent, today)]
            full_on = known.full_on
        changed = sum(_read(since, until, zone) for since, until in spans)
        store.drop_outside(first, today)
        store.set_cursor(zone, first, today, full_on)
    return Rebuilt(spans[-1][0], today, full, changed)


def _doubtful(known: DemandCursor, zone: str, today: date) -> bool:
    """Whether only reading everything is safe: other days, a pause that lost hooks, a clock set back."""
    paused = today - known.through > timedelta(days=1)
    return known.zone != zone or paused or known.through > today or today - known.full_on >= FULL_EVERY


def _read(first: date, last: date, zone: str) -> int:
    since, until = days.bounds(first, last, zone)
    seen: list[date] = []
    changed = 0
    for day, units in by_day(_sold(shop().sales(since, until)), zone):
        changed += store.write_day(day, units)
        seen.append(day)
    return changed + store.drop_between(first, last, seen)


def _sold(sales: Iterator[Sale]) -> Iterator[Sold]:
    for sale in sales:
        yield Sold(sale.variant_id, sale.country, sale.quantity, sale.at)
