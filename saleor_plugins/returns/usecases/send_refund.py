"""Give the money back: reserve, call the gateway outside any transaction, settle.

Safe to kill anywhere. A part that was sent is never sent again by the machine: what became of it is
read from the payment's own books (`reconcile_refund`).
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import RefundResult, RefundStatus

from .. import store
from ..domain.machines import IN_FLIGHT, PartState
from ..models import RefundPart
from ..store import books
from .reconcile_refund import reconcile_part
from .settle_refund import conclude, settle_part

logger = logging.getLogger(__name__)


def send_refund(refund_id: UUID) -> None:
    """Look at the parts in flight and send every reserved one that need not wait for another of its payment.

    What waits is woken when the other one is settled.
    """
    refund = books.find_refund(refund_id)
    for part in books.parts_of(refund, IN_FLIGHT):
        reconcile_part(part.pk)
    for part in books.parts_of(refund, [PartState.RESERVED]):
        claimed = _claim(part.pk, part.refund.rma.order_id)
        if claimed:
            settle_part(claimed, _call(claimed))


def _claim(part_id: UUID, order_id: str) -> RefundPart | None:
    """Mark the part as sent, with what the payment had given before; None when there is nothing to send."""
    with transaction.atomic():
        desk = store.open_order(order_id)
        part = RefundPart.objects.get(pk=part_id)
        if part.state != PartState.RESERVED or books.is_busy(part.payment_id):
            return None
        balance = books.balances(desk).get(part.payment_id)
        if balance is None or balance.shop.refundable < part.amount:
            books.move_part(part, "refuse", message="The payment can no longer give this.")
            # What ate the balance could not be booked while this part held it.
            books.balances(desk)
            conclude(part.refund_id)
            return None
        books.move_part(part, "send", before=balance.given, sent=clock.now())
        return part


def _call(part: RefundPart) -> RefundResult:
    """Ask the gateway. Whatever is not a clear answer is UNKNOWN."""
    # After an exchange the money may be with the payments of the order before it.
    order_id = part.payment.order_id
    key = f"{part.pk}:{part.attempt}"
    try:
        return shop().refund(order_id, part.payment_id, part.amount, key=key, reason="return")
    except OpsError as error:
        # The port refuses before it talks to the gateway.
        return RefundResult(RefundStatus.FAILED, message=error.message)
    except Exception as error:
        logger.exception("refund_call_broke", extra={"part": str(part.pk)})
        return RefundResult(RefundStatus.UNKNOWN, message=type(error).__name__)
