"""Handing a run's changes to the workers, phase by phase."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F, Min

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock

from ..models import OPEN, Change, Run, State, Store

TOPIC = "bridge.change"
_CHUNK = 200


def advance(run_id: UUID) -> None:
    """Hand over what is due next: the lowest phase with open changes, none of them twice."""
    while _hand_over(run_id):
        pass


def finished_one(change: Change) -> None:
    """Go on to the next phase when this was the last open change of its own."""
    if not Change.objects.filter(run=change.run_id, phase=change.phase, state__in=OPEN).exists():
        advance(change.run_id)


@transaction.atomic
def _hand_over(run_id: UUID) -> bool:
    run = Run.objects.select_for_update().get(pk=run_id)
    open_changes = Change.objects.filter(run=run, state__in=OPEN)
    phase = open_changes.aggregate(phase=Min("phase"))["phase"]
    if phase is None:
        if run.finished is None:
            Run.objects.filter(pk=run.pk).update(finished=clock.now())
        return False
    fresh = list(open_changes.filter(phase=phase, round=0).order_by("created", "id")[:_CHUNK])
    for change in fresh:
        hand_over(change)
    return len(fresh) == _CHUNK


def hand_over(change: Change) -> None:
    """Send one change to the workers in a new round; earlier messages about it become stale."""
    Change.objects.filter(pk=change.pk).update(round=F("round") + 1)
    number = change.round + 1
    emit(TOPIC, {"change": str(change.pk), "round": number}, key=f"{change.pk}:{number}")


def resume(store: Store) -> int:
    """Hand over again what an earlier apply left open, for example because it was killed."""
    for run in Run.objects.filter(store=store, finished=None):
        with transaction.atomic():
            Run.objects.select_for_update().get(pk=run.pk)
            for change in Change.objects.filter(run=run, state__in=OPEN, round__gt=0):
                hand_over(change)
        advance(run.pk)
    return Change.objects.filter(store=store, state__in=OPEN).count()


def replay(store: Store) -> int:
    """Give parked changes another chance; the next plan would find them as well."""
    count = 0
    for change in Change.objects.filter(store=store, state=State.PARKED).exclude(verb="refuse"):
        with transaction.atomic():
            twin = Change.objects.filter(
                store=store, verb=change.verb, key=change.key, state__in=OPEN
            ).exists()
            if twin:
                continue
            Change.objects.filter(pk=change.pk, state=State.PARKED).update(state=State.PENDING, reason="")
            Run.objects.filter(pk=change.run_id).update(finished=None)
            hand_over(change)
            count += 1
    return count
