"""What the router remembers. Orders, warehouses and fulfilments are Saleor's global ids, never foreign keys.

RoutingDecision and ShipmentEvent are append-only: triggers in ``migrations/0002_guards.py`` refuse changes.
Amounts are minor units of the currency beside them.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from ..kernel.ids import new_id
from .domain.decision import Outcome
from .domain.shipment import STATES


def _uuid() -> models.UUIDField:
    return models.UUIDField(primary_key=True, default=new_id, editable=False)


def _saleor_id(**options: Any) -> models.CharField:
    return models.CharField(max_length=100, **options)


def _any(size: int) -> models.CharField:
    """Text where "" means any."""
    return models.CharField(max_length=size, blank=True, default="")


class RateCard(models.Model):
    """A table of parcel prices in one currency. The one active card is what decisions use."""

    id = _uuid()
    name = models.CharField(max_length=100, unique=True)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="fulfillment_one_active_card"
            ),
        ]


class Rate(models.Model):
    """The price of a parcel from a warehouse (or any in a country) to a country; "" is any."""

    id = _uuid()
    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="rates")
    warehouse_id = _any(100)
    origin = _any(2)
    destination = _any(2)
    base = models.BigIntegerField()
    per_kg = models.BigIntegerField(default=0)
    per_unit = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["card", "warehouse_id", "origin", "destination"], name="fulfillment_rate_once"
            ),
            models.CheckConstraint(
                check=Q(base__gte=0, per_kg__gte=0, per_unit__gte=0), name="fulfillment_rate_amounts"
            ),
            models.CheckConstraint(
                check=Q(warehouse_id="") | Q(origin=""), name="fulfillment_rate_one_origin"
            ),
        ]


class WarehouseProfile(models.Model):
    """What the merchant says about a warehouse; one without a profile has these defaults."""

    warehouse_id = _saleor_id(primary_key=True)
    priority = models.IntegerField(default=0)
    ships_orders = models.BooleanField(default=True)
    handling_parcel = models.BigIntegerField(default=0)
    handling_unit = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(handling_parcel=0, handling_unit=0)
                | (Q(handling_parcel__gte=0, handling_unit__gte=0) & ~Q(currency="")),
                name="fulfillment_profile_handling",
            ),
        ]


class RoutingDecision(models.Model):
    """The ledger: each decision that was committed, with its explanation. Never changed, never deleted."""

    id = _uuid()
    order_id = _saleor_id()
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20)
    trigger = models.CharField(max_length=20)
    decided_by = _saleor_id(blank=True, default="")
    plan = models.JSONField()
    explanation = models.JSONField()
    cost = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    optimal = models.BooleanField()
    bound = models.BigIntegerField()
    nodes = models.PositiveIntegerField()
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_id", "version"], name="fulfillment_decision_version"),
            models.CheckConstraint(
                check=Q(outcome__in=[outcome.value for outcome in Outcome]),
                name="fulfillment_decision_outcome",
            ),
            models.CheckConstraint(
                check=Q(version__gte=1, bound__gte=0, bound__lte=models.F("cost")),
                name="fulfillment_decision_amounts",
            ),
        ]


class RoutedOrder(models.Model):
    """Where an order stands now: its latest decision, and when it was last looked at."""

    order_id = _saleor_id(primary_key=True)
    decision = models.OneToOneField(RoutingDecision, on_delete=models.PROTECT, related_name="current_of")
    checked_at = models.DateTimeField()


class Shipment(models.Model):
    """A fulfilment of Saleor that is followed. Its states are the table in ``domain/shipment.py``.

    `decision` is the one that was in force when the parcel was first seen. `items` are
    ``{"line_id", "quantity"}``.
    """

    id = _uuid()
    order_id = _saleor_id()
    fulfillment_id = _saleor_id(unique=True)
    warehouse_id = _saleor_id()
    decision = models.ForeignKey(
        RoutingDecision, null=True, on_delete=models.PROTECT, related_name="shipments"
    )
    items = models.JSONField()
    tracking_number = models.CharField(max_length=255, blank=True, default="")
    state = models.CharField(max_length=20, default="CREATED")
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(check=Q(state__in=STATES), name="fulfillment_shipment_state"),
        ]
        indexes = [models.Index(fields=["order_id"], name="fulfillment_shipment_order")]


class ShipmentEvent(models.Model):
    """The ledger of a shipment: what was done to it, when and by whom."""

    id = _uuid()
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    tracking_number = models.CharField(max_length=255, blank=True, default="")
    done_by = _saleor_id(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(check=Q(state__in=STATES), name="fulfillment_event_state"),
        ]
        indexes = [models.Index(fields=["shipment", "id"], name="fulfillment_event_order")]
