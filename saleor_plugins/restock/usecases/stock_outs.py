"""Look at the stock and remember when there was nothing to sell: Saleor keeps no history of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db import transaction

from ...kernel import clock
from ...platform import shop
from ..domain.reading import HISTORY_DAYS
from ..domain.stock_outs import begins, ends, is_out
from ..models import StockOut
from ..store import locks
from ..store import stock_outs as store

PAGE = 500
"""Variants that a transaction looks at."""


def look_through() -> None:
    """Look at everything that is stocked, and at what was out and is stocked no more."""
    started = clock.now()
    for page in _pages():
        look_at(page)
    with transaction.atomic():
        store.set_looked(started)
        today = clock.day_of(started, shop().time_zone())
        store.forget_before(today - timedelta(days=HISTORY_DAYS))


def look_at(variant_ids: Collection[str]) -> None:
    """Begin and end the variants' stock-outs by what is there now. Repeatable; unknown ones end."""
    zone = shop().time_zone()
    with transaction.atomic():
        # A twin that read the stock earlier must not write later.
        locks.take("stock_outs")
        looked = store.looked_at()
        _note(variant_ids, clock.day_of(clock.now(), zone), clock.day_of(looked, zone) if looked else None)


def _note(variant_ids: Collection[str], today: date, looked: date | None) -> None:
    tracked = [row.id for row in shop().variants(variant_ids) if row.tracks_stock]
    stocks = shop().stocks(tracked)
    out = {(row.variant_id, row.warehouse_id) for row in stocks if is_out(row.on_hand, row.allocated)}
    over = []
    for row in store.lasting(variant_ids):
        if (row.variant_id, row.warehouse_id) in out:
            out.discard((row.variant_id, row.warehouse_id))
        else:
            row.until = ends(row.since, today, looked)
            over.append(row)
    store.end(over)
    since = begins(today, looked)
    store.begin(
        StockOut(variant_id=variant, warehouse_id=house, since=since) for variant, house in sorted(out)
    )


def _pages() -> Iterator[list[str]]:
    after: str | None = None
    while variants := shop().stocked_variants(after=after, limit=PAGE):
        yield [variant.id for variant in variants]
        after = variants[-1].id
    last = ""
    while page := store.variants(last, PAGE):
        yield page
        last = page[-1]
