"""What parcels cost."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .fields import any_text, uuid_key


class RateCard(models.Model):
    """A table of parcel prices in one currency, valid from the first to the last day, both included.

    Of the active cards at most one is valid on a day: an exclusion constraint in the migrations says so.
    `revision` is another one after every change of the card, its rates or zones: triggers see to it, and
    it never comes back, not even after a rollback.
    """

    id = uuid_key()
    name = models.CharField(max_length=100, unique=True)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    revision = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=F("valid_until")),
                name="fulfillment_card_dates",
            ),
        ]


class Rate(models.Model):
    """The price of a parcel from a warehouse (or any in a country) to a country or zone.

    "" is any. `up_to_km` and `up_to_grams` are the upper ends of bands; 0 is no limit.
    """

    id = uuid_key()
    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rates")
    warehouse_id = any_text(100)
    origin = any_text(2)
    destination = any_text(2)
    zone = any_text(50)
    service = any_text(100)
    up_to_km = models.PositiveIntegerField(default=0)
    up_to_grams = models.PositiveIntegerField(default=0)
    base = models.BigIntegerField()
    per_kg = models.BigIntegerField(default=0)
    per_unit = models.BigIntegerField(default=0)
    transit_days = models.PositiveSmallIntegerField(null=True)

    PLACES = ("warehouse_id", "origin", "destination", "zone", "service", "up_to_km", "up_to_grams")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "card",
                    "warehouse_id",
                    "origin",
                    "destination",
                    "zone",
                    "service",
                    "up_to_km",
                    "up_to_grams",
                ],
                name="fulfillment_rate_once",
            ),
            models.CheckConstraint(
                check=Q(base__gte=0, per_kg__gte=0, per_unit__gte=0), name="fulfillment_rate_amounts"
            ),
            models.CheckConstraint(
                check=Q(warehouse_id="") | Q(origin=""), name="fulfillment_rate_one_origin"
            ),
            models.CheckConstraint(
                check=Q(destination="") | Q(zone=""), name="fulfillment_rate_one_destination"
            ),
        ]


class RateZone(models.Model):
    """A country, or the part of it whose postal codes begin alike, is in a zone, seen from a warehouse."""

    id = uuid_key()
    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="zones")
    zone = models.CharField(max_length=50)
    country = models.CharField(max_length=2)
    postal_prefix = any_text(20)
    warehouse_id = any_text(100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["card", "country", "postal_prefix", "warehouse_id"], name="fulfillment_zone_once"
            ),
        ]


class Revision(models.Model):
    """A number that is another one after every change of "profiles" or "policies". Only triggers write it."""

    subject = models.CharField(max_length=10, primary_key=True)
    number = models.BigIntegerField()
