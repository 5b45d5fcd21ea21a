"""Decisions over many orders at once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .fields import saleor_id, uuid_key


class Wave(models.Model):
    """One run over the open orders. Costs are minor units of `currency`; `gap` is a share of the cost.

    `method` says how it was decided: WHOLE (one model), ROLLED (in parts) or SINGLE (order by order, with
    the reason in `note`). `single_cost` is what the same orders would cost decided one by one.
    """

    STATES = ("QUEUED", "RUNNING", "DONE", "FAILED")

    id = uuid_key()
    state = models.CharField(max_length=10, default="QUEUED")
    asked_by = saleor_id(blank=True, default="")
    method = models.CharField(max_length=10, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    orders = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    cost = models.BigIntegerField(default=0)
    bound = models.BigIntegerField(default=0)
    single_cost = models.BigIntegerField(default=0)
    gap = models.FloatField(null=True)
    seconds = models.FloatField(null=True)
    created = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(state__in=["QUEUED", "RUNNING", "DONE", "FAILED"]), name="fulfillment_wave_state"
            ),
            models.CheckConstraint(check=Q(bound__lte=models.F("cost")), name="fulfillment_wave_bound"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="RUNNING"), name="fulfillment_one_running_wave"
            ),
        ]
