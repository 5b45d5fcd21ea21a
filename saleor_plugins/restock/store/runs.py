"""Runs over the shop: one at a time for each scope, and how far it is."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ...kernel import clock
from ...kernel.errors import Conflict
from ..models import RestockRun
from . import locks

DEAD_AFTER = timedelta(minutes=10)
"""A run that was not heard of for so long belongs to nobody."""

ERROR_LENGTH = 500


def all_runs() -> QuerySet[RestockRun]:
    """Every run."""
    return RestockRun.objects.all()


def begin(warehouse_id: str) -> RestockRun:
    """A new run over a warehouse, or "" for all; dead ones of that scope are ended.

    Raises Conflict while another one is alive.
    """
    with transaction.atomic():
        locks.take("run")
        at = clock.now()
        running = RestockRun.objects.filter(state="RUNNING", warehouse_id=warehouse_id)
        if running.filter(seen_at__gte=at - DEAD_AFTER).exists():
            raise Conflict("Such a run is under way.", field="warehouseId")
        running.update(state="FAILED", error="It was not heard of any more.", finished=at)
        return RestockRun.objects.create(warehouse_id=warehouse_id, started=at, seen_at=at)


def progress(run_id: UUID, done: int, total: int, needs: int) -> None:
    """Say that we are still at it. Raises Conflict when the run was given up meanwhile."""
    _write(run_id, done=done, total=total, needs=needs, seen_at=clock.now())


def finish(run_id: UUID) -> None:
    """The run is done. Raises Conflict when it was given up meanwhile."""
    _write(run_id, state="DONE", finished=clock.now())


def fail(run_id: UUID, error: str) -> None:
    """The run ended early, unless it was given up before."""
    rows = RestockRun.objects.filter(pk=run_id, state="RUNNING")
    rows.update(state="FAILED", error=error[:ERROR_LENGTH], finished=clock.now())


def _write(run_id: UUID, **values: object) -> None:
    if not RestockRun.objects.filter(pk=run_id, state="RUNNING").update(**values):
        raise Conflict("Another run has taken over.", field="warehouseId")
