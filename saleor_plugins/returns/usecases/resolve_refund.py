"""A person has asked the gateway what became of a refund that the books leave unclear."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.http.texts import clean
from saleor_plugins.kernel.errors import Conflict, NotFound, Required
from saleor_plugins.platform.port import Asker, RefundResult, RefundStatus

from .. import store
from ..domain.machines import PartState
from ..models import Refund, RefundPart
from ..store import books
from .settle_refund import settle_part


def resolve_refund(asker: Asker, refund_id: UUID, payment_id: str, happened: bool, reason: str) -> Refund:
    """Settle the payment's UNKNOWN part by what the gateway says, and keep who said so and why.

    Either truth can always be said: until then the part holds its money, and nobody else is given it.
    Raises Required (``reason``), NotFound (``id``, ``paymentId``), Conflict (``state``) if none is UNKNOWN.
    """
    why = clean(reason, field="reason", most=250)
    if not why:
        raise Required("Say how you know.", field="reason")
    refund = books.find_refund(refund_id)
    with transaction.atomic():
        desk = store.open_return(refund.rma_id)
        part = _in_doubt(refund, payment_id)
        status = RefundStatus.SUCCEEDED if happened else RefundStatus.FAILED
        settle_part(part, RefundResult(status, part.reference, why))
        data = {"paymentId": payment_id, "happened": happened, "reason": why}
        store.log(desk.request, "resolve", asker, data)
    return books.find_refund(refund_id)


def _in_doubt(refund: Refund, payment_id: str) -> RefundPart:
    parts = [part for part in books.parts_of(refund, list(PartState)) if part.payment_id == payment_id]
    if not payment_id or not parts:
        raise NotFound("No such payment in this refund.", field="paymentId")
    for part in parts:
        if part.state == PartState.UNKNOWN:
            return part
    raise Conflict(f"It is {parts[-1].state}.", field="state")
