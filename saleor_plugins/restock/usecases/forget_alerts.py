"""Addresses go when they are not needed any more."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from ...kernel import clock
from ..store import alerts as store
from .alert_rules import rules
from .confirm_alert import LIFETIME


def forget_alerts() -> int:
    """End what was never confirmed or waited too long, forget whose it was; answers how many rows changed."""
    now, found = clock.now(), rules()
    waited = Q(confirmed__lte=now - timedelta(days=found["days"]))
    return (
        store.expire_pending(now - LIFETIME, now)
        + store.expire_waiting(waited, now)
        + store.forget_ended(now - timedelta(days=found["keep"]))
    )
