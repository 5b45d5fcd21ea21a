"""Writing down what somebody said has changed: one row a thing, however often it is said."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, QuerySet

from saleor_plugins.delivery import emit, emit_many
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import new_id

from ..models import Dirty, Store

TOPIC = "bridge.dirty"
# How long something may wait before the beat tells the workers about it once more.
OVERDUE = timedelta(seconds=60)
_SLOT_SECONDS = 300
_CHUNK = 1000
# A shopper sees it in two seconds, also while ten thousand planned changes are waiting.
_FIRST = timedelta(hours=-1)
_MARK = """
    INSERT INTO shopify_bridge_dirty (id, store_id, subject, key, told, seen, heard, reason)
    VALUES (%s, %s, %s, %s, 1, 0, %s, '')
    ON CONFLICT (store_id, subject, key) DO UPDATE SET
        told = shopify_bridge_dirty.told + 1,
        heard = CASE WHEN shopify_bridge_dirty.seen = shopify_bridge_dirty.told
                     THEN excluded.heard ELSE shopify_bridge_dirty.heard END
    RETURNING id, told - seen
"""


@transaction.atomic(savepoint=False)
def mark(store: Store, subject: str, key: str, *, urgent: bool = True) -> None:
    """Something of `store` has changed on one of the sides; `key` is Saleor's id of it.

    In the caller's transaction. Cheap and repeatable: what is said again before it was dealt with is one
    comparison, and it is the workers who find out whether anything differs. What is not `urgent`, as most
    of what Shopify says is the echo of our own writes, waits in turn.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [new_id(), store.pk, subject, key, clock.now()])
        row, waiting = cursor.fetchone()
    if waiting == 1:
        emit(TOPIC, {"dirty": str(row)}, delay=_FIRST if urgent else None)


def waiting(store: Store) -> QuerySet[Dirty]:
    """What was heard of and not dealt with, the oldest first."""
    return Dirty.objects.filter(store=store, seen__lt=F("told")).order_by("heard")


def dealt_with(row: Dirty, told: int) -> bool:
    """Everything up to the count `told` is in order; False when more was heard meanwhile."""
    Dirty.objects.filter(pk=row.pk, seen__lt=told).update(seen=told, heard=clock.now(), reason="")
    row.refresh_from_db()
    return row.seen == row.told


def remind() -> None:
    """Tell the workers again about what waits too long: its message was lost, or given up."""
    late = Dirty.objects.filter(
        seen__lt=F("told"), heard__lt=clock.now() - OVERDUE, store__uninstalled=None
    ).order_by("heard")
    slot = int(clock.now().timestamp()) // _SLOT_SECONDS
    rows = late.values_list("pk", "told")[:_CHUNK]
    emit_many(TOPIC, {f"{pk}:{told}:{slot}": {"dirty": str(pk)} for pk, told in rows})
