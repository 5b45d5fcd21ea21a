"""Parcels, and what happened to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ...delivery.secrets import EncryptedTextField
from ..domain.shipment import STATES
from .decisions import RoutingDecision
from .fields import any_text, saleor_id, uuid_key


class Carrier(models.Model):
    """Who moves parcels and tells us by signed webhook. `tracking_url` has ``{number}`` in it."""

    id = uuid_key()
    name = models.CharField(max_length=100, unique=True)
    tracking_url = any_text(500)
    secret = EncryptedTextField()
    is_active = models.BooleanField(default=True)


class Shipment(models.Model):
    """A fulfilment of Saleor that is followed. Its states are the table in ``domain/shipment.py``.

    `decision` is the one that was in force when the parcel was first seen. `items` are
    ``{"line_id", "quantity"}``.
    """

    id = uuid_key()
    order_id = saleor_id()
    fulfillment_id = saleor_id(unique=True)
    warehouse_id = saleor_id()
    decision = models.ForeignKey(
        RoutingDecision, null=True, on_delete=models.PROTECT, related_name="shipments"
    )
    carrier = models.ForeignKey(Carrier, null=True, on_delete=models.PROTECT, related_name="shipments")
    items = models.JSONField()
    tracking_number = any_text(255)
    state = models.CharField(max_length=20, default="CREATED")
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(check=Q(state__in=STATES), name="fulfillment_shipment_state"),
        ]
        indexes = [
            models.Index(fields=["order_id"], name="fulfillment_shipment_order"),
            models.Index(fields=["tracking_number"], name="fulfillment_shipment_number"),
        ]


class ShipmentEvent(models.Model):
    """The ledger of a shipment: what happened, when (`at`), who said so, and when it was noted.

    `external_id` is the carrier's own id of the event: the same one again is the same event.
    """

    id = uuid_key()
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="events")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    tracking_number = any_text(255)
    source = models.CharField(max_length=10, default="STAFF")
    description = any_text(500)
    place = any_text(100)
    external_id = any_text(200)
    done_by = saleor_id(blank=True, default="")
    at = models.DateTimeField()
    noted = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(check=Q(state__in=STATES), name="fulfillment_event_state"),
            models.UniqueConstraint(
                fields=["shipment", "external_id"],
                condition=~Q(external_id=""),
                name="fulfillment_event_once",
            ),
        ]
        indexes = [models.Index(fields=["shipment", "id"], name="fulfillment_event_order")]
