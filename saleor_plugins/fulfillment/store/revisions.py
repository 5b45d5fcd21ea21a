"""What the merchant's rules are now: one small query an order, everything else is in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

_SQL = """
    SELECT subject, number, NULL::uuid FROM ops_fulfillment_revision
    UNION ALL
    SELECT 'card', revision, id FROM ops_fulfillment_ratecard
    WHERE is_active AND daterange(valid_from, valid_until, '[]') @> %s::date
"""


@dataclass(frozen=True)
class Revisions:
    """Numbers that stand for one content each; None is nothing. `card` is the card of the day."""

    profiles: int | None = None
    policies: int | None = None
    card: tuple[UUID, int] | None = None


def revisions(day: date) -> Revisions:
    """The revisions of what counts on `day`."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [day])
        found = {subject: (number, key) for subject, number, key in cursor.fetchall()}
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


# Any number that nobody else uses.
_LOCK = 0x6F70735F72617465
