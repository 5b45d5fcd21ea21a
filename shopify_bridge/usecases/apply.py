"""Writing a plan down as work, in one transaction with its hand-over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from ..domain.codec import to_json
from ..domain.plan import PHASES, Action
from ..models import Change, Origin, Run, State, Store
from ..shopify.errors import UserErrors
from .progress import advance
from .sides import Sides

_CHUNK = 500


def prepare(sides: Sides) -> None:
    """Make the metafield definitions that let Shopify find objects by Saleor's id, where they are missing."""
    missing = {owner: kind is None for owner, kind in sides.reader.definitions().items()}
    if not any(missing.values()):
        return
    for payload in sides.client.run("BridgeDefine", **missing).values():
        error = UserErrors("BridgeDefine", payload["userErrors"])
        if error.codes - {"TAKEN"}:
            raise error


def record(store: Store, actions: Iterable[Action], origin: str = Origin.APPLY) -> Run | None:
    """Store the actions as changes and hand the first phase over; None when there are none.

    What could not be done is parked at once with its reason; parked rows of the same thing are replaced.
    """
    with transaction.atomic():
        run = Run.objects.create(store=store, origin=origin)
        rows: list[Change] = []
        count = 0
        for action in actions:
            rows.append(_change(store, run, action))
            count += 1
            if len(rows) == _CHUNK:
                _store(store, rows)
                rows = []
        _store(store, rows)
        if not count:
            run.delete()
            return None
    advance(run.pk)
    return run


def _store(store: Store, rows: list[Change]) -> None:
    keys = [row.key for row in rows]
    Change.objects.filter(store=store, state=State.PARKED, key__in=keys).delete()
    # A twin that is open was recorded by somebody else meanwhile; what it leaves, the next plan finds.
    Change.objects.bulk_create(rows, ignore_conflicts=True)


def _change(store: Store, run: Run, action: Action) -> Change:
    payload: dict[str, Any] = dict(action.payload)
    payload["fields"] = [change.as_json() for change in action.fields]
    if action.gid:
        payload["gid"] = action.gid
    if action.product is not None:
        payload["product"] = to_json(action.product)
    if action.seen is not None:
        payload["seen"] = to_json(action.seen)
    refused = not action.writes
    return Change(
        store=store,
        run=run,
        verb=action.verb,
        phase=PHASES[action.verb],
        key=action.key,
        label=action.label[:255],
        payload=payload,
        state=State.PARKED if refused else State.PENDING,
        reason=action.reason[:500] if refused else "",
    )
