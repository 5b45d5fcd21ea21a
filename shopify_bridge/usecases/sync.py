"""Keeping up: one thing that has changed is compared and carried out by the same doers as a plan."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

from saleor_plugins.delivery import Retry
from saleor_plugins.kernel.errors import OpsError

from ..domain.plan import Action
from ..models import OPEN, Change, Dirty, Origin, Run, State, Store, Subject
from ..shopify.client import HASTY
from ..shopify.errors import Unauthorized, Unreachable
from .apply import record
from .carry_out import carry_out
from .dirty import dealt_with, waiting
from .locks import exclusive
from .plan import plan_one
from .sides import Sides

log = logging.getLogger(__name__)
_ROUNDS = 5
_BUSY_SECONDS = 5


def _product(sides: Sides, key: str) -> list[Action]:
    return plan_one(sides, key)


def _stock(sides: Sides, key: str) -> list[Action]:
    from .plan_stock import plan_levels

    return plan_levels(sides, [key])


def _collection(sides: Sides, key: str) -> list[Action]:
    from .plan import Notes
    from .plan_collections import plan_one_collection

    return plan_one_collection(sides, key, Notes())


PLANNERS: dict[str, Callable[[Sides, str], list[Action]]] = {
    Subject.PRODUCT: _product,
    Subject.STOCK: _stock,
    Subject.COLLECTION: _collection,
}


def plan_dirty(store: Store) -> Iterator[tuple[Dirty, list[Action]]]:
    """What `catch_up` would do for everything that waits; writes nothing."""
    sides = Sides(store)
    for row in waiting(store).iterator():
        yield row, PLANNERS[row.subject](sides, row.key)


def catch_up(dirty_id: str) -> None:
    """Make one thing equal again; when more is heard of it meanwhile, once more.

    What an apply is at work on waits for it, and for `dirty.remind`.
    Raises Retry when a worker is at it already, and the errors of both sides.
    """
    row = Dirty.objects.select_related("store").filter(pk=dirty_id).first()
    if row is None or row.seen == row.told or row.store.uninstalled:
        return
    with exclusive(f"dirty:{row.store_id}:{row.subject}:{row.key}") as mine:
        if not mine:
            raise Retry("another worker is at it", after=timedelta(seconds=_BUSY_SECONDS))
        for _ in range(_ROUNDS):
            row.refresh_from_db(fields=["told", "seen"])
            told = row.told
            if not _once(row):
                Dirty.objects.filter(pk=row.pk).update(reason="an apply is still at work on it")
                return
            if dealt_with(row, told):
                return
    raise Retry("it keeps changing", after=timedelta(seconds=_BUSY_SECONDS))


def _once(row: Dirty) -> bool:
    """Compare and carry out; False while an apply is at work on the same thing."""
    sides = Sides(row.store)
    try:
        with sides.client.within(HASTY):
            actions = PLANNERS[row.subject](sides, row.key)
    except OpsError as error:
        Dirty.objects.filter(pk=row.pk).update(reason=error.message[:500])
        if isinstance(error, Unreachable) and error.after is not None:
            raise Retry(error.message, after=timedelta(seconds=error.after)) from None
        if isinstance(error, Unauthorized):
            log.warning("%s: %s", row.store.name, error.message)
        raise
    keys = {action.key for action in actions} | {row.key}
    _supersede(row.store, keys)
    if _open(row.store, keys).exists():
        return False
    # What was parked about it and is no longer wanted, or is tried anew.
    Change.objects.filter(store=row.store, key=row.key, state=State.PARKED).delete()
    run = record(row.store, actions, origin=Origin.SYNC)
    if run:
        carry_out_here(run)
    return True


def _open(store: Store, keys: set[str]):  # type: ignore[no-untyped-def]
    return Change.objects.filter(store=store, key__in=keys, state__in=OPEN)


def _supersede(store: Store, keys: set[str]) -> None:
    """Changes of an earlier comparison that nobody works on are out of date now."""
    _open(store, keys).filter(state=State.PENDING, run__origin=Origin.SYNC).delete()


def carry_out_here(run: Run) -> None:
    """Work on the run at once instead of in turn; whatever does not work now is left to the workers."""
    tried: set[str] = set()
    while True:
        rows = (
            Change.objects.filter(run=run, state__in=OPEN).exclude(pk__in=tried).order_by("phase", "created")
        )
        change = rows.first()
        if change is None or change.bulk_id:
            return
        tried.add(str(change.pk))
        try:
            carry_out(str(change.pk), change.round, 1)
        except Retry as retry:
            log.info("%s of %s is left to the workers: %s", change.verb, change.key, retry)
            return
