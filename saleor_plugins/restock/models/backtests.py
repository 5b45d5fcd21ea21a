"""What-if runs over past demand."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .fields import key, saleor_id


class Backtest(models.Model):
    """Policies compared over the shop's own demand. `settings` is what was asked, `result` the comparison.

    `run` is the worker that has it now, `seen_at` when that last said so, `attempts` how many have begun:
    a run that was not heard of for long belongs to whoever takes it next. `done` of `total` needs.
    """

    STATES = ("QUEUED", "RUNNING", "DONE", "FAILED")

    id = key()
    state = models.CharField(max_length=10, default="QUEUED")
    asked_by = saleor_id(blank=True, default="")
    settings = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    run = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(state__in=["QUEUED", "RUNNING", "DONE", "FAILED"]), name="ops_restock_backtest_state"
            ),
            models.CheckConstraint(
                check=Q(state="RUNNING", run__isnull=False, seen_at__isnull=False)
                | (~Q(state="RUNNING") & Q(run=None)),
                name="ops_restock_backtest_run",
            ),
            models.CheckConstraint(
                check=Q(state="DONE", result__isnull=False, finished__isnull=False)
                | (Q(state="FAILED", result__isnull=True, finished__isnull=False) & ~Q(error=""))
                | Q(state__in=["QUEUED", "RUNNING"], result__isnull=True, finished=None),
                name="ops_restock_backtest_end",
            ),
            models.CheckConstraint(check=Q(done__lte=F("total")), name="ops_restock_backtest_progress"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=["QUEUED", "RUNNING"]), name="ops_restock_backtest_open"
            ),
        ]
