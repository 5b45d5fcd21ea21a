"""Giving parked changes another chance; the next plan would find them as well."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from saleor_plugins.kernel.errors import Invalid

from ..models import OPEN, Change, Run, State, Store
from .progress import hand_over


def parked(store: Store, only: Sequence[str] = ()) -> QuerySet[Change]:
    """What can be tried again: all, or those whose id begins with one of `only`. Raises Invalid."""
    rows = Change.objects.filter(store=store, state=State.PARKED).exclude(verb="refuse")
    if not only:
        return rows
    wanted = Q()
    for name in only:
        found = [key for key in rows.values_list("pk", flat=True) if str(key).startswith(name.lower())]
        if len(found) != 1:
            raise Invalid(f"{name} names {len(found)} parked changes; `status` lists them.", field="id")
        wanted |= Q(pk=found[0])
    return rows.filter(wanted)


def replay(store: Store, only: Sequence[str] = ()) -> int:
    """Hand them to the workers again, except those of which a newer twin is in work; answers how many."""
    return sum(_again(key) for key in parked(store, only).values_list("pk", flat=True))


@transaction.atomic
def _again(key: UUID) -> bool:
    change = Change.objects.select_for_update(of=("self",)).filter(pk=key, state=State.PARKED).first()
    if change is None:
        return False
    twins = Change.objects.filter(store=change.store_id, verb=change.verb, key=change.key, state__in=OPEN)
    if twins.exists():
        return False
    Change.objects.filter(pk=key).update(state=State.PENDING, reason="", bulk=None, line=None)
    Run.objects.filter(pk=change.run_id).update(finished=None)
    hand_over(change)
    return True
