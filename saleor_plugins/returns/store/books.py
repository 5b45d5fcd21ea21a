"""Database access about money: payments' balances, refunds, their allocations and parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Sum

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, NotFound
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Payment

from ..domain.machines import HOLDING, IN_FLIGHT, PART, PartState, RefundState, refund_state
from ..models import PaymentLedger, Refund, RefundPart
from .desk import Desk


@dataclass(frozen=True)
class Balance:
    """A payment: the shop's view and ours, under lock."""

    shop: Payment
    ledger: PaymentLedger
    waiting: int

    @property
    def available(self) -> int:
        """What may still be reserved: by our books, and by the shop's, which knows nothing of what waits."""
        ours = self.ledger.captured - self.ledger.refunded - self.ledger.pending
        return min(ours, self.shop.refundable - self.waiting)

    @property
    def held(self) -> int:
        """What was taken and nobody gave back or reserved, whether or not the gateway can still give it."""
        return self.ledger.captured - self.ledger.refunded - self.ledger.pending

    @property
    def under_way(self) -> int:
        """What the shop knows to be on its way back and has not booked."""
        return self.shop.captured - self.shop.refunded - self.shop.refundable

    @property
    def given(self) -> int:
        """What it gave back: by the shop's books, or by ours where the shop's are late with what we know."""
        return max(self.shop.refunded, self.ledger.ours)


def balances(desk: Desk) -> dict[str, Balance]:
    """Lock our rows of the payments and bring them up to the shop's: refunds made elsewhere count.

    The order's own payments come first, then those of the orders it was exchanged from, nearest first. The
    shop's own rows stay unlocked: Saleor refunds take a payment first and its order then, the other
    way round than the desk, and a refund that a deadlock rolls back has moved money without a trace.
    """
    payments: dict[str, Payment] = {}
    for ledger in (desk.ledger, *desk.origins):
        for payment in shop().payments(ledger.pk):
            payments[payment.id] = payment
            PaymentLedger.objects.get_or_create(payment_id=payment.id, defaults={"order": ledger})
    rows = PaymentLedger.objects.select_for_update().filter(pk__in=payments).order_by("pk")
    rows_by_id = {row.payment_id: row for row in rows}
    found: dict[str, Balance] = {}
    for key, payment in payments.items():
        row = rows_by_id[key]
        _sync(row, payment)
        waiting = _sum(RefundPart.objects.filter(payment=row, state=PartState.RESERVED))
        found[key] = Balance(payment, row, waiting)
    return found


def _sync(row: PaymentLedger, payment: Payment) -> None:
    in_flight = _sum(RefundPart.objects.filter(payment=row, state__in=IN_FLIGHT))
    # The shop may or may not have booked what is in flight: count what cannot be ours.
    known = row.refunded if in_flight else row.ours
    refunded = max(known, payment.refunded - in_flight)
    row.captured = max(payment.captured, row.pending + row.ours)
    # A refund made elsewhere may have eaten what we reserved. The part is refused when it is due
    # (`RESERVED` -> `FAILED`); until then nothing is left to reserve, which is what this row says.
    row.refunded = max(min(refunded, row.captured - row.pending), row.ours)
    row.save(update_fields=["captured", "refunded"])


def _sum(parts: Any) -> int:
    return parts.aggregate(total=Sum("amount"))["total"] or 0


def move_part(part: RefundPart, verb: str, **values: Any) -> None:
    """Take a part through `verb`, keeping its payment's balance right.

    Raises Conflict when it is not in a state for it, or was changed meanwhile.
    """
    seen, target = part.state, PART.target(part.state, verb)
    if not RefundPart.objects.filter(pk=part.pk, state=seen).update(state=target, **values):
        raise Conflict("The refund was changed meanwhile.", field="id")
    for name, value in {"state": target, **values}.items():
        setattr(part, name, value)
    held = (target in HOLDING) - (seen in HOLDING)
    done = target == PartState.SUCCEEDED
    hold(part, held * part.amount, part.amount if done else 0)


def hold(part: RefundPart, pending: int, given: int = 0) -> None:
    """Move the balance of the part's payment, where it has one."""
    PaymentLedger.objects.filter(pk=part.payment_id).update(
        pending=F("pending") + pending, refunded=F("refunded") + given, ours=F("ours") + given
    )


def update_state(refund: Refund) -> None:
    """Let the refund follow its parts."""
    states = list(RefundPart.objects.filter(refund=refund).values_list("state", flat=True))
    refund.state = refund_state(states).value
    refund.settled = clock.now() if refund.state == RefundState.SUCCEEDED else None
    refund.save(update_fields=["state", "settled"])


def find_refund(refund_id: UUID) -> Refund:
    """The refund with its return, unlocked. Raises NotFound (field ``id``)."""
    refund = Refund.objects.select_related("rma").filter(pk=refund_id).first()
    if refund is None:
        raise NotFound("No such refund.", field="id")
    return refund


def refund_of(desk: Desk, *states: str) -> Refund | None:
    """The return's latest refund in one of the states."""
    return Refund.objects.filter(rma=desk.request, state__in=states).order_by("-sequence").first()


def parts_of(refund: Refund, states: Sequence[str] | frozenset[str]) -> list[RefundPart]:
    """The refund's parts in these states, oldest first."""
    return list(RefundPart.objects.filter(refund=refund, state__in=states).order_by("pk"))


def is_busy(payment_id: str) -> bool:
    """Whether another refund of this payment is in flight."""
    return RefundPart.objects.filter(payment=payment_id, state__in=IN_FLIGHT).exists()


def queue(payment_id: str | None) -> list[UUID]:
    """Refunds that wait for their turn on this payment, oldest first."""
    rows = RefundPart.objects.filter(payment=payment_id, state=PartState.RESERVED)
    return list(rows.order_by("refund").values_list("refund", flat=True).distinct())


def overdue(before: datetime, size: int = 500) -> Iterator[list[UUID]]:
    """Refunds decided before that instant and still not settled, oldest first, page by page.

    All of them: those that wait for a person, for days maybe, must not hide what came after.
    """
    rows = Refund.objects.filter(state=RefundState.PENDING, created__lt=before)
    keys = rows.order_by("pk").values_list("pk", flat=True)
    page = list(keys[:size])
    while page:
        yield page
        page = list(keys.filter(pk__gt=page[-1])[:size])
