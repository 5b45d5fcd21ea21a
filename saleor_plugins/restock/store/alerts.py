"""Who waits for what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ..models import StockAlert, VariantWatch

PENDING, WAITING, SENT, UNSUBSCRIBED, EXPIRED = StockAlert.STATES
OPEN = (PENDING, WAITING)
Place = tuple[str, str, str]
"""Variant, channel, country."""

_NOBODY = {"email": "", "digest": "", "user_id": ""}
_OLDEST = """
    SELECT alert.id
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[]) AS due (variant, channel, country, most)
    CROSS JOIN LATERAL (
        SELECT id FROM ops_restock_stockalert
        WHERE state = 'WAITING'
            AND variant_id = due.variant AND channel = due.channel AND country = due.country
        ORDER BY id LIMIT due.most
    ) AS alert
"""


def add(alert: StockAlert) -> tuple[StockAlert, bool]:
    """Store it unless the same address waits for the same already.

    Answers the one that is open, and whether it is new.
    """
    StockAlert.objects.bulk_create([alert], ignore_conflicts=True)
    mine = {"variant_id": alert.variant_id, "channel": alert.channel, "digest": alert.digest}
    found = StockAlert.objects.filter(Q(pk=alert.pk) | Q(state__in=OPEN, **mine)).first()
    return (found or alert), bool(found and found.pk == alert.pk)


def find(alert_id: UUID) -> StockAlert | None:
    """The subscription."""
    return StockAlert.objects.filter(pk=alert_id).first()


def unconfirmed(digest: str) -> int:
    """How many confirmations an address has been asked for and not given."""
    return StockAlert.objects.filter(digest=digest, state=PENDING).count()


def place_of(alert: StockAlert) -> Place:
    """What it waits for, and where."""
    return alert.variant_id, alert.channel, alert.country


def confirm(alert_id: UUID, at: datetime) -> bool:
    """PENDING -> WAITING; False when it was something else by then."""
    seen = StockAlert.objects.filter(pk=alert_id, state=PENDING)
    return bool(seen.update(state=WAITING, confirmed=at))


def settle(alert_id: UUID, state: str, at: datetime) -> bool:
    """WAITING -> `state`; False when it was something else by then."""
    return bool(StockAlert.objects.filter(pk=alert_id, state=WAITING).update(state=state, ended=at))


def unsubscribe(digest: str, at: datetime) -> int:
    """End whatever an address waits for, and forget it."""
    rows = StockAlert.objects.filter(digest=digest, state__in=OPEN) if digest else StockAlert.objects.none()
    return rows.update(state=UNSUBSCRIBED, ended=at, **_NOBODY)


def forget_ended(before: datetime) -> int:
    """Forget the addresses of those that ended before."""
    rows = StockAlert.objects.exclude(state__in=OPEN).exclude(digest="")
    return rows.filter(ended__lte=before).update(**_NOBODY)


def expire_pending(before: datetime, at: datetime) -> int:
    """End what nobody has confirmed, and forget whose it was."""
    rows = StockAlert.objects.filter(state=PENDING, created__lte=before)
    return rows.update(state=EXPIRED, ended=at, **_NOBODY)


def expire_waiting(rows: Q, at: datetime) -> int:
    """End those of the waiting that `rows` says."""
    return StockAlert.objects.filter(rows, state=WAITING).update(state=EXPIRED, ended=at)


def waiting(variant_ids: Collection[str]) -> dict[str, int]:
    """How many shoppers wait for each variant; those that nobody waits for are left out."""
    rows = StockAlert.objects.filter(state=WAITING, variant_id__in=list(variant_ids))
    counted = rows.order_by().values("variant_id").annotate(many=Count("pk"))
    return {row["variant_id"]: row["many"] for row in counted}


def most_wanted(variant_ids: Collection[str] | None, limit: int) -> list[dict[str, object]]:
    """Variants by how many wait: variant_id, channel, waiting, unconfirmed."""
    rows = StockAlert.objects.filter(state__in=OPEN)
    if variant_ids is not None:
        rows = rows.filter(variant_id__in=list(variant_ids))
    counted = (
        rows.order_by()
        .values("variant_id", "channel")
        .annotate(
            waiting=Count("pk", filter=Q(state=WAITING)), unconfirmed=Count("pk", filter=Q(state=PENDING))
        )
    )
    return list(counted.order_by("-waiting", "variant_id", "channel")[:limit])


# -- watches ----------------------------------------------------------------------------------------


def watch(place: Place, at: datetime, *, free: bool) -> None:
    """Look at that place from now on; it is `free` or not, whatever was seen while nobody waited."""
    where = dict(zip(("variant_id", "channel", "country"), place, strict=True))
    VariantWatch.objects.bulk_create([VariantWatch(**where, checked=at)], ignore_conflicts=True)
    if not free:
        VariantWatch.objects.filter(**where).update(free_since=None)


def _awaited() -> QuerySet[VariantWatch]:
    """Watches that somebody waits for."""
    same = {name: OuterRef(name) for name in ("variant_id", "channel", "country")}
    return VariantWatch.objects.filter(Exists(StockAlert.objects.filter(state=WAITING, **same)))


def lock_watches(
    before: datetime, limit: int, variant_ids: Collection[str] | None = None
) -> list[VariantWatch]:
    """Watches last looked at before, longest ago first, held for the transaction; not what others hold."""
    rows = _awaited().filter(checked__lt=before)
    if variant_ids is not None:
        rows = rows.filter(variant_id__in=list(variant_ids))
    return list(rows.order_by("checked", "pk").select_for_update(skip_locked=True)[:limit])


def save_watches(rows: Sequence[VariantWatch]) -> None:
    """Store what was seen."""
    VariantWatch.objects.bulk_update(rows, ["free_since", "announced", "checked"])


def oldest(due: Mapping[Place, int]) -> list[UUID]:
    """The subscriptions that wait longest, as many as said for each place."""
    if not due:
        return []
    columns = [list(column) for column in zip(*((*place, most) for place, most in due.items()), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, columns)
        return [key for (key,) in cursor.fetchall()]


# -- a person ----------------------------------------------------------------------------------------


def of_person(digest: str, user_id: str) -> QuerySet[StockAlert]:
    """Subscriptions of an address or an account."""
    mine = Q(pk=None)
    if digest:
        mine |= Q(digest=digest)
    if user_id:
        mine |= Q(user_id=user_id)
    return StockAlert.objects.filter(mine).order_by("pk")


def erase(keys: Collection[UUID], at: datetime) -> None:
    """Take the person out of them; what is open ends."""
    mine = StockAlert.objects.filter(pk__in=list(keys))
    mine.filter(state__in=OPEN).update(state=UNSUBSCRIBED, ended=at, **_NOBODY)
    mine.update(**_NOBODY)
