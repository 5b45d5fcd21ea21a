"""Which Saleor object is which Shopify object. No personal data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saleor_plugins.kernel.ids import new_id

from .stores import Store


class Kind(models.TextChoices):
    """What a mapping joins."""

    PRODUCT = "product"
    VARIANT = "variant"
    PICTURE = "picture"
    PLACE = "place"
    ORDER = "order"
    SHIPMENT = "shipment"
    COLLECTION = "collection"
    TEXTS = "texts"


class Mapping(models.Model):
    """A Saleor object and its Shopify twin: one to one, both ways.

    `gid` is null while a write that is not repeatable is reserved: `sent` then tells when it was
    last sent. `echo` holds, for texts that Shopify stores in a form of its own, digests of what was
    sent and of what came back. TEXTS are the translations that were written for a product or collection.
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
