"""Returns, the parcels that came of them, and what became of every unit."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from ..domain.machines import ReturnState
from .fields import count, key, rule, saleor_id
from .orders import OrderLedger, ReturnableLine


class Return(models.Model):
    """A request to bring units of one order back. `policy` is the merchant's, as it stood then."""

    id = key()
    number = models.CharField(max_length=120, unique=True)
    order = models.ForeignKey(OrderLedger, on_delete=models.PROTECT, related_name="requests")
    user_id = saleor_id(blank=True, default="")
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in ReturnState])
    policy = models.JSONField(default=dict)
    decline_reason = models.CharField(max_length=500, blank=True, default="")
    created = models.DateTimeField()
    closed = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="ops_return_state"),
            models.Index(fields=["user_id", "id"], name="ops_return_user"),
            models.Index(fields=["order", "id"], name="ops_return_order"),
        ]


class ReturnLine(models.Model):
    """Units of one order line in a return, as buckets (domain/quantities.py)."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(ReturnableLine, on_delete=models.PROTECT, related_name="+")
    position = count()
    fulfillment_line_id = saleor_id(blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    requested = count()
    approved = count()
    declined = count()
    received = count()
    missing = count()
    accepted = count()
    rejected = count()
    credited = count()
    settled = count()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rma", "line", "fulfillment_line_id"], name="ops_return_line_once"
            ),
            rule("line_requested", Q(requested__gte=1) & Q(requested__gte=F("approved") + F("declined"))),
            rule("line_approved", Q(approved__gte=F("received") + F("missing"))),
            rule("line_received", Q(received__gte=F("accepted") + F("rejected"))),
            rule("line_settled", Q(accepted__gte=F("credited")) & Q(credited__gte=F("settled"))),
        ]


class Receipt(models.Model):
    """A parcel that arrived at a warehouse. Append-only."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="receipts")
    sequence = count()
    warehouse_id = saleor_id()
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

    `moved` units went into the shop's stock of `warehouse_id`, in the transaction that wrote this row.
    """

    id = key()
    receipt_line = models.ForeignKey(ReceiptLine, on_delete=models.PROTECT, related_name="inspections")
    first_unit = count()
    quantity = count()
    disposition = models.CharField(max_length=12)
    grade = models.CharField(max_length=40, blank=True, default="")
    variant_id = saleor_id(blank=True, default="")
    warehouse_id = saleor_id()
    moved = count()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt_line", "first_unit"], name="ops_inspection_once"),
            rule("inspection_moved", Q(quantity__gte=1) & (Q(moved=0) | Q(moved=F("quantity")))),
            rule("inspection_restock", Q(moved=0) | Q(disposition="RESTOCK")),
        ]


class LedgerEntry(models.Model):
    """Who did what to a return, when. Append-only."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="entries")
    verb = models.CharField(max_length=20)
    asker_kind = models.CharField(max_length=12)
    asker_id = saleor_id(blank=True, default="")
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField()
