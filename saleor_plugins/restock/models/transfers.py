"""Goods between the shop's own warehouses. TransferHandling is append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..domain import transfer as rules
from .fields import key, of, once, rule, saleor_id, units


class Transfer(models.Model):
    """Units that leave `source_id` for `target_id`. Its states are the table in ``domain/transfer.py``."""

    id = key()
    number = models.BigIntegerField(unique=True)
    source_id = saleor_id()
    target_id = saleor_id()
    state = models.CharField(max_length=20, default=rules.DRAFT)
    created = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = saleor_id(blank=True, default="")
    expected_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = saleor_id(blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            once("transfer_one_draft", "source_id", "target_id", when=Q(state=rules.DRAFT)),
            rule("transfer_state", Q(state__in=rules.STATES)),
            rule("transfer_ends", ~Q(source_id=F("target_id"))),
        ]
        indexes = [models.Index(fields=["state", "id"], name="ops_restock_transfer_by_state")]


class TransferLine(models.Model):
    """Units of a variant in a transfer: `shipped` left the source, `received` and `lost` are those of them.

    `draft` as in PurchaseOrderLine. `open` until everything shipped has arrived or is lost, or nothing
    will be shipped. `source_id` and `target_id` repeat the transfer's.
    """

    id = key()
    transfer = of(Transfer, "lines")
    variant_id = saleor_id()
    source_id = saleor_id()
    target_id = saleor_id()
    sku = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=400, blank=True, default="")
    quantity = units()
    shipped = units()
    received = units()
    lost = units()
    draft = models.BooleanField(default=True)
    by_hand = models.BooleanField(default=False)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            once("transfer_line_one_draft", "variant_id", "source_id", "target_id", when=Q(draft=True)),
            once("transfer_line_once", "transfer", "variant_id"),
            rule(
                "transfer_line_units",
                Q(quantity__gte=1, shipped__lte=F("quantity"), received__lte=F("shipped") - F("lost")),
            ),
            rule("transfer_line_draft", Q(draft=False) | Q(shipped=0, open=True)),
        ]
        indexes = [
            models.Index(fields=["variant_id"], condition=Q(open=True), name="ops_restock_tline_variant"),
        ]


class TransferHandling(models.Model):
    """Goods of a transfer that were shipped or received once under `reference`; `asked` is what was asked."""

    SHIP, RECEIVE = "SHIP", "RECEIVE"

    id = key()
    transfer = of(Transfer, "handlings")
    kind = models.CharField(max_length=10)
    reference = models.CharField(max_length=100)
    asked = models.JSONField()
    at = models.DateTimeField()
    by = saleor_id(blank=True, default="")

    class Meta:
        constraints = [
            once("handling_once", "transfer", "kind", "reference"),
            rule("handling_kind", Q(kind__in=["SHIP", "RECEIVE"])),
        ]
