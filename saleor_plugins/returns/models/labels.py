"""How goods come back: labels that were bought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .fields import count, key, minor, rule
from .requests import Return

# States in which a label is there, or may be.
HELD = ("RESERVED", "SENT", "BOUGHT", "UNKNOWN")


class ReturnLabel(models.Model):
    """A carrier's label for a return: reserved, bought outside any transaction, settled.

    `identifier` is the carrier's, to take it back by. `cost` is in minor units of `currency`. Its picture
    goes when it `expires`.
    """

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="labels")
    sequence = count()
    state = models.CharField(max_length=10)
    carrier = models.CharField(max_length=100, blank=True, default="")
    service = models.CharField(max_length=100, blank=True, default="")
    tracking_number = models.CharField(max_length=255, blank=True, default="")
    identifier = models.CharField(max_length=255, blank=True, default="")
    format = models.CharField(max_length=10, blank=True, default="")
    content = models.BinaryField(default=b"")
    cost = minor(null=True, default=None)
    currency = models.CharField(max_length=3, blank=True, default="")
    message = models.CharField(max_length=300, blank=True, default="")
    created = models.DateTimeField()
    sent = models.DateTimeField(null=True)
    settled = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rma", "sequence"], name="ops_label_sequence"),
            models.UniqueConstraint(fields=["rma"], condition=Q(state__in=HELD), name="ops_label_one"),
            rule("label_bought", ~Q(state="BOUGHT") | ~Q(tracking_number="")),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="ops_label_state"),
            models.Index(fields=["expires"], name="ops_label_expires"),
        ]
