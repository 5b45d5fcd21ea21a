"""The ledger of stock that we moved: append-only, every counter beside it adds up from here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .fields import currency_code, key, minor, of, once, rule, saleor_id
from .orders import Discrepancy, PurchaseOrderLine, Receipt
from .transfers import TransferHandling, TransferLine


class StockMovement(models.Model):
    """`quantity` units (below zero: taken away) that we moved in Saleor's stock, and why.

    Either of a receipt (with its line, or the discrepancy of goods that nobody ordered) or of a transfer.
    `unit_cost` is what a unit cost, landed costs left out; a transfer has none. `on_hand_after` lay in the
    warehouse then, `total_after` in all of them: what the moving average cost is weighed by.
    """

    id = key()
    variant_id = saleor_id()
    warehouse_id = saleor_id()
    quantity = models.IntegerField()
    on_hand_after = models.IntegerField()
    total_after = models.IntegerField(null=True)
    unit_cost = minor(null=True)
    currency = currency_code(blank=True, default="")
    receipt = of(Receipt, "movements", null=True)
    line = of(PurchaseOrderLine, "movements", null=True)
    discrepancy = of(Discrepancy, "movements", null=True)
    handling = of(TransferHandling, "movements", null=True)
    transfer_line = of(TransferLine, "movements", null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            once("movement_of_line", "receipt", "line"),
            once("movement_of_discrepancy", "discrepancy"),
            once("movement_of_transfer", "handling", "transfer_line"),
            rule("movement_units", ~Q(quantity=0)),
            rule(
                "movement_cause",
                Q(receipt__isnull=False, handling=None, transfer_line=None, quantity__gt=0)
                & (Q(line__isnull=False, discrepancy=None) | Q(line=None, discrepancy__isnull=False))
                | Q(
                    receipt=None,
                    line=None,
                    discrepancy=None,
                    handling__isnull=False,
                    transfer_line__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(fields=["variant_id", "at"], name="ops_restock_movement_variant")]
