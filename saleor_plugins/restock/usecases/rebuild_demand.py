"""Read Saleor's sales into daily demand: all of it, or what may have changed since the last time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge

from django.db import transaction

from ...kernel import clock
from ...platform import shop
from ...platform.port import Sale
from ..domain import days
from ..domain.demand import Sold, by_day
from ..domain.reading import Step, next_step
from ..store import demand as store
from ..store import locks

PAGE = 500
"""Variants looked up at a time."""

Progress = Callable[[Step], None]
"""Told after each piece."""


@dataclass(frozen=True)
class Rebuilt:
    """What was read: shop days up to `through`, all of them if `full`, and how many rows changed."""

    through: date
    full: bool
    changed: int


def rebuild_demand(*, full: bool = False, brief: bool = False, progress: Progress | None = None) -> Rebuilt:
    """Bring the demand history up to today; `full` reads all of it again, `brief` only what is new.

    Both ways end at the same rows. Days of orders that changed later than REREAD_DAYS are read again
    when a hook reported them (`note_order`). All of it is read in pieces, a transaction each: a killed
    reading goes on where it was. A twin takes the next piece, or finds nothing to change.
    """
    changed, whole = 0, False
    while True:
        step, rows = _read_piece(full, brief)
        full, whole, changed = False, whole or step.whole, changed + rows
        if progress:
            progress(step)
        if not step.whole:
            return Rebuilt(step.last, whole, changed)


def _read_piece(full: bool, brief: bool) -> tuple[Step, int]:
    with transaction.atomic():
        locks.take("demand")
        zone, known = shop().time_zone(), store.reach()
        today = clock.day_of(clock.now(), zone)
        step = next_step(known, zone, today, full=full, brief=brief)
        # Forgotten before the orders are read: whoever notes a day meanwhile waits, and notes it anew.
        noted = [] if step.whole else store.take_changed()
        changed = sum(_read(first, last, zone) for first, last in step.spans(noted))
        if step.after and not step.whole:
            changed += store.drop_outside(step.since, today)
            if known and known.through < today:
                changed += _forget_gone()
        if step.after:
            store.set_reach(step.after)
    return step, changed


def _read(first: date, last: date, zone: str) -> int:
    since, until = days.bounds(first, last, zone)
    seen: list[date] = []
    changed = 0
    for day, tallies in by_day(_sold(since, until), zone):
        changed += store.write_day(day, tallies)
        seen.append(day)
    return changed + store.drop_between(first, last, seen)


def _sold(since: datetime, until: datetime) -> Iterator[Sold]:
    """Sales and what came back of them, by the instant of the sale, streamed."""
    sales = (_of(sale, sale.quantity, 0) for sale in shop().sales(since, until))
    returned = (_of(sale, 0, sale.quantity) for sale in shop().returned_sales(since, until))
    return merge(sales, returned, key=lambda sale: sale.at)


def _of(sale: Sale, quantity: int, returned: int) -> Sold:
    return Sold(sale.variant_id, sale.country, quantity, sale.at, returned)


def _forget_gone() -> int:
    """Saleor tells no sales of deleted variants, so days that are not read again must lose theirs too."""
    gone, after = 0, ""
    while page := store.variants(after, PAGE):
        after = page[-1]
        known = {variant.id for variant in shop().variants(page)}
        gone += store.forget([variant for variant in page if variant not in known])
    return gone
