"""What looks unusual about a return."""

from __future__ import annotations

from django.db import models

from .fields import key, saleor_id
from .requests import Return


class Flag(models.Model):
    """A signal with its reason: staff look at it, it decides nothing."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=30)
    reason = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    created = models.DateTimeField()
    dismissed = models.DateTimeField(null=True)
    dismissed_by = saleor_id(blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rma", "kind"], name="ops_flag_once")]
        indexes = [models.Index(fields=["dismissed", "id"], name="ops_flag_open")]
