"""Writes that Shopify does not de-duplicate: reserved, sent, settled; looked for when nobody knows."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict

from ..models import Mapping, Store
from .outcome import LaterError


def reservation(store: Store, kind: str, key: str) -> Mapping:
    """The row that stands for the write; made by whoever comes first."""
    row, _ = Mapping.objects.get_or_create(store=store, kind=kind, key=key)
    return row


def wait_for_answer(row: Mapping) -> None:
    """An earlier try got no answer and nothing was found: give Shopify time before writing again."""
    if row.sent is None:
        return
    left = row.sent + timedelta(seconds=settings.BRIDGE_GRACE_SECONDS) - clock.now()
    if left > timedelta():
        raise LaterError("an earlier write got no answer; looking again later", left.total_seconds() + 0.1)


def sending(row: Mapping) -> None:
    """Write down that it is being sent, before it is; raises Conflict when a twin does so."""
    now = clock.now()
    if not Mapping.objects.filter(pk=row.pk, gid=None, sent=row.sent).update(sent=now):
        raise Conflict("Somebody else is writing it.", field="state")
    row.sent = now


def not_sent(row: Mapping) -> None:
    """Shopify said that it did nothing."""
    Mapping.objects.filter(pk=row.pk, gid=None, sent=row.sent).update(sent=None)
    row.sent = None
