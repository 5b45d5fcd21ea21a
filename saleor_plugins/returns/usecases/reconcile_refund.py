"""Find out what became of a refund whose answer never came, from the payment's own books."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import RefundResult, RefundStatus

from .. import store
from ..domain.machines import IN_FLIGHT
from ..domain.reconcile import GRACE, Trace, Verdict, judge
from ..models import RefundPart
from ..store import books
from .settle_refund import settle_part

logger = logging.getLogger(__name__)

ABSENT = "The payment shows no trace of it; ask the gateway, and say what it knows."
UNCLEAR = "The payment gave back another amount meanwhile; compare with the gateway."


def reconcile_part(part_id: UUID, *, grace: timedelta = GRACE) -> Verdict:
    """Settle the part when the books are clear; WAIT when it is too early or nothing is in flight.

    It is never sent again from here: a part without a trace becomes FAILED, and a person decides.
    """
    with transaction.atomic():
        part = RefundPart.objects.select_related("refund__rma").get(pk=part_id)
        desk = store.open_order(part.refund.rma.order_id)
        part.refresh_from_db()
        balance = books.balances(desk).get(part.payment_id)
        if part.state not in IN_FLIGHT or balance is None or part.before is None or part.sent is None:
            return Verdict.WAIT
        trace = Trace(part.amount, part.before, balance.shop.refunded, balance.under_way, part.sent)
        verdict = judge(trace, clock.now(), grace)
        if verdict is Verdict.HAPPENED:
            settle_part(part.pk, RefundResult(RefundStatus.SUCCEEDED, part.reference, "reconciled"))
        elif verdict is Verdict.ABSENT:
            # With a reference the shop had it on its books, and has closed it: a new key may be used.
            closed = bool(part.reference)
            settle_part(part.pk, RefundResult(RefundStatus.FAILED, message=ABSENT), refused=closed)
        elif verdict is Verdict.UNCLEAR:
            logger.warning("refund_unclear", extra={"part": str(part.pk)})
            settle_part(part.pk, RefundResult(RefundStatus.UNKNOWN, message=UNCLEAR))
        return verdict
