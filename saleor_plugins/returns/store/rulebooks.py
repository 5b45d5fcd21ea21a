"""Versions of the merchant's rules."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Max

from saleor_plugins.kernel.errors import NotFound

from ..models import Rulebook


def active() -> Rulebook | None:
    """The version in use; None when only the plugin's settings count."""
    return Rulebook.objects.filter(active=True).first()


def find(rulebook_id: UUID, *, field: str = "id") -> Rulebook:
    """A version. Raises NotFound (`field`)."""
    found = Rulebook.objects.filter(pk=rulebook_id).first()
    if found is None:
        raise NotFound("No such version of the rules.", field=field)
    return found


def next_version() -> int:
    """The number of the next version; takes `lock`."""
    lock()
    return int(Rulebook.objects.aggregate(last=Max("version"))["last"] or 0) + 1


def lock() -> None:
    """Nobody else writes or activates a version until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ops_returns.rulebooks', 0))")
