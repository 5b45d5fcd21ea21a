"""Write down what became of a refund's call, and what follows for the refund and its return."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import Asker, AskerKind, RefundResult, RefundStatus

from .. import payloads, store
from ..domain.machines import IN_FLIGHT, PartState, RefundState
from ..models import Refund, RefundPart
from ..store import Desk, books
from .show_refund import only_exchanged, show_refund

logger = logging.getLogger(__name__)

SYSTEM = Asker(AskerKind.APP, "system")
DUE = "returns.refund_due"


def settle_part(asked: RefundPart, result: RefundResult) -> None:
    """Store the answer to this attempt. Does nothing when somebody else settled the attempt meanwhile.

    FAILED is a clear no, of the gateway or of a person who asked there: it ends the attempt and its key, and
    frees the money. Without one the part is UNKNOWN and holds its money, so that it can still succeed.
    """
    with transaction.atomic():
        part = RefundPart.objects.select_related("refund__rma").get(pk=asked.pk)
        store.open_order(part.refund.rma.order_id)
        part.refresh_from_db()
        if part.state not in IN_FLIGHT or part.attempt != asked.attempt:
            if result.status is RefundStatus.SUCCEEDED and part.attempt != asked.attempt:
                _contradict(part, result)
            return
        said: dict[str, Any] = {"reference": result.reference[:255], "message": result.message[:300]}
        if result.status is RefundStatus.SUCCEEDED:
            books.move_part(part, "succeed", settled=clock.now(), **said)
        elif result.status is RefundStatus.FAILED:
            books.move_part(part, "fail", attempt=part.attempt + 1, sent=None, **said)
        elif part.state == PartState.SENT:
            books.move_part(part, "lose", **said)
        conclude(part.refund_id)
        if part.state not in IN_FLIGHT:
            for refund_id in books.queue(part.payment_id):
                emit(DUE, {"refundId": str(refund_id)})


def _contradict(part: RefundPart, result: RefundResult) -> None:
    """The gateway gave what a person had said it did not: the shop's books count it, the history says it."""
    logger.error("refund_contradicted", extra={"part": str(part.pk)})
    rma = store.open_return(part.refund.rma_id).request
    data = {"paymentId": part.payment_id, "reference": result.reference[:255]}
    store.log(rma, "refund_contradicted", SYSTEM, data)


def doubt_part(part: RefundPart, why: str) -> None:
    """Nothing says what became of the part: it is UNKNOWN. The history says once that a person must ask."""
    if part.state == PartState.UNKNOWN and part.message == why:
        return
    with transaction.atomic():
        settle_part(part, RefundResult(RefundStatus.UNKNOWN, part.reference, why))
        RefundPart.objects.filter(pk=part.pk, state=PartState.UNKNOWN).update(message=why)
        desk = store.open_return(part.refund.rma_id)
        data = {"paymentId": part.payment_id, "message": why}
        store.log(desk.request, "refund_unclear", SYSTEM, data)


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
            {
                "paymentId": part.payment_id,
                "message": part.message,
                **payloads.money(part.amount, desk.ledger.currency),
            }
            for part in books.parts_of(refund, [PartState.FAILED])
        ]
        data = payloads.of_refund(desk, refund, failed=failed)
        store.log(desk.request, "refund_failed", SYSTEM, data)
        emit("refund.failed", data)


def finish(desk: Desk, refund: Refund) -> None:
    """The customer has the money: settle the units and announce it, inside the caller's transaction.

    An exchange without a rest was announced when it was made.
    """
    _settle_lines(desk, payloads.units_of(refund))
    data = payloads.of_refund(desk, refund)
    shown = show_refund(desk, refund)
    store.log(desk.request, "refunded", SYSTEM, {**data, "shown": shown})
    if not only_exchanged(refund):
        emit("return.refunded", data)


def _settle_lines(desk: Desk, units: dict[str, int]) -> None:
    for line in desk.request_lines:
        now = store.buckets(line)
        settled = min(now.credited - now.settled, units.get(line.line_id, 0))
        if settled:
            units[line.line_id] -= settled
            store.save_buckets(line, now.settle(settled))
