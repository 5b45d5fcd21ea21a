"""Send an order to its supplier: reserved, sent outside any transaction, settled.

A revision goes out as one document whatever happens: who finds it reserved sends the same one under the
same key (Message-ID, webhook-id), by which the supplier's side knows it again. That is at least once;
two different orders it is never.
"""

from __future__ import annotations

import smtplib
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from ...delivery import Park, Retry, emit
from ...kernel.clock import now
from ...kernel.errors import Conflict, OpsError
from ...kernel.ids import to_global
from ..domain import order as rules
from ..domain.paper import read
from ..models import PurchaseOrder, SentOrder, Supplier
from ..sending.mail import send_mail
from ..sending.webhook import Refused, send_webhook
from ..store import orders, sending
from ..views.links import order_url
from .describe import describe
from .order_paper import cancel_paper, link_ends, order_paper

SEND_DUE = "restock.send_due"


def send_order(order_id: UUID) -> bool:
    """Send what the supplier does not have yet of an order; answers whether something went.

    Call it from a worker, outside any transaction. Nothing happens for a supplier without a channel, and
    unless the order is approved, or was changed after a part of it had come. Raises Retry while another
    worker may be sending, Park for what no further try mends, Refused, and whatever the mail server's client
    raises; staff see why in `error`.
    """
    with transaction.atomic():
        row = _reserve(order_id)
    return row is not None and _send(row)


def send_cancellation(order_id: UUID) -> bool:
    """Tell the supplier that a cancelled order is none, if they may have it. Raises as `send_order`."""
    with transaction.atomic():
        row = _reserve_cancellation(order_id)
    return row is not None and _send(row)


def ask_to_send(order_id: UUID) -> bool:
    """Staff want the order sent (again after a refusal); answers whether a worker does it.

    Of a supplier without a channel it only becomes SENT: somebody has told them. Raises NotFound (``id``),
    Conflict (``state``) unless it is approved, and (``id``) while a worker may be sending it.
    """
    with transaction.atomic():
        order = orders.lock(order_id)
        if not _may_go(order):
            raise Conflict(f"A purchase order that is {order.state} cannot be sent.", field="state")
        if order.supplier.channel != Supplier.NONE:
            emit(SEND_DUE, {"purchaseOrderId": to_global("PurchaseOrder", order.pk)})
            return True
        if sending.under_way(order):
            raise Conflict("A worker may be sending this order. Try again in five minutes.", field="id")
        row = sending.find(order, order.revision) or SentOrder(order=order, revision=order.revision)
        paper = order_paper(order).stored()
        settle_order(order, sending.reserve(row, channel=Supplier.NONE, document=row.document or paper))
    return False


def _reserve(order_id: UUID) -> SentOrder | None:
    """The revision to send, reserved in this transaction; None when there is nothing to do."""
    order = orders.lock(order_id)
    if not _may_go(order) or order.supplier.channel == Supplier.NONE:
        return None
    row = sending.find(order, order.revision)
    if row is not None and row.sent:
        return None
    _wait(order)
    if row is None:
        fresh = SentOrder(order=order, revision=order.revision, document=order_paper(order).stored())
        return sending.reserve(fresh, channel=order.supplier.channel)
    return _again(order, row)


def _reserve_cancellation(order_id: UUID) -> SentOrder | None:
    order = orders.lock(order_id)
    if order.state != rules.CANCELED:
        return None
    _wait(order)
    last = sending.last_out(order)
    if last is None or last.channel == Supplier.NONE:
        return None
    row = sending.find(order, last.revision, cancels=True)
    if row is not None:
        return None if row.sent else _again(order, row)
    fresh = SentOrder(order=order, revision=last.revision, cancels=True)
    return sending.reserve(fresh, channel=last.channel, document=cancel_paper(order, last).stored())


def _may_go(order: PurchaseOrder) -> bool:
    """Whether the supplier should have the revision: what was received in part goes only as a change."""
    if order.state == rules.PARTLY_RECEIVED:
        return sending.last_out(order, before=order.revision) is not None
    return bool(order.state == rules.APPROVED)


def _wait(order: PurchaseOrder) -> None:
    left = sending.under_way(order)
    if left is not None:
        raise Retry("Another worker may be sending this order.", after=left)


def _again(order: PurchaseOrder, row: SentOrder) -> SentOrder:
    """Once more: after a refusal by the supplier's channel of today, after a kill as it was begun."""
    if not row.error:
        return sending.reserve(row)
    channel = order.supplier.channel if order.supplier.channel != Supplier.NONE else row.channel
    return sending.reserve(row, channel=channel, document={**row.document, "until": link_ends()})


def _send(row: SentOrder) -> bool:
    supplier, paper = row.order.supplier, replace(read(row.document), cancels=row.cancels)
    link = order_url(row.order_id, row.revision, paper.until)
    try:
        if row.channel == Supplier.MAIL:
            send_mail(paper, supplier.email, link, row.pk.hex)
        else:
            url, secret = supplier.webhook_url, supplier.webhook_secret
            send_webhook(paper, row.order.approved_at or row.order.created, url, secret, link, str(row.pk))
    except Exception as error:
        sending.refuse(row, _why(error))
        raise
    with transaction.atomic():
        settle_order(orders.lock(row.order_id), row)
    return True


def settle_order(order: PurchaseOrder, row: SentOrder) -> None:
    """Write down, the order held, that it went; tell the world, move the order if it is still that one."""
    if not sending.settle(row) or row.cancels:
        return
    if order.state == rules.APPROVED and order.revision == row.revision:
        orders.move(order, "send", sent_at=now())
    data = {**describe(order, orders.lines_of(order)), "revision": row.revision, "channel": row.channel}
    emit("purchase_order.sent", data, key=f"{order.pk}:{row.revision}")


def _why(error: Exception) -> str:
    """The failure for staff: its own text only where it is ours, as others quote addresses."""
    if isinstance(error, OpsError | Park | Retry | Refused):
        return str(error)
    code = getattr(error, "smtp_code", "") if isinstance(error, smtplib.SMTPException) else ""
    return f"The mail server said no: {type(error).__name__} {code}".strip()
