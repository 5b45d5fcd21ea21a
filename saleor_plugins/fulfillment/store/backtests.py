"""What-if runs: who has them, how far they are, what came out.

Every change names the state it was seen in; what comes back False was taken over or cancelled meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from ...kernel import clock
from ...kernel.ids import new_id
from ..domain.backtest.state import DONE, FAILED, OPEN, QUEUED, RUNNING
from ..models import Backtest

ERROR_LENGTH = 500


def add_backtest(settings: Mapping[str, Any], *, by: str = "") -> Backtest:
    """A new run that waits for a worker."""
    return Backtest.objects.create(settings=dict(settings), asked_by=by, created=clock.now())


def backtest(key: UUID) -> Backtest | None:
    """The run."""
    return Backtest.objects.filter(pk=key).first()


def backtests() -> QuerySet[Backtest]:
    """Every run."""
    return Backtest.objects.all()


def open_backtests() -> int:
    """How many runs are not at their end."""
    return Backtest.objects.filter(state__in=OPEN).count()


def claim_backtest(key: UUID, unheard_since: datetime) -> UUID | None:
    """Take a run that waits, or whose worker was last heard of before `unheard_since`; answers our token.

    None when there is nothing to take: it is at its end, or somebody else is at it.
    """
    token = new_id()
    free = Q(state=QUEUED) | Q(state=RUNNING, seen_at__lt=unheard_since)
    taken = Backtest.objects.filter(free, pk=key).update(
        state=RUNNING, run=token, seen_at=clock.now(), attempts=F("attempts") + 1, done=0, total=0
    )
    return token if taken else None


def note_progress(key: UUID, run: UUID, done: int, total: int) -> bool:
    """Say that we are still at it; False when the run is not ours any more."""
    rows = Backtest.objects.filter(pk=key, run=run, state=RUNNING)
    return bool(rows.update(done=done, total=total, seen_at=clock.now()))


def finish_backtest(key: UUID, run: UUID, result: Mapping[str, Any]) -> bool:
    """Write what came out; False when the run is not ours any more."""
    rows = Backtest.objects.filter(pk=key, run=run, state=RUNNING)
    return bool(rows.update(state=DONE, run=None, result=dict(result), finished=clock.now()))


def fail_backtest(key: UUID, error: str, *, run: UUID | None = None) -> bool:
    """End the run without a result, if it has not ended; with `run` only while it is ours."""
    rows = Backtest.objects.filter(pk=key, state__in=OPEN)
    if run is not None:
        rows = rows.filter(run=run)
    text = error[:ERROR_LENGTH]
    return bool(rows.update(state=FAILED, run=None, error=text, finished=clock.now()))


def unheard(since: datetime) -> list[Backtest]:
    """Runs that wait since before `since`, or whose workers were last heard of before it, oldest first."""
    found = Q(state=QUEUED, created__lt=since) | Q(state=RUNNING, seen_at__lt=since)
    return list(Backtest.objects.filter(found).order_by("pk"))
