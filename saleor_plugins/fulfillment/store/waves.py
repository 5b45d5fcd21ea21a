"""Waves: who has them, how far they are, what came out.

Every change names the state it was seen in; what comes back False was taken over meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from ...kernel import clock
from ...kernel.ids import new_id
from ..domain.wave.state import DONE, FAILED, OPEN, QUEUED, RUNNING
from ..models import RoutedOrder, RoutingDecision, Wave

NOTE_LENGTH = 500


def add_wave(at_most: int, budget: int, *, by: str = "") -> Wave:
    """A new wave that waits for a worker."""
    return Wave.objects.create(at_most=at_most, budget=budget, asked_by=by, created=clock.now())


def wave(key: UUID) -> Wave | None:
    """The wave."""
    return Wave.objects.filter(pk=key).first()


def waves() -> QuerySet[Wave]:
    """Every wave."""
    return Wave.objects.all()


def open_waves() -> int:
    """How many waves are not at their end."""
    return Wave.objects.filter(state__in=OPEN).count()


def decisions_of(key: UUID) -> QuerySet[RoutingDecision]:
    """The decisions that a wave made."""
    return RoutingDecision.objects.filter(wave_id=key)


def claim_wave(key: UUID, unheard_since: datetime) -> UUID | None:
    """Take a wave that waits, or whose worker was last heard of before `unheard_since`; answers our token.

    None when it is at its end, somebody else is at it, or another wave runs: the database allows one.
    """
    token = new_id()
    free = Q(state=QUEUED) | Q(state=RUNNING, seen_at__lt=unheard_since)
    try:
        with transaction.atomic():
            taken = Wave.objects.filter(free, pk=key).update(
                state=RUNNING, run=token, seen_at=clock.now(), attempts=F("attempts") + 1,
                doing="", done=0, total=0,
            )  # fmt: skip
    except IntegrityError:
        return None
    return token if taken else None


def note_wave(key: UUID, run: UUID, doing: str, done: int, total: int) -> bool:
    """Say that we are still at it; False when the wave is not ours any more."""
    rows = Wave.objects.filter(pk=key, run=run, state=RUNNING)
    return bool(rows.update(doing=doing, done=done, total=total, seen_at=clock.now()))


def finish_wave(key: UUID, run: UUID, **outcome: Any) -> bool:
    """Write what came out; False when the wave is not ours any more."""
    rows = Wave.objects.filter(pk=key, run=run, state=RUNNING)
    outcome["note"] = outcome.get("note", "")[:NOTE_LENGTH]
    return bool(rows.update(state=DONE, run=None, doing="", finished=clock.now(), **outcome))


def fail_wave(key: UUID, note: str, *, run: UUID | None = None) -> bool:
    """End the wave without a result, if it has not ended; with `run` only while it is ours."""
    rows = Wave.objects.filter(pk=key, state__in=OPEN)
    if run is not None:
        rows = rows.filter(run=run)
    return bool(rows.update(state=FAILED, run=None, doing="", note=note[:NOTE_LENGTH], finished=clock.now()))


def waves_to_hand_on(unheard_since: datetime) -> list[Wave]:
    """Waves that wait although none runs, and those whose worker was last heard of before, oldest first."""
    dead = Wave.objects.filter(state=RUNNING, seen_at__lt=unheard_since)
    if found := list(dead.order_by("pk")):
        return found
    if Wave.objects.filter(state=RUNNING).exists():
        return []
    return list(Wave.objects.filter(state=QUEUED).order_by("pk")[:1])


def held_orders(order_ids: list[str]) -> set[str]:
    """Those of the orders that are on hold."""
    rows = RoutedOrder.objects.filter(order_id__in=order_ids, state=RoutedOrder.HELD)
    return set(rows.values_list("order_id", flat=True))
