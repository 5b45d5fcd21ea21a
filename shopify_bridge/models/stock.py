"""What both sides last agreed on about stock, and what was moved between them since."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saleor_plugins.kernel.ids import new_id

from .stores import Store


class Level(models.Model):
    """A variant at a warehouse, which is an inventory item at a location; kept under the policy `both` only.

    `agreed`: the free units that both sides had when they were last equal; a side that differs from it has
    changed since. `item` is "" until Shopify has told what it made for a new variant. `busy` names the one
    write that is under way: a StockMove into Saleor, or the key of a write to Shopify, which then takes the
    level from `sent_from` (null: it is not stocked there) to `sent_to`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="levels")
    variant = models.CharField(max_length=255)
    warehouse = models.CharField(max_length=255)
    item = models.CharField(max_length=255, blank=True, default="")
    location = models.CharField(max_length=255)
    agreed = models.IntegerField()
    busy = models.UUIDField(null=True)
    sent_from = models.IntegerField(null=True)
    sent_to = models.IntegerField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "item", "location"], condition=~Q(item=""), name="bridge_level_item"
            ),
            models.UniqueConstraint(fields=["store", "variant", "warehouse"], name="bridge_level_variant"),
            models.CheckConstraint(
                condition=Q(busy__isnull=False) | Q(sent_from=None, sent_to=None), name="bridge_level_busy"
            ),
        ]
        indexes = [models.Index(fields=["busy"], condition=Q(busy__isnull=False), name="bridge_level_open")]


class MoveState(models.TextChoices):
    """Where a move into Saleor stands. UNKNOWN: it was sent and no answer came."""

    RESERVED = "RESERVED"
    UNKNOWN = "UNKNOWN"
    DONE = "DONE"
    REFUSED = "REFUSED"


class StockMove(models.Model):
    """Units that changed in Shopify and are moved into Saleor's stock: reserved, sent, settled.

    Saleor's stock is set to an amount, not moved by one: `before` and `after` are what it was and is to be.
    `units` is what it really gained, once it is done.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="moves")
    units = models.IntegerField()
    before = models.IntegerField()
    after = models.IntegerField()
    state = models.CharField(max_length=10, choices=MoveState.choices, default=MoveState.RESERVED)
    reason = models.CharField(max_length=500, blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)
    sent = models.DateTimeField(null=True)
    settled = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["level"], condition=Q(state__in=["RESERVED", "UNKNOWN"]), name="bridge_move_open"
            ),
            models.CheckConstraint(condition=Q(state="DONE") | ~Q(units=0), name="bridge_move_units"),
            models.CheckConstraint(condition=Q(after__gte=0), name="bridge_move_after"),
        ]


class Counted(models.Model):
    """Units that both sides count for one and the same sale, an order that went from one to the other.

    Told once for each `reason`, which names the order's line; negative for units that came back on both.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.ForeignKey(Level, on_delete=models.CASCADE, related_name="counted")
    reason = models.CharField(max_length=255)
    units = models.IntegerField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["level", "reason"], name="bridge_counted_reason"),
            models.CheckConstraint(condition=~Q(units=0), name="bridge_counted_units"),
        ]
