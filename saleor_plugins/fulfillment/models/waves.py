"""Decisions over many orders at once."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .fields import any_text, saleor_id, uuid_key


class Wave(models.Model):
    """One run over the open orders. Costs are minor units of `currency`; `gap` is a share of the cost.

    `at_most` orders are looked at and up to `budget` CPU seconds spent. `method` says how it was decided:
    WHOLE (one model), ROLLED (in blocks) or SINGLE (order by order, with the reason in `note`).
    `single_cost` is what the same orders would cost decided one by one, `bound` what they cost at least. Of
    `orders`, `alone` could not be decided together and `changed` changed before their plan was committed;
    both were routed singly. `moved` got a new decision.

    `run` is the worker that has it now, `seen_at` when that last said so, `attempts` how many have begun.
    `done` of `total` steps of `doing`.
    """

    STATES = ("QUEUED", "RUNNING", "DONE", "FAILED")

    id = uuid_key()
    state = models.CharField(max_length=10, default="QUEUED")
    asked_by = saleor_id(blank=True, default="")
    at_most = models.PositiveIntegerField()
    budget = models.PositiveIntegerField()
    method = any_text(10)
    note = any_text(500)
    orders = models.PositiveIntegerField(default=0)
    alone = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    currency = any_text(3)
    cost = models.BigIntegerField(default=0)
    bound = models.BigIntegerField(default=0)
    single_cost = models.BigIntegerField(default=0)
    gap = models.FloatField(null=True)
    seconds = models.FloatField(null=True)
    doing = any_text(20)
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
                check=Q(state__in=["QUEUED", "RUNNING", "DONE", "FAILED"]), name="fulfillment_wave_state"
            ),
            models.CheckConstraint(
                check=Q(state="RUNNING", run__isnull=False, seen_at__isnull=False)
                | (~Q(state="RUNNING") & Q(run=None)),
                name="fulfillment_wave_run",
            ),
            models.CheckConstraint(
                check=Q(state__in=["DONE", "FAILED"], finished__isnull=False)
                | Q(state__in=["QUEUED", "RUNNING"], finished=None),
                name="fulfillment_wave_end",
            ),
            models.CheckConstraint(check=Q(bound__lte=F("cost")), name="fulfillment_wave_bound"),
            models.CheckConstraint(check=Q(done__lte=F("total")), name="fulfillment_wave_progress"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="RUNNING"), name="fulfillment_one_running_wave"
            ),
        ]
