"""The states of a change, and moving through them."""

from __future__ import annotations

from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.kernel.transitions import Machine, transition

from ..models import OPEN, Change, State

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


def move(change: Change, verb: str, **values: object) -> None:
    """Take `verb` with the row as this process saw it; raises Conflict when somebody else was faster."""
    target = CHANGE.target(change.state, verb)
    seen = Change.objects.filter(pk=change.pk, state=change.state, round=change.round)
    if not seen.update(state=target, **values):
        raise Conflict(f"Change {change.pk} was taken by somebody else.", field="state")
    change.state = target
    for name, value in values.items():
        setattr(change, name, value)
