"""Refunds through Saleor 3's transactions: asked for here, done by the payment app, reported back later."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from saleor.order import OrderGrantedRefundStatus
from saleor.order.models import Order, OrderGrantedRefund
from saleor.order.utils import calculate_order_granted_refund_status, update_order_charge_data
from saleor.payment import PaymentError, TransactionEventType, gateway
from saleor.payment.models import TransactionEvent, TransactionItem

try:
    from saleor.giftcard import const
except ImportError:  # before 3.23
    const = None

from ...kernel.errors import Invalid, KeyReused, NotFound
from ...kernel.ids import from_global
from .. import port
from ..orm import convert
from .context import manager

GIFT_CARD = "GIFT_CARD_PAYMENT_GATEWAY_ID"


def item_key(payment_id: str) -> Any:
    """The token inside a TransactionItem's global id; NotFound for any other id."""
    try:
        return TransactionItem._meta.get_field("token").to_python(from_global(payment_id, "TransactionItem"))
    except Exception as error:
        raise NotFound("No such transaction.", field="paymentId") from error


def payments(order_id: str, *, lock: bool = False) -> list[port.Payment]:
    """The order's transactions with something charged, oldest first."""
    try:
        key = convert.pk(Order, order_id)
    except NotFound:
        return []
    rows = TransactionItem.objects.filter(order_id=key).order_by("pk")
    if lock:
        list(rows.select_for_update(of=("self",)).values_list("pk"))
    asked = _asked(key)
    found = [_to_payment(row, asked.get(row.pk, Decimal(0))) for row in rows]
    return [row for row in found if row.captured > 0]


def refund(token: Any, currency: str, amount: int, key: str, reason: str) -> port.RefundResult:
    """Grant the refund, ask the payment app for it, and say what is known by now.

    A payment app mostly answers later: UNKNOWN until it has reported.
    """
    status = port.RefundStatus
    value = convert.major(amount, currency)
    try:
        item, grant, event = _request(token, value, key, reason)
    except IntegrityError:
        # Its twin was faster.
        return earlier(token, currency, amount, key) or port.RefundResult(status.UNKNOWN, key)
    message = ""
    try:
        _send(item, grant, event, value)
    except PaymentError as error:
        message = str(error.message)
    except Exception as error:  # it may have come after the money moved
        return port.RefundResult(status.UNKNOWN, key, type(error).__name__)
    return _outcome(grant, event, message)


def earlier(token: Any, currency: str, amount: int, key: str) -> port.RefundResult | None:
    """What became of the refund that was asked for with this key; None when none was. Raises KeyReused.

    Its grant is what the payment app's reports are counted on; a refused one was withdrawn.
    """
    rows = TransactionEvent.objects.select_related("related_granted_refund").order_by("pk")
    event = rows.filter(transaction__token=token, idempotency_key=key).first()
    if event is None:
        return None
    if event.amount_value != convert.major(amount, currency):
        raise KeyReused("This key was used for another amount.", field="key")
    grant = event.related_granted_refund
    if grant is None:
        return port.RefundResult(port.RefundStatus.FAILED, "", "The payment app refused.")
    return _outcome(grant, event, "")


def _outcome(grant: Any, event: Any, refused: str) -> port.RefundResult:
    status = port.RefundStatus
    calculate_order_granted_refund_status(grant)
    if grant.status == OrderGrantedRefundStatus.SUCCESS:
        return port.RefundResult(status.SUCCEEDED, _reference(event))
    if refused or grant.status == OrderGrantedRefundStatus.FAILURE:
        reference = _reference(event)
        _withdraw(grant)
        return port.RefundResult(status.FAILED, reference, refused or "The payment app refused.")
    waiting = "The payment app has not reported yet."
    return port.RefundResult(status.UNKNOWN, _reference(event) or event.idempotency_key, waiting)


def _request(token: Any, value: Decimal, key: str, reason: str) -> tuple[Any, Any, Any]:
    with transaction.atomic():
        order_key = TransactionItem.objects.values_list("order_id", flat=True).get(token=token)
        order = Order.objects.select_for_update(of=("self",)).get(pk=order_key)
        item = TransactionItem.objects.select_for_update(of=("self",)).get(token=token)
        left = item.charged_value - _asked(order_key).get(item.pk, Decimal(0))
        if value > left:
            raise Invalid(f"At most {left} can be refunded.", field="amount")
        grant = order.granted_refunds.create(
            amount_value=value, currency=item.currency, reason=reason, transaction_item=item
        )
        update_order_charge_data(order)
        event = item.events.create(
            type=TransactionEventType.REFUND_REQUEST,
            amount_value=value,
            currency=item.currency,
            app_identifier=item.app_identifier if _is_gift_card(item) else None,
            message=reason or None,
            idempotency_key=key,
            related_granted_refund=grant,
        )
        calculate_order_granted_refund_status(grant)
    return item, grant, event


def _send(item: Any, grant: Any, event: Any, value: Decimal) -> None:
    if _is_gift_card(item):
        from saleor.giftcard.gateway import refund_gift_card_transaction

        refund_gift_card_transaction(item, event, app=None)
        return
    gateway.request_refund_action(
        transaction=item,
        manager=manager(),
        refund_value=value,
        request_event=event,
        channel_slug=grant.order.channel.slug,
        user=None,
        app=None,
        granted_refund=grant,
    )


def _is_gift_card(item: Any) -> bool:
    """Whether a gift card paid; since 3.23 Saleor is that gateway itself."""
    return bool(item.app_identifier) and item.app_identifier == getattr(const, GIFT_CARD, None)


def _reference(event: Any) -> str:
    with contextlib.suppress(TransactionEvent.DoesNotExist):
        event.refresh_from_db()
    answers = TransactionEvent.objects.filter(
        related_granted_refund_id=event.related_granted_refund_id, psp_reference__isnull=False
    )
    return answers.order_by("pk").values_list("psp_reference", flat=True).last() or ""


def _withdraw(grant: Any) -> None:
    """A refused refund is owed no longer; the transaction's events keep the story."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=grant.order_id)
        grant.delete()
        update_order_charge_data(order)


def _asked(order_key: Any) -> dict[Any, Decimal]:
    """Refunds granted and sent that no report has yet taken off the charged amount, by transaction."""
    counted = TransactionEvent.objects.filter(
        related_granted_refund=OuterRef("pk"),
        type=TransactionEventType.REFUND_REQUEST,
        include_in_calculations=True,
    )
    rows = OrderGrantedRefund.objects.filter(
        ~Exists(counted), order_id=order_key, status=OrderGrantedRefundStatus.PENDING
    )
    sums: dict[Any, Decimal] = {}
    for item, value in rows.values_list("transaction_item_id", "amount_value"):
        sums[item] = sums.get(item, Decimal(0)) + value
    return sums


def _to_payment(row: Any, asked: Decimal) -> port.Payment:
    captured = row.charged_value + row.refunded_value + row.refund_pending_value
    return port.Payment(
        id=convert.gid("TransactionItem", row.token),
        gateway=row.app_identifier or row.name or "",
        currency=row.currency,
        captured=convert.minor(captured, row.currency),
        refunded=convert.minor(row.refunded_value, row.currency),
        refundable=max(convert.minor(row.charged_value - asked, row.currency), 0),
        instrument=convert.instrument(row),
    )
