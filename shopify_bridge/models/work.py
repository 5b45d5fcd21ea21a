"""Work: runs, their changes, and the bulk operations that carry many of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saleor_plugins.kernel.ids import new_id

from .stores import Store


class Origin(models.TextChoices):
    """Why a run was made."""

    APPLY = "apply"
    SYNC = "sync"
    RECONCILE = "reconcile"


class Run(models.Model):
    """A plan that was written down to be carried out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="runs")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.APPLY)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True)


class BulkState(models.TextChoices):
    """Where a bulk operation stands. UNKNOWN: it was asked for and no answer came."""

    PREPARED = "PREPARED"
    UNKNOWN = "UNKNOWN"
    RUNNING = "RUNNING"
    SETTLED = "SETTLED"
    FAILED = "FAILED"


class Bulk(models.Model):
    """One bulk mutation at Shopify: many changes of one run, phase and document.

    `id` is sent as `clientIdentifier` and in the operation's name, by which it is found again; `gid` is
    Shopify's name of it. `lines`: how many were sent. `round` counts the messages about it: one of an earlier
    round is stale.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="bulks")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="bulks")
    document = models.CharField(max_length=50)
    state = models.CharField(max_length=10, choices=BulkState.choices, default=BulkState.PREPARED)
    gid = models.CharField(max_length=255, blank=True, default="")
    lines = models.PositiveIntegerField(default=0)
    round = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True, default="")
    sent = models.DateTimeField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["RUNNING", "SETTLED"]) | ~Q(gid=""), name="bridge_bulk_gid"
            ),
        ]


class State(models.TextChoices):
    """Where a change stands; see `usecases.machine`."""

    PENDING = "PENDING"
    WORKING = "WORKING"
    DONE = "DONE"
    PARKED = "PARKED"


OPEN = ("PENDING", "WORKING")


class Change(models.Model):
    """One thing of a plan that is to be done in Shopify, and how far it is.

    `phase` orders a run, see `domain.plan.PHASES`. A change that goes to Shopify in a bulk operation has
    its `bulk` and the `line` it is there. `round` counts how often it was handed
    to the workers; a message of an earlier round is stale. `payload` is what the plan showed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="changes")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=10)
    phase = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=255)
    label = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    round = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    payload = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    bulk = models.ForeignKey(Bulk, on_delete=models.SET_NULL, null=True, related_name="changes")
    line = models.PositiveIntegerField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "verb", "key"], condition=Q(state__in=OPEN), name="bridge_change_open"
            ),
            models.CheckConstraint(condition=~Q(state="PARKED") | ~Q(reason=""), name="bridge_change_reason"),
            models.CheckConstraint(condition=Q(line=None) | Q(bulk__isnull=False), name="bridge_change_line"),
            models.CheckConstraint(
                condition=Q(round__gte=0) & Q(tries__gte=0) & Q(phase__lte=9), name="bridge_change_counts"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "state"], name="bridge_change_state"),
            models.Index(fields=["bulk", "line"], condition=Q(bulk__isnull=False), name="bridge_change_bulk"),
            models.Index(fields=["run", "phase"], condition=Q(state__in=OPEN), name="bridge_change_phase"),
        ]
