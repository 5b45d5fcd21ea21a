"""The states of a change and of a bulk operation, and moving through them."""

from __future__ import annotations

import logging

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.kernel.transitions import Machine, transition

from ..models import OPEN, Bulk, BulkState, Change, State

log = logging.getLogger(__name__)
CHANGE = Machine(
    "change",
    [
        transition("start", [State.PENDING, State.WORKING], State.WORKING, "worker"),
        transition("retry", [State.WORKING], State.PENDING, "worker"),
        transition("finish", [State.WORKING], State.DONE, "worker"),
        transition("park", OPEN, State.PARKED, "worker"),
        transition("replay", [State.PARKED], State.PENDING, "person"),
        transition("resume", OPEN, State.PENDING, "person"),
    ],
)
BULK_OPEN = (BulkState.PREPARED, BulkState.UNKNOWN, BulkState.RUNNING)
BULK = Machine(
    "bulk operation",
    [
        transition("ask", [BulkState.PREPARED], BulkState.UNKNOWN, "worker"),
        transition("not started", [BulkState.UNKNOWN], BulkState.PREPARED, "Shopify"),
        transition("started", [BulkState.UNKNOWN], BulkState.RUNNING, "Shopify"),
        transition("settle", [BulkState.RUNNING], BulkState.SETTLED, "worker"),
        transition("fail", BULK_OPEN, BulkState.FAILED, "worker"),
    ],
)


def move(change: Change, verb: str, **values: object) -> None:
    """Take `verb` with the row as this process saw it; raises Conflict when somebody else was faster."""
    target = CHANGE.target(change.state, verb)
    seen = Change.objects.filter(pk=change.pk, state=change.state, round=change.round)
    if not seen.update(state=target, **values):
        raise Conflict(f"Change {change.pk} was taken by somebody else.", field="state")
    change.state = target
    for name, value in values.items():
        setattr(change, name, value)


def park(change: Change, reason: str) -> None:
    """Put the change aside for a person."""
    move(change, "park", reason=reason[:500])
    log.warning("%s of %s is parked: %s", change.verb, change.key, reason)


def move_bulk(bulk: Bulk, verb: str, **values: object) -> None:
    """Take `verb` with the row as this process saw it; raises Conflict when somebody else was faster."""
    target = BULK.target(bulk.state, verb)
    seen = Bulk.objects.filter(pk=bulk.pk, state=bulk.state)
    if not seen.update(state=target, updated=clock.now(), **values):
        raise Conflict(f"Bulk operation {bulk.pk} was taken by somebody else.", field="state")
    bulk.state = target
    for name, value in values.items():
        setattr(bulk, name, value)
