"""The ledger of decisions, and what it means for now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..domain.sourcing.decision import Outcome
from .fields import any_text, saleor_id, uuid_key
from .life import Hold
from .waves import Wave


class RoutingDecision(models.Model):
    """The ledger: each decision that was committed, with its explanation. Never changed, never deleted.

    `cost` is money; `penalty` is what lateness and the policy's weights add to it in the comparison of
    plans. `bound` is a proven lower limit of both together. `why` says what made it necessary; `moved` is
    how many units changed their warehouse since the decision before.
    """

    id = uuid_key()
    order_id = saleor_id()
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20)
    trigger = models.CharField(max_length=20)
    why = models.CharField(max_length=20, default="FIRST")
    decided_by = saleor_id(blank=True, default="")
    moved = models.PositiveIntegerField(default=0)
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
    """Where an order stands now: its latest decision, its hold, and when it was last looked at.

    `state` is the decision's outcome, HELD while there is a hold, CLOSED once nothing is left to ship.
    `facts` is a hash of what the decision depends on besides stock: address, lines, shipping method.
    """

    HELD = "HELD"
    CLOSED = "CLOSED"
    FOR_PEOPLE = (HELD, "PARTIAL", "UNROUTABLE", "WAITING")

    id = uuid_key()
    order_id = saleor_id(unique=True)
    decision = models.OneToOneField(
        RoutingDecision, null=True, on_delete=models.PROTECT, related_name="current_of"
    )
    hold = models.OneToOneField(Hold, null=True, on_delete=models.PROTECT, related_name="current_of")
    state = models.CharField(max_length=20)
    facts = any_text(64)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(state="HELD", hold__isnull=False) | (~Q(state="HELD") & Q(hold=None)),
                name="fulfillment_routed_held",
            ),
            models.CheckConstraint(
                check=Q(state__in=[*(outcome.value for outcome in Outcome), "HELD", "CLOSED"]),
                name="fulfillment_routed_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["HELD", "PARTIAL", "UNROUTABLE", "WAITING"]),
                name="fulfillment_routed_attention",
            ),
            models.Index(fields=["checked_at"], condition=~Q(state="CLOSED"), name="fulfillment_routed_due"),
        ]


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
