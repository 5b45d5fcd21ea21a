"""The merchant's rules for returns."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .fields import count, key, saleor_id


class Rulebook(models.Model):
    """A version of the merchant's rules (domain/rules/), never changed once it is written; one is active."""

    id = key()
    version = count()
    document = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True, default="")
    author_kind = models.CharField(max_length=12)
    author_id = saleor_id(blank=True, default="")
    active = models.BooleanField(default=False)
    created = models.DateTimeField()
    activated = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="ops_rulebook_version"),
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="ops_rulebook_one_active"
            ),
        ]
