"""Holds, turndowns, who waits for a person, and how far the sweepers have come."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from ...kernel import clock
from ...kernel.errors import NotFound
from ..models import Hold, RoutedOrder, Turndown, Walk


def held(order_id: str) -> Hold | None:
    """The hold that keeps the order from being routed and shipped."""
    return Hold.objects.filter(order_id=order_id, released=None).first()


def holds(order_id: str | None = None) -> QuerySet[Hold]:
    """All holds, released ones too."""
    return Hold.objects.all() if order_id is None else Hold.objects.filter(order_id=order_id)


def was_released(order_id: str, facts: str) -> bool:
    """Whether somebody has let the order go although a rule had found just this."""
    return Hold.objects.filter(order_id=order_id, facts=facts).exclude(released=None).exists()


def place_hold(order_id: str, code: str, reason: str, *, facts: str = "", by: str = "") -> Hold:
    """Hold the order; the caller has its lock, and the database refuses a second hold."""
    now = clock.now()
    row = Hold.objects.create(
        order_id=order_id, code=code, reason=reason, facts=facts, placed_by=by, placed=now
    )
    values = {"hold": row, "state": RoutedOrder.HELD, "checked_at": now}
    RoutedOrder.objects.update_or_create(order_id=order_id, defaults=values)
    return row


def release_hold(row: Hold, *, by: str) -> bool:
    """End a hold; False when somebody else did. The order stands where its decision left it."""
    now = clock.now()
    if not Hold.objects.filter(pk=row.pk, released=None).update(released=now, released_by=by):
        return False
    found = RoutedOrder.objects.select_related("decision").get(order_id=row.order_id)
    if found.decision is None:
        found.delete()
    else:
        found.hold, found.state, found.checked_at = None, found.decision.outcome, now
        found.save(update_fields=["hold", "state", "checked_at"])
    return True


def close(row: RoutedOrder) -> None:
    """Nothing of the order is left to route: its hold ends, and nobody looks at it any more."""
    now = clock.now()
    if row.hold_id:
        Hold.objects.filter(pk=row.hold_id, released=None).update(released=now)
    RoutedOrder.objects.filter(pk=row.pk).update(state=RoutedOrder.CLOSED, hold=None, checked_at=now)


def touch_hold(row: RoutedOrder) -> None:
    """A held order was looked at."""
    RoutedOrder.objects.filter(pk=row.pk).update(checked_at=clock.now())


def for_people() -> QuerySet[RoutedOrder]:
    """Orders that wait for a person, with their decision and hold."""
    rows = RoutedOrder.objects.filter(state__in=RoutedOrder.FOR_PEOPLE)
    return rows.select_related("decision", "hold")


def turndowns(order_id: str, *, lifted: bool = True) -> list[Turndown]:
    """What warehouses turned down of an order, oldest first."""
    rows = Turndown.objects.filter(order_id=order_id).order_by("pk")
    return list(rows if lifted else rows.filter(lifted=None))


def turndown(key: UUID) -> Turndown:
    """The turndown. Raises NotFound (``id``)."""
    row = Turndown.objects.filter(pk=key).first()
    if row is None:
        raise NotFound("No such turndown.", field="id")
    return row


def add_turndown(row: Turndown) -> Turndown:
    """Store what a warehouse says now; what it said before of the same is lifted by it."""
    now = clock.now()
    same = Turndown.objects.filter(
        order_id=row.order_id, warehouse_id=row.warehouse_id, variant_id=row.variant_id, lifted=None
    )
    same.update(lifted=now, lifted_by=row.noted_by)
    row.noted = now
    row.save(force_insert=True)
    return row


def lift_turndown(row: Turndown, *, by: str) -> bool:
    """It no longer counts; False when somebody else lifted it."""
    now = clock.now()
    return bool(Turndown.objects.filter(pk=row.pk, lifted=None).update(lifted=now, lifted_by=by))


def note_shipped(row: Turndown, found: int, shipped: int) -> None:
    """Units of a short pick have left: so many fewer may still be asked for."""
    Turndown.objects.filter(pk=row.pk, shipped=row.shipped).update(found=found, shipped=shipped)


def walk(name: str) -> Walk | None:
    """A sweeper's position, locked; None while its twin is at work. Call it in a transaction."""
    Walk.objects.get_or_create(pk=name, defaults={"started": clock.now()})
    return Walk.objects.select_for_update(skip_locked=True).filter(pk=name).first()


def seen(order_ids: Collection[str]) -> None:
    """A sweeper looked at these and found nothing to do."""
    RoutedOrder.objects.filter(order_id__in=order_ids).update(checked_at=clock.now())


def forgotten(before: datetime, limit: int) -> list[str]:
    """Orders that count as open here and that no sweeper has met since: closed, or deleted, meanwhile."""
    rows = RoutedOrder.objects.exclude(state=RoutedOrder.CLOSED).filter(checked_at__lt=before)
    return list(rows.order_by("checked_at").values_list("order_id", flat=True)[:limit])
