"""The ledger of decisions, and what it means for now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..domain.decision import Outcome
from .fields import saleor_id, uuid_key
from .waves import Wave


class RoutingDecision(models.Model):
    """The ledger: each decision that was committed, with its explanation. Never changed, never deleted.

    `cost` is money; `penalty` is what lateness and the policy's weights add to it in the comparison of
    plans. `bound` is a proven lower limit of both together.
    """

    id = uuid_key()
    order_id = saleor_id()
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20)
    trigger = models.CharField(max_length=20)
    decided_by = saleor_id(blank=True, default="")
    wave = models.ForeignKey(Wave, null=True, on_delete=models.PROTECT, related_name="decisions")
    plan = models.JSONField()
    explanation = models.JSONField()
    cost = models.BigIntegerField()
    penalty = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    optimal = models.BooleanField()
    bound = models.BigIntegerField()
    nodes = models.PositiveIntegerField()
    arrives_on = models.DateField(null=True)
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_id", "version"], name="fulfillment_decision_version"),
            models.CheckConstraint(
                check=Q(outcome__in=[outcome.value for outcome in Outcome]),
                name="fulfillment_decision_outcome",
            ),
            models.CheckConstraint(
                check=Q(version__gte=1, bound__gte=0, bound__lte=models.F("cost") + models.F("penalty")),
                name="fulfillment_decision_amounts",
            ),
        ]
        indexes = [models.Index(fields=["wave", "id"], name="fulfillment_decision_wave")]


class RoutedOrder(models.Model):
    """Where an order stands now: its latest decision, and when it was last looked at."""

    order_id = saleor_id(primary_key=True)
    decision = models.OneToOneField(RoutingDecision, on_delete=models.PROTECT, related_name="current_of")
    checked_at = models.DateTimeField()


class PlannedParcel(models.Model):
    """A parcel of the decision in force that has not left yet: what counts against a day's capacity."""

    id = uuid_key()
    order_id = saleor_id()
    warehouse_id = saleor_id()
    decision = models.ForeignKey(RoutingDecision, on_delete=models.PROTECT, related_name="planned")
    ship_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_id", "warehouse_id"], name="fulfillment_planned_once"),
        ]
        indexes = [models.Index(fields=["warehouse_id", "ship_on"], name="fulfillment_planned_day")]
