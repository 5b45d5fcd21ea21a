"""Orders to suppliers, what arrived, and what it cost.

Receipt, ReceiptLine, Discrepancy, LandedCost and StockMovement are append-only: triggers in
``migrations/0002_guards.py`` refuse changes (Discrepancy lets itself be settled).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..domain import order as rules
from .fields import currency_code, key, minor, of, once, rule, saleor_id, units
from .supply import Supplier


class PurchaseOrder(models.Model):
    """An order to a supplier. Its states are the table in ``domain/order.py``.

    `revision` grows when an approved order is changed: what goes out to the supplier is a revision, and
    `confirmed_revision` is the one they said yes to. `expected_on` is the shop day of arrival.
    """

    id = key()
    number = models.BigIntegerField(unique=True)
    supplier = of(Supplier, "orders")
    warehouse_id = saleor_id()
    currency = currency_code()
    state = models.CharField(max_length=20, default=rules.DRAFT)
    revision = units(1)
    created = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = saleor_id(blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_revision = models.PositiveIntegerField(null=True)
    supplier_reference = models.CharField(max_length=100, blank=True, default="")
    supplier_note = models.CharField(max_length=1000, blank=True, default="")
    expected_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = saleor_id(blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            once("po_one_draft", "supplier", "warehouse_id", "currency", when=Q(state=rules.DRAFT)),
            rule("po_state", Q(state__in=rules.STATES)),
            rule("po_confirmed", Q(confirmed_revision=None) | Q(confirmed_revision__lte=F("revision"))),
        ]
        indexes = [models.Index(fields=["state", "id"], name="ops_restock_po_by_state")]


class PurchaseOrderLine(models.Model):
    """Units of a variant asked of a supplier, at `price` a unit.

    `draft` while the order is one: at most one such line for each need, which every run sets anew. `open`
    until all arrived or the order is cancelled: what is owed counts as on order, whenever it comes, and it
    is owed `since` the line was approved.
    `warehouse_id` repeats the order's, so that this can be a constraint.
    """

    id = key()
    order = of(PurchaseOrder, "lines")
    variant_id = saleor_id()
    warehouse_id = saleor_id()
    sku = models.CharField(max_length=255, blank=True, default="")
    supplier_sku = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=400, blank=True, default="")
    price = minor()
    ordered = units()
    received = units()
    tolerance = units()
    since = models.DateTimeField(null=True)
    expected_on = models.DateField(null=True)
    draft = models.BooleanField(default=True)
    by_hand = models.BooleanField(default=False)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            once("line_one_draft", "variant_id", "warehouse_id", when=Q(draft=True)),
            once("line_once", "order", "variant_id"),
            rule("line_units", Q(ordered__gte=1, price__gte=0, received__lte=F("ordered") + F("tolerance"))),
            rule("line_open_owes", Q(open=False) | Q(received__lt=F("ordered"))),
            rule("line_draft_fresh", Q(draft=False) | Q(received=0, open=True)),
        ]
        indexes = [
            models.Index(fields=["variant_id"], condition=Q(open=True), name="ops_restock_line_open_variant"),
        ]


class SentOrder(models.Model):
    """A revision of an order, or the word that it is cancelled, on its way to the supplier.

    Reserved with the `document` as it goes out, sent, settled. Without `sent` and `error` somebody has been
    sending it since `created`.
    """

    id = key()
    order = of(PurchaseOrder, "sent")
    revision = units(1)
    channel = models.CharField(max_length=10)
    cancels = models.BooleanField(default=False)
    document = models.JSONField(default=dict)
    created = models.DateTimeField()
    sent = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [once("sent_once", "order", "revision", "cancels")]


class Receipt(models.Model):
    """Goods booked in once under the merchant's `reference`; `asked` is what was asked to be booked.

    `arrived_on` is the shop day on which they came, which may be before the booking.
    """

    id = key()
    order = of(PurchaseOrder, "receipts")
    reference = models.CharField(max_length=100)
    asked = models.JSONField()
    arrived_on = models.DateField()
    at = models.DateTimeField()
    by = saleor_id(blank=True, default="")

    class Meta:
        constraints = [once("receipt_once", "order", "reference")]


class Discrepancy(models.Model):
    """What came otherwise than ordered: a person settles it with the supplier.

    `line` is None for goods that nobody ordered. `stocked` units of it were put into stock all the same.
    """

    KINDS = ("OVER", "SHORT", "WRONG", "DAMAGED", "PRICE")

    id = key()
    order = of(PurchaseOrder, "discrepancies")
    receipt = of(Receipt, "discrepancies", null=True)
    line = of(PurchaseOrderLine, "discrepancies", null=True)
    kind = models.CharField(max_length=10)
    variant_id = saleor_id(blank=True, default="")
    sku = models.CharField(max_length=255, blank=True, default="")
    quantity = units()
    stocked = units()
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = saleor_id(blank=True, default="")
    settled_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            rule("discrepancy_kind", Q(kind__in=["OVER", "SHORT", "WRONG", "DAMAGED", "PRICE"])),
            rule("discrepancy_units", Q(stocked__lte=F("quantity"))),
        ]


class LandedCost(models.Model):
    """What an order cost beside its goods: freight, duty. Shared out `by` value or by units.

    `converted` is the amount in the order's currency, at the rate of the day of booking. A correction is
    another row, below zero.
    """

    VALUE, UNITS = "VALUE", "UNITS"

    id = key()
    order = of(PurchaseOrder, "costs")
    reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    amount = minor()
    currency = currency_code()
    converted = minor()
    by = models.CharField(max_length=10, default=VALUE)
    at = models.DateTimeField()
    booked_by = saleor_id(blank=True, default="")

    class Meta:
        constraints = [
            once("cost_once", "order", "reference"),
            rule("cost_by", Q(by__in=["VALUE", "UNITS"])),
        ]
