"""What a webhook said has changed, until the mirror has caught up with it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from saleor_plugins.kernel.ids import new_id

from .stores import Store


class Subject(models.TextChoices):
    """What is to be looked at again; `key` is Saleor's id of it."""

    PRODUCT = "product"
    STOCK = "stock"
    COLLECTION = "collection"


class Dirty(models.Model):
    """Something to compare again. `told` counts what was heard of it, `seen` is the count last dealt with.

    `heard` is when the oldest news that was not dealt with came in, `reason` why that did not work yet.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="dirty")
    subject = models.CharField(max_length=12, choices=Subject.choices)
    key = models.CharField(max_length=255)
    told = models.PositiveIntegerField(default=1)
    seen = models.PositiveIntegerField(default=0)
    heard = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "subject", "key"], name="bridge_dirty_key"),
            models.CheckConstraint(condition=Q(seen__lte=F("told")), name="bridge_dirty_seen"),
        ]
        indexes = [
            models.Index(
                fields=["store", "heard"], condition=Q(seen__lt=F("told")), name="bridge_dirty_open"
            ),
        ]
