"""What-if runs over past orders."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .fields import saleor_id, uuid_key


class Backtest(models.Model):
    """A replay of past orders under other rules. `settings` is what was asked, `result` the comparison."""

    id = uuid_key()
    state = models.CharField(max_length=10, default="QUEUED")
    asked_by = saleor_id(blank=True, default="")
    settings = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(state__in=["QUEUED", "RUNNING", "DONE", "FAILED"]), name="fulfillment_backtest_state"
            ),
        ]
