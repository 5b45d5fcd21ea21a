"""Refunds: what they are for, which payments they come from, how each call went."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..domain.machines import IN_FLIGHT, PartState, RefundState
from .fields import count, key, minor, rule, saleor_id
from .orders import OrderLedger
from .requests import Return


class PaymentLedger(models.Model):
    """A payment's balance: `refunded` is everything given back anywhere, `ours` what the desk gave."""

    payment_id = saleor_id(primary_key=True)
    order = models.ForeignKey(OrderLedger, on_delete=models.PROTECT, related_name="payments")
    captured = minor()
    pending = minor()
    refunded = minor()
    ours = minor()

    class Meta:
        constraints = [
            rule("payment_balance", Q(captured__gte=F("pending") + F("refunded"))),
            rule("payment_signs", Q(pending__gte=0) & Q(ours__gte=0) & Q(refunded__gte=F("ours"))),
        ]


class Refund(models.Model):
    """A decision to give money back; its allocations say for what. `state` follows its parts."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="refunds")
    sequence = count()
    net = minor()
    tax = minor()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in RefundState])
    created = models.DateTimeField()
    settled = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rma", "sequence"], name="ops_refund_once"),
            rule("refund_positive", Q(net__gte=0) & Q(tax__gte=0)),
        ]
        indexes = [models.Index(fields=["state", "id"], name="ops_refund_state")]


class RefundAllocation(models.Model):
    """What one unit (or shipping, or an adjustment) gets back. Append-only; drives `credited`."""

    id = key()
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="allocations")
    order = models.ForeignKey(OrderLedger, on_delete=models.PROTECT, related_name="+")
    order_line_id = saleor_id(blank=True, default="")
    unit = count()
    component = models.CharField(max_length=10)
    net = minor()
    tax = minor()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "order_line_id", "unit", "component"], name="ops_allocation_once"
            ),
            rule(
                "allocation_sign",
                Q(component__in=["ITEM", "SHIPPING"], net__gte=0, tax__gte=0)
                | Q(component="ADJUSTMENT", net__lte=0, tax__lte=0),
            ),
        ]


class RefundPart(models.Model):
    """One gateway call of a refund: what one payment gives back.

    `attempt` is in the idempotency key; it grows only when the gateway said no. `before` is what
    the payment had given back when the call went out: the trace to reconcile by.
    """

    id = key()
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    payment = models.ForeignKey(PaymentLedger, on_delete=models.PROTECT, related_name="parts")
    amount = minor()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in PartState])
    attempt = count(1)
    before = minor(null=True, default=None)
    sent = models.DateTimeField(null=True)
    settled = models.DateTimeField(null=True)
    reference = models.CharField(max_length=255, blank=True, default="")
    message = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "payment"], name="ops_part_once"),
            # Two at once on one payment could not be told apart afterwards.
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=sorted(IN_FLIGHT)), name="ops_part_one_in_flight"
            ),
            rule("part_amount", Q(amount__gte=1)),
        ]
        indexes = [models.Index(fields=["state", "id"], name="ops_part_state")]
