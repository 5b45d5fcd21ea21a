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
from .settle_refund import doubt_part, settle_part

logger = logging.getLogger(__name__)

ABSENT = "The payment shows no trace of it; ask the gateway, and say what it knows."
CLOSED = "The payment has closed it without giving it."
UNCLEAR = "The payment gave back another amount meanwhile; compare with the gateway."


def reconcile_part(part_id: UUID, *, grace: timedelta = GRACE) -> Verdict:
    """Settle the part when the books are clear; WAIT when it is too early or nothing is in flight.

    It is never sent again from here. Books can be late, so a part without a trace is UNKNOWN, and its money
    held, until its trace shows or a person has asked the gateway.
    """
    with transaction.atomic():
        part = RefundPart.objects.select_related("refund__rma").get(pk=part_id)
        desk = store.open_order(part.refund.rma.order_id)
        part.refresh_from_db()
        balance = books.balances(desk).get(part.payment_id)
        if part.state not in IN_FLIGHT or balance is None or part.before is None or part.sent is None:
            return Verdict.WAIT
        trace = Trace(part.amount, part.before, balance.given, balance.under_way, part.sent)
        verdict = judge(trace, clock.now(), grace)
        if verdict is Verdict.HAPPENED:
            settle_part(part, RefundResult(RefundStatus.SUCCEEDED, part.reference, "reconciled"))
        elif verdict is Verdict.ABSENT and part.reference:
            # The shop had it on its books, and has closed it: that is the gateway's no.
            settle_part(part, RefundResult(RefundStatus.FAILED, message=CLOSED))
        elif verdict is not Verdict.WAIT:
            logger.warning("refund_unclear", extra={"part": str(part.pk)})
            doubt_part(part, UNCLEAR if verdict is Verdict.UNCLEAR else ABSENT)
        return verdict
