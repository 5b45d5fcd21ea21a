"""What happens to an order between its decision and its parcels."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .fields import any_text, saleor_id, uuid_key


class Hold(models.Model):
    """An order that waits for a person. At most one hold of an order is not released.

    `facts` are what a policy's rule found, as a hash: a hold that was released does not come back for
    the same.
    """

    id = uuid_key()
    order_id = saleor_id()
    code = models.CharField(max_length=30)
    reason = models.CharField(max_length=500)
    facts = any_text(64)
    placed_by = saleor_id(blank=True, default="")
    placed = models.DateTimeField()
    released_by = saleor_id(blank=True, default="")
    released = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id"], condition=Q(released=None), name="fulfillment_one_hold"
            ),
        ]
        indexes = [models.Index(fields=["order_id"], name="fulfillment_hold_order")]


class Turndown(models.Model):
    """A warehouse does not ship an order (REJECTED) or has fewer units of a variant (SHORT_PICK).

    `found` is how many units of `variant_id` it had for the order, once `shipped` of them had left there.
    Lifted ones no longer count.
    """

    REJECTED = "REJECTED"
    SHORT_PICK = "SHORT_PICK"

    id = uuid_key()
    order_id = saleor_id()
    warehouse_id = saleor_id()
    kind = models.CharField(max_length=10)
    variant_id = any_text(100)
    found = models.PositiveIntegerField(default=0)
    shipped = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True, default="")
    noted_by = saleor_id(blank=True, default="")
    noted = models.DateTimeField()
    lifted_by = saleor_id(blank=True, default="")
    lifted = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id", "warehouse_id", "variant_id"],
                condition=Q(lifted=None),
                name="fulfillment_turndown_once",
            ),
            models.CheckConstraint(
                check=Q(kind="REJECTED", variant_id="") | (Q(kind="SHORT_PICK") & ~Q(variant_id="")),
                name="fulfillment_turndown_kind",
            ),
        ]


class Walk(models.Model):
    """How far a sweeper has come: the last order of its lap, when that began, and how many orders it met."""

    name = models.CharField(max_length=30, primary_key=True)
    after = saleor_id(blank=True, default="")
    started = models.DateTimeField()
    seen = models.PositiveIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)
