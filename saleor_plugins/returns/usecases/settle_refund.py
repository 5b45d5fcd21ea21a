"""Write down what became of a refund's call, and what follows for the refund and its return."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import Asker, AskerKind, RefundResult, RefundStatus

from .. import payloads, store
from ..domain.credit import Charge
from ..domain.machines import IN_FLIGHT, PartState, RefundState
from ..models import Refund, RefundAllocation, RefundPart
from ..store import Desk, books

SYSTEM = Asker(AskerKind.APP, "system")


def settle_part(part_id: UUID, result: RefundResult, *, refused: bool = True) -> None:
    """Store the answer. Does nothing when the part is no longer in flight: somebody else settled it.

    `refused` is False when the books, not the gateway, said that it did not happen: the next attempt
    then carries the same idempotency key, so that a gateway that did act answers again.
    """
    with transaction.atomic():
        part = RefundPart.objects.select_related("refund__rma").get(pk=part_id)
        store.open_order(part.refund.rma.order_id)
        part.refresh_from_db()
        if part.state not in IN_FLIGHT:
            return
        said = {"reference": result.reference[:255], "message": result.message[:300]}
        if result.status is RefundStatus.SUCCEEDED:
            books.move_part(part, "succeed", settled=clock.now(), **said)
        elif result.status is RefundStatus.FAILED:
            attempt = part.attempt + 1 if refused else part.attempt
            books.move_part(part, "fail", attempt=attempt, **said)
        elif part.state == PartState.SENT:
            books.move_part(part, "lose", **said)
        conclude(part.refund_id)


def conclude(refund_id: UUID) -> None:
    """Let the refund follow its parts and tell the world, inside the caller's transaction."""
    refund = books.find_refund(refund_id)
    desk = store.open_return(refund.rma_id)
    before = refund.state
    books.update_state(refund)
    if refund.state == before:
        return
    if refund.state == RefundState.SUCCEEDED:
        finish(desk, refund)
    elif refund.state == RefundState.FAILED:
        failed = [
            {"paymentId": part.payment_id, "message": part.message}
            for part in books.parts_of(refund, [PartState.FAILED])
        ]
        data = payloads.of_refund(desk, refund, failed=failed)
        store.log(desk.request, "refund_failed", SYSTEM, data)
        emit("refund.failed", data)


def finish(desk: Desk, refund: Refund) -> None:
    """The customer has the money: settle the units and announce it, inside the caller's transaction."""
    books.update_state(refund)
    items = RefundAllocation.objects.filter(refund=refund)
    units: dict[str, int] = {}
    credits: dict[str, Charge] = {}
    for row in items:
        key = row.order_line_id or row.component.lower()
        credits[key] = credits.get(key, Charge()) + Charge(row.net, row.tax)
        if row.order_line_id:
            units[key] = units.get(key, 0) + 1
    _settle_lines(desk, dict(units))
    rows = [
        {"for": key, "quantity": units.get(key), **payloads.amounts(charge, desk.ledger.currency)}
        for key, charge in credits.items()
    ]
    data = payloads.of_refund(desk, refund, rows=rows)
    store.log(desk.request, "refunded", SYSTEM, data)
    emit("return.refunded", data)


def _settle_lines(desk: Desk, units: dict[str, int]) -> None:
    for line in desk.request_lines:
        now = store.buckets(line)
        settled = min(now.credited - now.settled, units.get(line.line_id, 0))
        if settled:
            units[line.line_id] -= settled
            store.save_buckets(line, now.settle(settled))
