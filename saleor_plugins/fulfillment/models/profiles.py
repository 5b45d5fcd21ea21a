"""What merchants say about their warehouses."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..domain.calendar import MONDAY_TO_FRIDAY
from ..domain.facts import Kind
from .fields import any_text, saleor_id


def _weekdays() -> list[int]:
    return sorted(MONDAY_TO_FRIDAY)


class WarehouseProfile(models.Model):
    """What the merchant says about a warehouse; one without a profile has these defaults.

    Without coordinates they are looked up from its address; without a time zone it has the shop's;
    `holidays` null means its country's, "" none. `closed` are ISO dates.
    """

    warehouse_id = saleor_id(primary_key=True)
    kind = models.CharField(max_length=10, default=Kind.WAREHOUSE.value)
    priority = models.IntegerField(default=0)
    ships_orders = models.BooleanField(default=True)
    handling_parcel = models.BigIntegerField(default=0)
    handling_unit = models.BigIntegerField(default=0)
    currency = any_text(3)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    daily_parcels = models.PositiveIntegerField(null=True)
    safety_stock = models.PositiveIntegerField(default=0)
    excluded_classes = models.JSONField(default=list)
    excluded_types = models.JSONField(default=list)
    time_zone = any_text(50)
    working_days = models.JSONField(default=_weekdays)
    cut_off = models.TimeField(null=True)
    holidays = models.CharField(max_length=10, null=True)
    closed = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(handling_parcel=0, handling_unit=0)
                | (Q(handling_parcel__gte=0, handling_unit__gte=0) & ~Q(currency="")),
                name="fulfillment_profile_handling",
            ),
            models.CheckConstraint(
                check=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="fulfillment_profile_position",
            ),
            models.CheckConstraint(
                check=Q(kind__in=[kind.value for kind in Kind]), name="fulfillment_profile_kind"
            ),
        ]
