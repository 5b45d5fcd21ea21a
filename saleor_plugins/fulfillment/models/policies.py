"""What merchants want of the router."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..domain.policy import Objective, Shortage
from .fields import any_text


class RoutingPolicy(models.Model):
    """The rules of a channel; "" is every channel without its own. The fields are ``domain.policy``'s.

    `hold_rules` are ``{"rule", ...}`` as in ``domain/holds.py``. An empty `route_when` and a null
    `create_fulfillments` mean what the plugin's settings say.
    """

    channel = models.CharField(max_length=255, primary_key=True, blank=True, default="")
    objective = models.CharField(max_length=10, default=Objective.COST.value)
    currency = any_text(3)
    per_parcel = models.BigIntegerField(default=0)
    per_100_km = models.BigIntegerField(default=0)
    per_day = models.BigIntegerField(default=0)
    late_per_day = models.BigIntegerField(default=0)
    promise_days = models.PositiveSmallIntegerField(null=True)
    most_parcels = models.PositiveSmallIntegerField(null=True)
    split = models.BooleanField(default=True)
    shortage = models.CharField(max_length=20, default=Shortage.SHIP_AVAILABLE.value)
    hold_rules = models.JSONField(default=list)
    route_when = any_text(10)
    create_fulfillments = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(objective__in=[row.value for row in Objective])
                & Q(shortage__in=[row.value for row in Shortage])
                & Q(route_when__in=["", "confirmed", "paid"]),
                name="fulfillment_policy_choices",
            ),
            models.CheckConstraint(
                check=Q(per_parcel=0, per_100_km=0, per_day=0, late_per_day=0)
                | (
                    Q(per_parcel__gte=0, per_100_km__gte=0, per_day__gte=0, late_per_day__gte=0)
                    & ~Q(currency="")
                ),
                name="fulfillment_policy_amounts",
            ),
            models.CheckConstraint(
                check=Q(most_parcels=None) | Q(most_parcels__gte=1), name="fulfillment_policy_parcels"
            ),
        ]
