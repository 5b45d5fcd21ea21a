"""Writing down refunds: what each is for, and what gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saleor_plugins.kernel import clock

from ..domain.machines import PartState, RefundState
from ..domain.plan import Component, PartKind, RefundPlan
from ..models import OrderLedger, Refund, RefundAllocation, RefundPart, Return
from .books import hold, update_state
from .desk import Desk


@dataclass(frozen=True)
class Given:
    """One part of a refund: by `payment_id`, or as what `target_id` names."""

    kind: PartKind
    amount: int
    payment_id: str | None = None
    target_id: str = ""


def by_payments(parts: dict[str, int]) -> list[Given]:
    """What a split over payments gives."""
    return [Given(PartKind.PAYMENT, amount, payment_id) for payment_id, amount in parts.items()]


def create_refund(
    desk: Desk,
    plan: RefundPlan,
    given: Sequence[Given],
    *,
    reason: str = "",
    order: OrderLedger | None = None,
) -> Refund:
    """Store the decision. Triggers count the credit; `order` owns the rows when it is another one."""
    desk.ledger.refunds += 1
    desk.ledger.save(update_fields=["refunds"])
    refund = Refund.objects.create(
        rma=desk.request,
        sequence=desk.ledger.refunds,
        net=plan.charge.net,
        tax=plan.charge.tax,
        reason=reason,
        state=RefundState.PENDING,
        created=clock.now(),
    )
    RefundAllocation.objects.bulk_create(
        RefundAllocation(
            refund=refund,
            order=order or desk.ledger,
            order_line_id=row.line_id,
            unit=row.unit,
            component=row.component.value,
            net=row.charge.net,
            tax=row.charge.tax,
        )
        for row in plan.rows
    )
    add_parts(refund, given)
    update_state(refund)
    return refund


def add_parts(refund: Refund, given: Sequence[Given]) -> None:
    """Reserve on payments; what needs no gateway has happened with the transaction."""
    for each in given:
        by_payment = each.kind is PartKind.PAYMENT
        part = RefundPart(
            refund=refund,
            kind=each.kind.value,
            payment_id=each.payment_id,
            target_id=each.target_id,
            amount=each.amount,
            state=(PartState.RESERVED if by_payment else PartState.SUCCEEDED).value,
            settled=None if by_payment else clock.now(),
        )
        part.save(force_insert=True)
        if by_payment:
            hold(part, each.amount)


def ordinal(rma: Return) -> int:
    """The return's number within its order, which its name ends with."""
    return int(rma.number.rpartition("-R")[2])


def label_taken(rma: Return) -> bool:
    """Whether a refund of the return has borne its postage."""
    rows = RefundAllocation.objects.filter(refund__rma=rma, component=Component.LABEL.value)
    return rows.exists()
