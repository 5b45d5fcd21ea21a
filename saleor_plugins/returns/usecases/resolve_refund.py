"""A person has asked the gateway what became of a refund that the books leave unclear."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.kernel.errors import Conflict, NotFound, Required
from saleor_plugins.platform.port import Asker, RefundResult, RefundStatus

from .. import store
from ..domain.machines import PartState
from ..models import Refund
from ..store import books
from ..texts import clean
from .settle_refund import settle_part


def resolve_refund(asker: Asker, refund_id: UUID, payment_id: str, happened: bool, reason: str) -> Refund:
    """Settle the payment's UNKNOWN part by what the gateway says, and keep who said so and why.

    Raises Required (``reason``), NotFound (``id``, ``paymentId``), Conflict (``state``) unless it is UNKNOWN.
    """
    why = clean(reason, field="reason", most=250)
    if not why:
        raise Required("Say how you know.", field="reason")
    refund = books.find_refund(refund_id)
    with transaction.atomic():
        desk = store.open_return(refund.rma_id)
        parts = {part.payment_id: part for part in books.parts_of(refund, list(PartState))}
        part = parts.get(payment_id)
        if part is None:
            raise NotFound("No such payment in this refund.", field="paymentId")
        if part.state != PartState.UNKNOWN:
            raise Conflict(f"It is {part.state}.", field="state")
        status = RefundStatus.SUCCEEDED if happened else RefundStatus.FAILED
        settle_part(part.pk, RefundResult(status, part.reference, why))
        data = {"paymentId": payment_id, "happened": happened, "reason": why}
        store.log(desk.request, "resolve", asker, data)
    return books.find_refund(refund_id)
