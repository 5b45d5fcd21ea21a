"""Look at what shoppers wait for, and decide who is told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from ...delivery import emit_many
from ...kernel import clock
from ...platform import shop
from ..domain.alerts import Patience, Seen, Step, look, round_size
from ..models import VariantWatch
from ..store import alerts as store
from ..store.alerts import Place
from .alert_rules import patience, rules
from .free_stock import free_units
from .notify_waiting import DUE

BACK = "variant.back_in_stock"
PAGE = 500
PAGES = 20
"""A sweep looks at so many pages; the next goes on with those that were looked at longest ago."""


def watch_stock(variant_ids: Collection[str] | None = None) -> int:
    """Look at all that is waited for, or at some variants; answers how many shoppers are to be told.

    Two that run at once share the work: each watch is held by one of them.
    """
    started, told = clock.now(), 0
    found = patience(rules())
    for _ in range(PAGES):
        with transaction.atomic():
            rows = store.lock_watches(started, PAGE, variant_ids)
            told += _look(rows, clock.now(), found)
        if len(rows) < PAGE:
            break
    return told


def _look(rows: list[VariantWatch], now: datetime, patient: Patience) -> int:
    """One page, in a constant number of queries."""
    gone = {row.variant_id for row in rows} - {
        row.id for row in shop().variants([r.variant_id for r in rows])
    }
    if gone:
        store.expire_waiting(Q(variant_id__in=gone), now)
    free = free_units([_place(row) for row in rows])
    due: dict[Place, int] = {}
    back: dict[str, dict[str, object]] = {}
    for row in rows:
        place = _place(row)
        seen, step = look(Seen(row.free_since, row.announced), free[place], now, patient)
        row.free_since, row.announced, row.checked = seen.free_since, seen.announced, now
        if step is not Step.NONE:
            due[place] = round_size(free[place], patient)
        if step is Step.BACK and seen.free_since:
            back[f"{':'.join(place)}:{seen.free_since.isoformat()}"] = _told(place, free[place])
    store.save_watches(rows)
    emit_many(BACK, back)
    alerts = store.oldest(due)
    emit_many(DUE, {f"{key}:{now.isoformat()}": {"alertId": str(key)} for key in alerts})
    return len(alerts)


def _place(row: VariantWatch) -> Place:
    return row.variant_id, row.channel, row.country


def _told(place: Place, free: int) -> dict[str, object]:
    variant, channel, country = place
    return {"variantId": variant, "channel": channel, "country": country, "free": free}
