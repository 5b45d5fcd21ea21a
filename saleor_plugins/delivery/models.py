"""What delivery remembers. Every promise it makes is a constraint or a conditional update here."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from ..kernel.ids import new_id
from .secrets import EncryptedTextField


class Event(models.Model):
    """The outbox: what happened, written with the change itself and never altered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    topic = models.CharField(max_length=100)
    key = models.CharField(max_length=255, null=True)
    data = models.JSONField(encoder=DjangoJSONEncoder)
    created = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="ops_event_key")]
        indexes = [models.Index(fields=["created"], name="ops_event_created")]


class WebhookEndpoint(models.Model):
    """Where a customer wants events to be posted.

    `failures` counts the times in a row that it gave no answer; it rests until `paused_until`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, blank=True, default="")
    url = models.CharField(max_length=500)
    topics = models.JSONField(default=list)
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(blank=True, default="")
    previous_until = models.DateTimeField(null=True)
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)
    created = models.DateTimeField()


class State(models.TextChoices):
    """Where a delivery stands."""

    PENDING = "PENDING"
    LEASED = "LEASED"
    DONE = "DONE"
    DEAD = "DEAD"


OPEN = (State.PENDING, State.LEASED)


class Delivery(models.Model):
    """One event for one subscriber: a handler of ours, or a webhook endpoint.

    `due_at` is when somebody may take it: the schedule while PENDING, the end of the lease while
    LEASED. `lease` names who has it; every write of a worker is conditional on it.
    `log` holds the last failed attempts, without personal data or secrets.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=100)
    endpoint = models.ForeignKey(WebhookEndpoint, null=True, on_delete=models.CASCADE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    log = models.JSONField(default=list)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="ops_delivery_once"),
            models.CheckConstraint(
                check=Q(state="LEASED", lease__isnull=False) | ~Q(state="LEASED") & Q(lease__isnull=True),
                name="ops_delivery_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=OPEN), name="ops_delivery_due"),
            models.Index(fields=["state", "id"], name="ops_delivery_state"),
        ]


class Inbox(models.Model):
    """Messages of others that were taken in."""

    source = models.CharField(max_length=100)
    message_id = models.CharField(max_length=255)
    received = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "message_id"], name="ops_inbox_once")]
        indexes = [models.Index(fields=["received"], name="ops_inbox_received")]


class IdempotencyKey(models.Model):
    """A request that was made under a key, by its hash, and the answer it got.

    `response` is null while the call runs; `lease` then names who runs it, until `expires`.
    """

    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    lease = models.UUIDField(null=True)
    response = models.JSONField(null=True)
    expires = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="ops_idempotency_once")]
        indexes = [models.Index(fields=["expires"], name="ops_idempotency_expires")]
