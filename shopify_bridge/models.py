"""What the bridge remembers. Personal data and tokens in the clear are not among it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saleor_plugins.delivery.secrets import EncryptedTextField
from saleor_plugins.kernel.ids import new_id


class Store(models.Model):
    """One Saleor (channel) mirrored to one Shopify store.

    `shop` is how it is reached, `domain` the myshopify.com domain it calls itself.
    `orders_since`: orders made on that day or later are mirrored; null means none are.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.SlugField(max_length=50, unique=True)
    saleor_url = models.CharField(max_length=500)
    saleor_token = EncryptedTextField()
    channel = models.CharField(max_length=255, blank=True, default="")
    shop = models.CharField(max_length=255)
    domain = models.CharField(max_length=255, blank=True, default="")
    shop_token = EncryptedTextField()
    webhook_secrets = EncryptedTextField(blank=True, default="")
    currency = models.CharField(max_length=3)
    orders_since = models.DateField(null=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop"], name="bridge_store_shop"),
        ]


class Kind(models.TextChoices):
    """What a mapping joins."""

    PRODUCT = "product"
    VARIANT = "variant"
    PICTURE = "picture"
    PLACE = "place"
    ORDER = "order"
    SHIPMENT = "shipment"


class Mapping(models.Model):
    """A Saleor object and its Shopify twin: one to one, both ways.

    `gid` is null while a write that is not repeatable is reserved: `sent` then tells when it was
    last sent. `echo` holds, for texts that Shopify stores in a form of its own, digests of what was
    sent and of what came back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="mappings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=255)
    gid = models.CharField(max_length=255, null=True)
    sent = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    echo = models.JSONField(default=dict)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "kind", "key"], name="bridge_mapping_key"),
            models.UniqueConstraint(fields=["store", "kind", "gid"], name="bridge_mapping_gid"),
            models.CheckConstraint(
                condition=Q(gid__isnull=False) | Q(kind__in=["order", "shipment"]),
                name="bridge_mapping_reserved",
            ),
        ]


class Run(models.Model):
    """One `apply`: a plan that was written down to be carried out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="runs")
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True)


class State(models.TextChoices):
    """Where a change stands; see `usecases.machine`."""

    PENDING = "PENDING"
    WORKING = "WORKING"
    DONE = "DONE"
    PARKED = "PARKED"


OPEN = ("PENDING", "WORKING")


class Change(models.Model):
    """One thing of a plan that is to be done in Shopify, and how far it is.

    `phase` orders a run: products, stock, orders, shipments. `round` counts how often it was handed
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
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "verb", "key"], condition=Q(state__in=OPEN), name="bridge_change_open"
            ),
            models.CheckConstraint(condition=~Q(state="PARKED") | ~Q(reason=""), name="bridge_change_reason"),
            models.CheckConstraint(
                condition=Q(round__gte=0) & Q(tries__gte=0) & Q(phase__lte=9), name="bridge_change_counts"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "state"], name="bridge_change_state"),
            models.Index(fields=["run", "phase"], condition=Q(state__in=OPEN), name="bridge_change_phase"),
        ]
