"""The parcels that came of returns, and what became of every unit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .fields import count, key, rule, saleor_id
from .requests import Return, ReturnLine


class Receipt(models.Model):
    """A parcel that arrived at a warehouse. Append-only."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="receipts")
    sequence = count()
    warehouse_id = saleor_id()
    tracking_number = models.CharField(max_length=255, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rma", "sequence"], name="ops_receipt_once")]


class ReceiptLine(models.Model):
    """Units in a parcel. `judged` and `restocked` move only with an Inspection.

    `shop_fulfillment_id` is the returned fulfilment that the shop made of it, where it has such.
    """

    id = key()
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    return_line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="receipt_lines")
    fulfillment_line_id = saleor_id()
    shop_fulfillment_id = saleor_id(blank=True, default="")
    quantity = count()
    judged = count()
    restocked = count()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receipt", "return_line", "fulfillment_line_id"], name="ops_receipt_line_once"
            ),
            rule("judged_within_received", Q(quantity__gte=1) & Q(judged__lte=F("quantity"))),
            rule("restocked_within_judged", Q(restocked__lte=F("judged"))),
        ]


class Inspection(models.Model):
    """What became of `quantity` units of a parcel's line, from its `first_unit` on. Append-only.

    `moved` units went into the shop's stock of `warehouse_id`, in the transaction that wrote this row;
    `why` is the rule that chose the warehouse.
    """

    id = key()
    receipt_line = models.ForeignKey(ReceiptLine, on_delete=models.PROTECT, related_name="inspections")
    first_unit = count()
    quantity = count()
    disposition = models.CharField(max_length=12)
    grade = models.CharField(max_length=40, blank=True, default="")
    variant_id = saleor_id(blank=True, default="")
    warehouse_id = saleor_id()
    why = models.CharField(max_length=200, blank=True, default="")
    moved = count()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt_line", "first_unit"], name="ops_inspection_once"),
            rule("inspection_moved", Q(quantity__gte=1) & (Q(moved=0) | Q(moved=F("quantity")))),
            rule("inspection_restock", Q(moved=0) | Q(disposition="RESTOCK")),
        ]
        indexes = [models.Index(fields=["disposition", "warehouse_id"], name="ops_inspection_pile")]


class Followup(models.Model):
    """What became later of units that were put aside: they are sold, or scrapped. Append-only.

    Counts on from `first_unit` of the inspection's units; drives nothing but the shop's stock.
    """

    id = key()
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="followups")
    first_unit = count()
    quantity = count()
    disposition = models.CharField(max_length=12)
    warehouse_id = saleor_id()
    why = models.CharField(max_length=200, blank=True, default="")
    moved = count()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "first_unit"], name="ops_followup_once"),
            rule("followup_moved", Q(quantity__gte=1) & (Q(moved=0) | Q(moved=F("quantity")))),
            rule("followup_kind", Q(disposition="SCRAP", moved=0) | Q(disposition="RESTOCK")),
        ]


class StrayParcel(models.Model):
    """A parcel that arrived and that nobody could give to a return yet."""

    id = key()
    warehouse_id = saleor_id()
    tracking_number = models.CharField(max_length=255, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, related_name="strays")
    dismissed = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    settled = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            rule("stray_settled", Q(settled=None, rma=None, dismissed="") | Q(settled__isnull=False)),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(settled=None), name="ops_stray_open")]
