"""Decide a refund: what it is for and which payments give it. A worker does the giving."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Asker

from .. import accounts, payloads, store
from ..domain.machines import PartState, RefundState
from ..domain.plan import lower_to, plan_refund, unit_counts
from ..domain.policy import Policy
from ..domain.split import split
from ..models import Refund
from ..store import Desk, books
from .settle_refund import finish

DUE = "returns.refund_due"


def refund_return(asker: Asker, return_id: UUID, amount: int | None = None) -> Refund:
    """Reserve what the accepted units earned (or less, when `amount` says so) on the order's payments.

    Called again after a payment refused, it tries the refused parts again. Raises NotFound (``id``),
    Conflict: NOTHING_TO_REFUND, REFUND_PENDING, NEEDS_REVIEW; Invalid (``amount``): ABOVE_CREDIT, or
    ABOVE_CEILING when the payments hold less. Nothing is cut silently.
    """
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "refund")
        failed = books.refund_of(desk, RefundState.FAILED)
        refund = _again(desk, failed, amount) if failed else _decide(desk, amount)
        data = payloads.of_refund(desk, refund, again=bool(failed))
        store.log(desk.request, "refund", asker, data)
        if refund.state == RefundState.PENDING:
            emit(DUE, {"refundId": str(refund.pk)})
    return refund


def _decide(desk: Desk, amount: int | None) -> Refund:
    if desk.ledger.review:
        raise Conflict(desk.ledger.review, field="id", code="NEEDS_REVIEW")
    units = unit_counts([(line.line_id, store.buckets(line).uncredited) for line in desk.request_lines])
    if not any(units.values()):
        pending = books.refund_of(desk, RefundState.PENDING)
        code = "REFUND_PENDING" if pending else "NOTHING_TO_REFUND"
        raise Conflict("No accepted unit waits for a refund.", field="id", code=code)
    rule = Policy.restored(desk.request.policy).refund_shipping
    plan = plan_refund(accounts.account_of(desk.ledger, desk.accounts.values()), units, rule)
    plan = lower_to(plan, amount, desk.ledger.refunds + 1)
    available = {key: balance.available for key, balance in books.balances(desk).items()}
    parts = split(plan.charge.gross, available)
    refund = books.create_refund(desk, plan, parts)
    for line in desk.request_lines:
        store.save_buckets(line, store.buckets(line).credit())
    if not parts:
        finish(desk, refund)
    return refund


def _again(desk: Desk, refund: Refund, amount: int | None) -> Refund:
    """Reserve the refused parts once more. The decision stands: `amount` may not change it."""
    if amount not in (None, refund.net + refund.tax):
        raise Invalid("The refund was decided already.", field="amount", code="ALREADY_DECIDED")
    balances = books.balances(desk)
    for part in books.parts_of(refund, [PartState.FAILED]):
        balance = balances.get(part.payment_id)
        if balance is None or balance.available < part.amount:
            raise Invalid(
                f"The payment {part.payment_id} can no longer give {to_global('Refund', refund.pk)}.",
                field="amount",
                code="ABOVE_CEILING",
            )
        books.move_part(part, "retry", message="")
    books.update_state(refund)
    return refund
