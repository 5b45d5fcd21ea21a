"""Write down what became of a refund's call, and what follows for the refund and its return."""

from __future__ import annotations

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

SYSTEM = Asker(AskerKind.APP, "system")


def settle_part(part_id: UUID, result: RefundResult, *, refused: bool = True) -> None:
    """Store the answer. Does nothing when the part is no longer in flight: somebody else settled it.

    `refused` is False when the books, not the gateway, said that it did not happen: the part then keeps when
    it was sent, so that nothing is tried again before its trace showed or a person said that there is none.
    """
    with transaction.atomic():
        part = RefundPart.objects.select_related("refund__rma").get(pk=part_id)
        store.open_order(part.refund.rma.order_id)
        part.refresh_from_db()
        if part.state not in IN_FLIGHT:
            return
        said: dict[str, Any] = {"reference": result.reference[:255], "message": result.message[:300]}
        if result.status is RefundStatus.SUCCEEDED:
            books.move_part(part, "succeed", settled=clock.now(), **said)
        elif result.status is RefundStatus.FAILED:
            # A clear no ends the attempt and its key: nothing of it can still show in the books.
            said |= {"attempt": part.attempt + 1, "sent": None} if refused else {}
            books.move_part(part, "fail", **said)
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
