"""Walks over the shop's products that publish what the rules say of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from saleor_plugins.kernel import clock

from ..models import TermsRun

# Walks over what was changed are many; of them the last day is kept.
KEPT = timedelta(days=1)


def latest() -> TermsRun | None:
    """The open run, else the last one."""
    return TermsRun.objects.order_by("-pk").first()


def whole_since(fingerprint: str, instant: datetime) -> bool:
    """Whether a walk over all products by these rules began after `instant` and came to its end."""
    rows = TermsRun.objects.filter(fingerprint=fingerprint, since=None, finished__isnull=False)
    return rows.filter(started__gte=instant).exists()


def start(fingerprint: str, total: int, since: datetime | None) -> TermsRun:
    """Begin a run instead of the open one, if there is any."""
    now = clock.now()
    TermsRun.objects.filter(open=True).update(open=False)
    TermsRun.objects.filter(open=False, since__isnull=False, started__lt=now - KEPT).delete()
    return TermsRun.objects.create(fingerprint=fingerprint, total=total, since=since, started=now, moved=now)


def lock_at(run_id: UUID, after: str) -> TermsRun | None:
    """The open run, locked, when it stands behind this product; None when somebody else went on."""
    return TermsRun.objects.select_for_update().filter(pk=run_id, open=True, after=after).first()
