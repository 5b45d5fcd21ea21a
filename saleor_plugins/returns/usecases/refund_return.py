"""Decide a refund: what it is for and what gives it. A worker calls the gateways."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.texts import clean
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..domain.machines import PartState, RefundState
from ..domain.plan import PartKind, adjust
from ..models import Refund
from ..store import Desk, books
from ..store.books_refunds import create_refund
from .give_credit import give, is_manager
from .refund_again import give_again
from .refund_plan import Advance, check_advance, check_explained, credit_units, plan_units, to_refund, waiting
from .settle_refund import DUE, finish


@dataclass(frozen=True)
class Wish:
    """How staff want it: another amount, another way, and why."""

    amount: int | None = None
    to: PartKind | None = None
    reason: str = ""


def refund_return(
    asker: Asker,
    return_id: UUID,
    amount: int | None = None,
    *,
    to: PartKind | None = None,
    reason: str = "",
    advance: Advance = (),
) -> Refund:
    """Reserve what the units earned on the order's payments, or give it `to` a gift card at once.

    Kept and accepted units, and those of `advance`, are credited. Less than they earned is an adjustment;
    more needs a reason and a manager, ABOVE_CREDIT otherwise. Without `to` each line goes as its customer
    wished. Called again after a payment refused, other payments give the refused parts. Raises NotFound
    (``id``), Conflict: NOTHING_TO_REFUND, REFUND_PENDING, UNCLEAR (a gateway gave no answer: a person asks
    there, `resolve_refund`), EXCHANGE_WANTED, NEEDS_REVIEW; Invalid (``amount``): ABOVE_CREDIT, or
    ABOVE_CEILING when the payments hold less. Nothing is cut silently.
    """
    wish = Wish(amount, to, clean(reason, field="reason"))
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "refund")
        failed = books.refund_of(desk, RefundState.FAILED)
        if failed:
            refund = give_again(desk, asker, failed, amount, to, reason=wish.reason)
        else:
            refund = _decide(desk, asker, wish, advance)
        announce(desk, asker, refund, again=bool(failed))
    return refund


def announce(desk: Desk, asker: Asker, refund: Refund, verb: str = "refund", *, again: bool = False) -> None:
    """Log the decision and wake the worker, or finish what needs none, inside the caller's transaction."""
    store.log(desk.request, verb, asker, payloads.of_refund(desk, refund, again=again))
    if refund.state == RefundState.PENDING:
        emit(DUE, {"refundId": str(refund.pk)})
    elif refund.state == RefundState.SUCCEEDED:
        finish(desk, refund)


def _decide(desk: Desk, asker: Asker, wish: Wish, advance: Advance) -> Refund:
    check_explained(desk)
    due, to = to_refund(waiting(desk, advance), wish.to)
    check_advance(due, advance)
    if not due:
        raise nothing(desk)
    goodwill = bool(wish.reason) and is_manager(asker)
    plan = adjust(plan_units(desk, due), wish.amount, desk.ledger.refunds + 1, goodwill=goodwill)
    found = books.balances(desk)
    given = give(desk, asker, found, plan.charge.gross, to, reason=wish.reason)
    refund = create_refund(desk, plan, given, reason=wish.reason)
    credit_units(due)
    return refund


def nothing(desk: Desk, code: str = "NOTHING_TO_REFUND") -> Conflict:
    """Why there is nothing to decide."""
    pending = books.refund_of(desk, RefundState.PENDING)
    if pending and books.parts_of(pending, [PartState.UNKNOWN]):
        return Conflict(
            "The gateway gave no answer: ask there whether it gave it, and say so (returnRefundResolve).",
            field="id",
            code="UNCLEAR",
        )
    return Conflict(
        "No accepted unit waits for a refund.", field="id", code="REFUND_PENDING" if pending else code
    )
