"""Long work that a person asked for: a row each, which a worker takes, reports on and ends.

The table is the room's own, made of `Job`. A worker that is not heard of for two minutes is dead, and its row
belongs to whoever takes it next; what it still reports is refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q, QuerySet

from .delivery import emit
from .kernel import clock
from .kernel.errors import Conflict, NotFound, OpsError
from .kernel.ids import new_id
from .kernel.transitions import Machine, transition

logger = logging.getLogger(__name__)

QUEUED, RUNNING, DONE, FAILED = "QUEUED", "RUNNING", "DONE", "FAILED"
OPEN = (QUEUED, RUNNING)
MACHINE = Machine(
    "backtest",
    [
        transition("begin", [QUEUED, RUNNING], RUNNING, "a worker; again when the last one was not heard of"),
        transition("finish", [RUNNING], DONE, "its worker"),
        transition("fail", [QUEUED, RUNNING], FAILED, "its worker, or nobody after three that died"),
        transition("cancel", [QUEUED, RUNNING], FAILED, "staff"),
    ],
)

MOST_OPEN = 5
MOST_ATTEMPTS = 3
# A worker says about every second that it is alive; its longest step takes half of one.
UNHEARD = timedelta(minutes=2)
TELL_EVERY = 1.0
ERROR_LENGTH = 500

Progress = Callable[[int, int], None]
Tell = Callable[..., None]


class Job(models.Model):
    """Columns of a job: `settings` is what was asked, `result` what came out.

    `run` is the worker that has it now, `seen_at` when that last said so, `attempts` how many have begun.
    `done` of `total`, in whatever the room counts.
    """

    STATES = (QUEUED, RUNNING, DONE, FAILED)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=10, default=QUEUED)
    asked_by = models.CharField(max_length=100, blank=True, default="")
    settings = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=ERROR_LENGTH, blank=True, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    run = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                check=Q(state__in=["QUEUED", "RUNNING", "DONE", "FAILED"]),
                name="%(app_label)s_%(class)s_state",
            ),
            models.CheckConstraint(
                check=Q(state="RUNNING", run__isnull=False, seen_at__isnull=False)
                | (~Q(state="RUNNING") & Q(run=None)),
                name="%(app_label)s_%(class)s_run",
            ),
            models.CheckConstraint(
                check=Q(state="DONE", result__isnull=False, finished__isnull=False)
                | (Q(state="FAILED", result__isnull=True, finished__isnull=False) & ~Q(error=""))
                | Q(state__in=["QUEUED", "RUNNING"], result__isnull=True, finished=None),
                name="%(app_label)s_%(class)s_end",
            ),
            models.CheckConstraint(check=Q(done__lte=F("total")), name="%(app_label)s_%(class)s_progress"),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["QUEUED", "RUNNING"]),
                name="%(app_label)s_%(class)s_open",
            ),
        ]


Row = TypeVar("Row", bound=Job)


class TakenOver(Exception):
    """The row was cancelled, or another worker has taken it since."""


class Jobs(Generic[Row]):
    """The jobs of a table; `due` is the topic that wakes a worker, with the row's id as ``backtestId``."""

    def __init__(self, model: type[Row], due: str):
        self.model, self.due = model, due

    def all(self) -> QuerySet[Row]:
        """Every job."""
        return self.model._default_manager.all()

    def get(self, key: UUID) -> Row | None:
        """The job."""
        return self.all().filter(pk=key).first()

    def add(self, settings: Mapping[str, Any], *, by: str = "", queue: bool = True) -> Row:
        """A job that waits for a worker, or without `queue` for the caller.

        Raises Conflict while MOST_OPEN are not done.
        """
        with transaction.atomic():
            if self.all().filter(state__in=OPEN).count() >= MOST_OPEN:
                raise Conflict(f"{MOST_OPEN} runs are not done yet: wait for one or cancel it.")
            row = self.model._default_manager.create(
                settings=dict(settings), asked_by=by, created=clock.now()
            )
            if queue:
                self._wake(row.pk, str(row.pk))
        return row

    def run(
        self, key: UUID, work: Callable[[Row, Tell], Mapping[str, Any]], progress: Progress | None = None
    ) -> Row | None:
        """Do a job that waits, or whose worker died; None when there is nothing to do.

        `work` answers the result; it calls ``tell(done, total)`` often. What goes wrong ends the job as
        FAILED: with its message when it is the input's fault, else it is raised too.
        """
        run = self.claim(key, clock.now() - UNHEARD)
        row = self.get(key)
        if run is None or row is None:
            return None
        try:
            self.finish(key, run, work(row, self._teller(key, run, progress)))
        except TakenOver:
            logger.info("job_taken_over", extra={"job_id": str(key)})
        except OpsError as error:
            self.fail(key, error.message, run=run)
        except Exception as error:
            self.fail(key, f"An error of its own ({type(error).__name__}): see the worker's log.", run=run)
            raise
        return self.get(key)

    def cancel(self, key: UUID) -> Row:
        """Stop a job. Raises NotFound (``id``), Conflict (``id``) when it has ended."""
        if self.get(key) is None:
            raise NotFound("No such run.", field="id")
        if not self.fail(key, "Cancelled."):
            raise Conflict("It has ended.", field="id")
        found = self.get(key)
        assert found is not None, "jobs are never deleted"
        return found

    def recover(self) -> int:
        """Hand jobs whose workers died to others, and end those that died three times; answers how many.

        One that waits for long gets a second message: a worker may have died with the first in its hands.
        """
        since = clock.now() - UNHEARD
        lost = Q(state=QUEUED, created__lt=since) | Q(state=RUNNING, seen_at__lt=since)
        found = list(self.all().filter(lost).order_by("pk"))
        for row in found:
            if row.attempts >= MOST_ATTEMPTS:
                self.fail(row.pk, f"Its worker died {row.attempts} times.", run=row.run)
            else:
                with transaction.atomic():
                    self._wake(row.pk, f"{row.pk}:{row.attempts}")
        return len(found)

    def claim(self, key: UUID, unheard_since: datetime) -> UUID | None:
        """Take a job that waits, or whose worker was last heard of before `unheard_since`; answers our token.

        None when there is nothing to take: it is at its end, or somebody else is at it.
        """
        token = new_id()
        free = Q(state=QUEUED) | Q(state=RUNNING, seen_at__lt=unheard_since)
        taken = self.all().filter(free, pk=key)
        now = clock.now()
        changed = taken.update(
            state=RUNNING, run=token, seen_at=now, attempts=F("attempts") + 1, done=0, total=0
        )
        return token if changed else None

    def note(self, key: UUID, run: UUID, done: int, total: int) -> bool:
        """Say that we are still at it; False when the job is not ours any more."""
        return bool(self._ours(key, run).update(done=done, total=total, seen_at=clock.now()))

    def finish(self, key: UUID, run: UUID, result: Mapping[str, Any]) -> bool:
        """Write what came out; False when the job is not ours any more."""
        ended = {"state": DONE, "run": None, "finished": clock.now()}
        return bool(self._ours(key, run).update(result=dict(result), **ended))

    def fail(self, key: UUID, error: str, *, run: UUID | None = None) -> bool:
        """End the job without a result, if it has not ended; with `run` only while it is ours."""
        rows = self.all().filter(pk=key, state__in=OPEN)
        if run is not None:
            rows = rows.filter(run=run)
        return bool(rows.update(state=FAILED, run=None, error=error[:ERROR_LENGTH], finished=clock.now()))

    def _ours(self, key: UUID, run: UUID) -> QuerySet[Row]:
        return self.all().filter(pk=key, run=run, state=RUNNING)

    def _wake(self, key: UUID, once: str) -> None:
        emit(self.due, {"backtestId": str(key)}, key=once)

    def _teller(self, key: UUID, run: UUID, progress: Progress | None) -> Tell:
        """Writes progress about every second; raises TakenOver when the job is not ours any more."""
        last = -TELL_EVERY

        def tell(done: int, total: int, always: bool = False) -> None:
            nonlocal last
            total = max(total, done)
            if progress:
                progress(done, total)
            if always or time.monotonic() - last >= TELL_EVERY:
                if not self.note(key, run, done, total):
                    raise TakenOver
                last = time.monotonic()

        return tell
