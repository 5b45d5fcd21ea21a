"""What the restock room remembers. Variants and warehouses are Saleor's global ids, never foreign keys.

Receipt and StockMovement are append-only: triggers in ``migrations/0002_guards.py`` refuse changes.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..kernel.ids import new_id
from .domain import order as rules


def _uuid() -> models.UUIDField:
    return models.UUIDField(primary_key=True, default=new_id, editable=False)


def _saleor_id(**options: object) -> models.CharField:
    return models.CharField(max_length=100, **options)


class DailyDemand(models.Model):
    """Units of a variant sold to a country on a shop day. Only facts: warehouses are shared out later."""

    variant_id = _saleor_id()
    day = models.DateField()
    country = models.CharField(max_length=10, blank=True, default="")
    units = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant_id", "day", "country"], name="restock_demand_once"),
        ]
        indexes = [models.Index(fields=["day"], name="restock_demand_day")]


class DemandCursor(models.Model):
    """How far the demand history reaches: one row, days `since` to `through` of `zone`.

    `full_on` is the day on which all of it was last read.
    """

    zone = models.CharField(max_length=64)
    full_on = models.DateField()
    since = models.DateField()
    through = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(check=Q(id=1), name="restock_cursor_single")]


class ChangedDay(models.Model):
    """A past day whose orders changed after it was read."""

    day = models.DateField(primary_key=True)


class Supplier(models.Model):
    """Somebody who sells to the shop."""

    id = _uuid()
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    active = models.BooleanField(default=True)
    created = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="restock_supplier_name")]


class SupplierItem(models.Model):
    """A variant in a supplier's catalogue: `price` in minor units; no `lead_days` means the default."""

    id = _uuid()
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="items")
    variant_id = _saleor_id()
    price = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    moq = models.PositiveIntegerField(default=1)
    pack = models.PositiveIntegerField(default=1)
    lead_days = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "variant_id"], name="restock_item_once"),
            models.CheckConstraint(check=Q(price__gte=0, moq__gte=1, pack__gte=1), name="restock_item_terms"),
        ]
        indexes = [models.Index(fields=["variant_id"], name="restock_item_variant")]


class ReorderPolicy(models.Model):
    """A merchant's limits for a variant in a warehouse; `warehouse_id` "" is every warehouse."""

    id = _uuid()
    variant_id = _saleor_id()
    warehouse_id = _saleor_id(blank=True, default="")
    minimum = models.PositiveIntegerField(default=0)
    maximum = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant_id", "warehouse_id"], name="restock_policy_once"),
            models.CheckConstraint(
                check=Q(maximum__isnull=True) | Q(maximum__gte=F("minimum")), name="restock_policy_limits"
            ),
        ]


class PurchaseOrder(models.Model):
    """An order to a supplier. Its states are the table in ``domain/order.py``."""

    id = _uuid()
    number = models.BigIntegerField(unique=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="orders")
    warehouse_id = _saleor_id()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, default=rules.DRAFT)
    created = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = _saleor_id(blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = _saleor_id(blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "warehouse_id", "currency"],
                condition=Q(state=rules.DRAFT),
                name="restock_po_one_draft",
            ),
            models.CheckConstraint(check=Q(state__in=rules.STATES), name="restock_po_state"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="restock_po_by_state")]


class PurchaseOrderLine(models.Model):
    """Units of a variant asked of a supplier. `open` until all arrived or the order is cancelled.

    `warehouse_id` repeats the order's, so that one open line per need can be a constraint.
    """

    id = _uuid()
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="lines")
    variant_id = _saleor_id()
    warehouse_id = _saleor_id()
    sku = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=400, blank=True, default="")
    price = models.BigIntegerField()
    ordered = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    tolerance = models.PositiveIntegerField(default=0)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variant_id", "warehouse_id"],
                condition=Q(open=True),
                name="restock_line_one_per_need",
            ),
            models.UniqueConstraint(fields=["order", "variant_id"], name="restock_line_once"),
            models.CheckConstraint(
                check=Q(ordered__gte=1, received__lte=F("ordered") + F("tolerance")),
                name="restock_line_units",
            ),
            models.CheckConstraint(
                check=Q(open=False) | Q(received__lt=F("ordered")), name="restock_line_open_owes"
            ),
        ]


class Receipt(models.Model):
    """Goods booked in once under the merchant's `reference`; `lines` is what was asked to be booked."""

    id = _uuid()
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="receipts")
    reference = models.CharField(max_length=100)
    lines = models.JSONField()
    at = models.DateTimeField()
    by = _saleor_id(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "reference"], name="restock_receipt_once")]


class StockMovement(models.Model):
    """Units a receipt line put into Saleor's stock: the ledger every `received` adds up from."""

    id = _uuid()
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="movements")
    line = models.ForeignKey(PurchaseOrderLine, on_delete=models.PROTECT, related_name="movements")
    variant_id = _saleor_id()
    warehouse_id = _saleor_id()
    quantity = models.PositiveIntegerField()
    on_hand_after = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "line"], name="restock_movement_once"),
            models.CheckConstraint(check=Q(quantity__gte=1), name="restock_movement_units"),
        ]


class Suggestion(models.Model):
    """The latest advice for a variant in a warehouse, with every number behind it."""

    id = _uuid()
    variant_id = _saleor_id()
    warehouse_id = _saleor_id()
    sku = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=400, blank=True, default="")
    supplier = models.ForeignKey(Supplier, null=True, on_delete=models.SET_NULL)
    line = models.ForeignKey(PurchaseOrderLine, null=True, on_delete=models.SET_NULL)
    demand_per_day = models.FloatField()
    lead_days = models.PositiveIntegerField()
    review_days = models.PositiveIntegerField()
    service_level = models.FloatField()
    expected = models.FloatField()
    covers = models.FloatField()
    reorder_point = models.IntegerField()
    target = models.IntegerField()
    on_hand = models.IntegerField()
    allocated = models.IntegerField()
    on_order = models.IntegerField()
    need = models.IntegerField()
    quantity = models.PositiveIntegerField()
    flags = models.JSONField(default=list)
    explanation = models.JSONField(default=list)
    updated = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant_id", "warehouse_id"], name="restock_suggestion_once")
        ]
