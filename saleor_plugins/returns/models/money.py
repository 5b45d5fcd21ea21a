"""Refunds: what they are for, what gives them, how each call went."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ..domain.machines import IN_FLIGHT, PartState, RefundState
from ..domain.plan import PartKind
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
    """A decision to give money back; its allocations say for what. `state` follows its parts.

    `reason` is why it is more, or less, than the units earned.
    """

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="refunds")
    sequence = count()
    net = minor()
    tax = minor()
    reason = models.CharField(max_length=500, blank=True, default="")
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
    """What one unit (or shipping) gets back, a fee off it, or an adjustment. Append-only; drives `credited`.

    ITEM and FEE count units of their line; of SHIPPING, LABEL (the return's postage) and ADJUSTMENT there is
    one per refund at most.
    """

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
                | Q(component__in=["FEE", "LABEL", "ADJUSTMENT"], net__lte=0, tax__lte=0)
                | Q(component="ADJUSTMENT", net__gte=0, tax__gte=0),
            ),
        ]


class RefundPart(models.Model):
    """One way in which a refund is given: by a payment, as store credit, or towards an exchange.

    `attempt` is in the idempotency key; it grows only when the gateway said no. `before` is what
    the payment had given back when the call went out: the trace to reconcile by. Store credit
    and exchanges name what they became in `target_id`: a gift card, a new order.
    """

    id = key()
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=12, default=PartKind.PAYMENT.value)
    payment = models.ForeignKey(PaymentLedger, on_delete=models.PROTECT, null=True, related_name="parts")
    target_id = saleor_id(blank=True, default="")
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
            # Two at once on one payment could not be told apart afterwards.
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=sorted(IN_FLIGHT)), name="ops_part_one_in_flight"
            ),
            rule("part_amount", Q(amount__gte=1)),
            # What was sent holds its money until somebody knows what became of it: FAILED is a clear no.
            rule(
                "part_sent",
                Q(state__in=["SENT", "UNKNOWN"], sent__isnull=False, before__isnull=False)
                | Q(state__in=["RESERVED", "FAILED", "REPLACED"], sent__isnull=True)
                | Q(state="SUCCEEDED"),
            ),
            rule(
                "part_kind",
                Q(kind="PAYMENT", payment__isnull=False, target_id="")
                | (
                    Q(kind__in=["STORE_CREDIT", "EXCHANGE"], payment__isnull=True, state="SUCCEEDED")
                    & ~Q(target_id="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="ops_part_state")]
