"""Parcels, what happened to them, and who tells us."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ...delivery.secrets import EncryptedTextField
from ..domain.parcels.shipment import REPORTED, STATES, Source
from .decisions import RoutingDecision
from .fields import any_text, saleor_id, uuid_key


class Carrier(models.Model):
    """Who moves parcels and tells us by signed webhook. `tracking_url` has ``{number}`` in it.

    A replaced secret is good until `previous_until`. `api` is karrio's name of the carrier when its own
    service is asked for quotes, labels and scans, with `api_settings` as JSON.
    """

    id = uuid_key()
    name = models.CharField(max_length=100, unique=True)
    tracking_url = any_text(500)
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(blank=True, default="")
    previous_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    api = any_text(50)
    api_settings = EncryptedTextField(blank=True, default="")


class Shipment(models.Model):
    """A fulfilment of Saleor that is followed. Its states are the table in ``domain/shipment.py``.

    `decision` is the one that was in force when the parcel was first seen. `items` are
    ``{"line_id", "quantity"}``. `state` is what the ledger adds up to.
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

    `external_id` is the carrier's own id of the event: the same one again is the same event. Nothing in it
    changes, but `description` and `place` may be emptied: they may name people.
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
            models.CheckConstraint(
                check=Q(state__in=STATES, source__in=[source.value for source in Source]),
                name="fulfillment_event_state",
            ),
            models.UniqueConstraint(
                fields=["shipment", "external_id"],
                condition=~Q(external_id=""),
                name="fulfillment_event_once",
            ),
        ]
        indexes = [
            models.Index(fields=["shipment", "id"], name="fulfillment_event_order"),
            models.Index(
                fields=["noted"],
                condition=~Q(description="") | ~Q(place=""),
                name="fulfillment_event_words",
            ),
        ]


class StrayScan(models.Model):
    """A carrier's scan of a number that no parcel has: it waits until one gets it, or is forgotten."""

    id = uuid_key()
    carrier = models.ForeignKey(Carrier, on_delete=models.CASCADE, related_name="strays")
    tracking_number = models.CharField(max_length=255)
    state = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    description = any_text(500)
    place = any_text(100)
    at = models.DateTimeField()
    noted = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(check=Q(state__in=REPORTED), name="fulfillment_stray_state"),
            models.UniqueConstraint(
                fields=["carrier", "tracking_number", "external_id"], name="fulfillment_stray_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tracking_number"], name="fulfillment_stray_number"),
            models.Index(fields=["noted"], name="fulfillment_stray_noted"),
        ]


class ShipmentLabel(models.Model):
    """A label that was or may have been bought. `content` is its bytes in base64: it names the person.

    RESERVED before the carrier is asked; then DONE, FAILED when it refused, or UNKNOWN when its answer was
    lost: then a person looks there before another one is bought.
    """

    RESERVED, DONE, FAILED, UNKNOWN = STATES = ("RESERVED", "DONE", "FAILED", "UNKNOWN")

    id = uuid_key()
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="labels")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="labels")
    service = models.CharField(max_length=100)
    format = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=RESERVED)
    tracking_number = any_text(255)
    content = EncryptedTextField(blank=True, default="")
    bought_by = saleor_id(blank=True, default="")
    created = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                check=Q(state__in=["RESERVED", "DONE", "FAILED", "UNKNOWN"]), name="fulfillment_label_state"
            ),
            models.UniqueConstraint(
                fields=["shipment"], condition=~Q(state="FAILED"), name="fulfillment_label_once"
            ),
        ]
