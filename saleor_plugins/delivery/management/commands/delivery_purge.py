"""``delivery_purge``: forget what is settled and old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Exists, OuterRef, QuerySet

from saleor_plugins.delivery.models import OPEN, Delivery, Event, IdempotencyKey, Inbox, State
from saleor_plugins.kernel import clock

_BATCH = 1000


class Command(BaseCommand):
    """Deletes settled events, dead letters, inbox entries and expired idempotency keys."""

    help = (
        "Delete events whose deliveries are all done, dead letters, remembered incoming messages and "
        "expired idempotency keys. What still waits is never deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="keep settled events and inbox entries (30)")
        parser.add_argument("--dead-days", type=int, default=90, help="keep dead letters (90)")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, days: int, dead_days: int, dry_run: bool, **options: Any) -> None:
        now = clock.now()
        old, older = now - timedelta(days=days), now - timedelta(days=dead_days)
        open_, dead = _deliveries(state__in=OPEN), _deliveries(state=State.DEAD)
        # An idempotency key whose call died may be resumed: it gets a day more.
        doomed: dict[str, QuerySet[Any]] = {
            "events": Event.objects.filter(~open_, ~dead, created__lt=old),
            "events with dead letters": Event.objects.filter(~open_, dead, created__lt=older),
            "inbox entries": Inbox.objects.filter(received__lt=old),
            "idempotency keys": IdempotencyKey.objects.filter(expires__lt=now - timedelta(days=1)),
        }
        for what, rows in doomed.items():
            count = rows.count() if dry_run else _delete(rows)
            self.stdout.write(f"{count} {what} {'would be ' if dry_run else ''}deleted")


def _deliveries(**conditions: Any) -> Exists:
    return Exists(Delivery.objects.filter(event=OuterRef("pk"), **conditions))


def _delete(rows: QuerySet[Any]) -> int:
    """Delete in short transactions; answers how many."""
    total = 0
    while keys := list(rows.values_list("pk", flat=True)[:_BATCH]):
        rows.model.objects.filter(pk__in=keys).delete()
        total += len(keys)
    return total
