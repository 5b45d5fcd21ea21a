"""Handing a run's changes to the workers, phase by phase; many of a kind together, as a bulk operation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet

from saleor_plugins.delivery import emit, emit_many
from saleor_plugins.kernel import clock

from ..domain.policy import from_json
from ..models import OPEN, Bulk, Change, Run, State, Store
from .machine import BULK_OPEN

TOPIC, BULK_TOPIC = "bridge.change", "bridge.bulk"
_CHUNK = 500
# Fewer changes are done sooner one by one; more than MOST would hold a worker up too long.
BULK_FROM, BULK_MOST = 50, 10_000
REFUSED_FOR = timedelta(days=1)
# A bulk operation nobody has looked at for so long lost its message.
_FORGOTTEN = timedelta(minutes=15)


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
    run = Run.objects.select_for_update(of=("self",)).select_related("store").get(pk=run_id)
    open_changes = Change.objects.filter(run=run, state__in=OPEN)
    phase = open_changes.aggregate(phase=Min("phase"))["phase"]
    if phase is None:
        if run.finished is None:
            Run.objects.filter(pk=run.pk).update(finished=clock.now())
        return False
    fresh = open_changes.filter(phase=phase, round=0).order_by("created", "id")
    if bulk_allowed(run.store) and _as_bulk(run, fresh):
        return True
    return _one_by_one(fresh) == _CHUNK


def _one_by_one(fresh: QuerySet[Change]) -> int:
    keys = list(fresh.values_list("pk", flat=True)[:_CHUNK])
    Change.objects.filter(pk__in=keys).update(round=1)
    emit_many(TOPIC, {f"{key}:1": {"change": str(key), "round": 1} for key in keys})
    return len(keys)


def bulk_allowed(store: Store) -> bool:
    """Whether many changes may go to Shopify in one operation."""
    if from_json(store.policy).bulk == "never":
        return False
    return store.bulk_refused is None or clock.now() - store.bulk_refused > REFUSED_FOR


def _as_bulk(run: Run, fresh: QuerySet[Change]) -> bool:
    """Make one bulk operation of fresh changes that share a document; False when too few do."""
    for name, those in _by_document().items():
        keys = list(fresh.filter(those, state=State.PENDING).values_list("pk", flat=True)[:BULK_MOST])
        if len(keys) >= BULK_FROM:
            new_bulk(run, name, keys)
            return True
    return False


def _by_document() -> dict[str, Q]:
    """Which changes go by which document."""
    from .carry_out import BULKABLE

    found: dict[str, Q] = {}
    for verb, bulkable in BULKABLE.items():
        ways = {name: Q(verb=verb, payload__steps__0=step) for step, name in bulkable.steps.items()}
        for name, those in (ways or {bulkable.document: Q(verb=verb)}).items():
            found[name] = found[name] | those if name in found else those
    return found


def new_bulk(run: Run, name: str, keys: Iterable[UUID]) -> Bulk:
    """A bulk operation of these changes, handed to a worker."""
    bulk = Bulk.objects.create(run=run, store_id=run.store_id, document=name)
    Change.objects.filter(pk__in=list(keys)).update(bulk=bulk, line=None, round=F("round") + 1)
    hand_over_bulk(bulk)
    return bulk


@transaction.atomic
def hand_over_bulk(bulk: Bulk, seconds: float = 0.0) -> None:
    """Have a worker go on with a bulk operation; earlier messages about it become stale."""
    Bulk.objects.filter(pk=bulk.pk).update(round=F("round") + 1, updated=clock.now())
    number = Bulk.objects.values_list("round", flat=True).get(pk=bulk.pk)
    delay = timedelta(seconds=seconds) if seconds else None
    emit(BULK_TOPIC, {"bulk": str(bulk.pk), "round": number}, key=f"{bulk.pk}:{number}", delay=delay)


def look_at(store_id: str, gid: str) -> None:
    """Shopify says that an operation is over: look now. Its word is a hint, the operation is asked."""
    for bulk in Bulk.objects.filter(store_id=store_id, gid=gid, state__in=BULK_OPEN):
        hand_over_bulk(bulk)


@transaction.atomic
def hand_over(change: Change, seconds: float = 0.0) -> None:
    """Send one change to the workers in a new round; earlier messages about it become stale."""
    Change.objects.filter(pk=change.pk).update(round=F("round") + 1)
    number = Change.objects.values_list("round", flat=True).get(pk=change.pk)
    delay = timedelta(seconds=seconds) if seconds else None
    emit(TOPIC, {"change": str(change.pk), "round": number}, key=f"{change.pk}:{number}", delay=delay)


@transaction.atomic
def release(changes: QuerySet[Change]) -> int:
    """Take open changes out of their bulk operation: each goes by itself from here."""
    rows = list(changes.filter(state__in=OPEN).values_list("pk", "round"))
    Change.objects.filter(pk__in=[key for key, _ in rows]).update(
        state=State.PENDING, bulk=None, line=None, round=F("round") + 1
    )
    emit_many(
        TOPIC, {f"{key}:{number + 1}": {"change": str(key), "round": number + 1} for key, number in rows}
    )
    return len(rows)


def resume(store: Store) -> int:
    """Hand over again what an earlier apply left open, for example because it was killed."""
    for run in Run.objects.filter(store=store, finished=None):
        with transaction.atomic():
            Run.objects.select_for_update().get(pk=run.pk)
            for bulk in run.bulks.filter(state__in=BULK_OPEN):
                hand_over_bulk(bulk)
            release(Change.objects.filter(run=run, bulk=None, round__gt=0))
        advance(run.pk)
    return Change.objects.filter(store=store, state__in=OPEN).count()


def remind() -> None:
    """Go on with bulk operations whose message was lost."""
    for bulk in Bulk.objects.filter(state__in=BULK_OPEN, updated__lt=clock.now() - _FORGOTTEN):
        hand_over_bulk(bulk)
