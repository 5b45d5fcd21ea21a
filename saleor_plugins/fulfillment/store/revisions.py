"""What the merchant's rules are now: a number for each; what they say is kept in memory by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

# Three columns more, for what is asked in the same query.
REVISIONS = """
    SELECT subject, number, NULL::uuid, '', '', '' FROM ops_fulfillment_revision
    UNION ALL
    SELECT 'card', revision, id, '', '', '' FROM ops_fulfillment_ratecard
    WHERE is_active AND daterange(valid_from, valid_until, '[]') @> %(day)s::date
"""
# Any number that nobody else uses.
_LOCK = 0x6F70735F72617465


@dataclass(frozen=True)
class Revisions:
    """Numbers that stand for one content each; None is nothing. `card` is the card of the day."""

    profiles: int | None = None
    policies: int | None = None
    card: tuple[UUID, int] | None = None


def revisions(day: date) -> Revisions:
    """The revisions of what counts on `day`."""
    with connection.cursor() as cursor:
        cursor.execute(REVISIONS, {"day": day})
        return as_revisions(row[:3] for row in cursor.fetchall())


def as_revisions(rows: Iterable[tuple[str, int, UUID | None]]) -> Revisions:
    """Revisions from what they are of, their numbers, and the card's key."""
    found = {subject: (number, key) for subject, number, key in rows}
    number, key = found.get("card", (0, None))
    return Revisions(
        found.get("profiles", (None,))[0],
        found.get("policies", (None,))[0],
        (key, number) if key else None,
    )


def lock_settings() -> None:
    """Let nobody else change cards, profiles or policies until the transaction ends.

    What one of them says must agree with the others: one lock for all, taken before any row's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
