"""Payments, as both generations of Saleor store them, and what a refund's outcome means."""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from saleor.order.models import Order
from saleor.payment import PaymentError, TransactionKind
from saleor.payment.gateway import ERROR_MSG
from saleor.payment.models import Payment

from ...kernel.errors import Invalid, NotFound
from .. import port
from . import attempts, convert
from .giftcards import OrmGiftCards, card_key
from .outside import refuse_in_transaction

logger = logging.getLogger(__name__)


class OrmPayments(OrmGiftCards):
    """`port.Payments` for Saleor's payments; 3.x adds transactions."""

    def _gateway_ready(self, payment: Any) -> bool:
        """Whether the payment's gateway is switched on."""
        raise NotImplementedError

    def _gateway_refund(self, payment: Any, amount: Decimal) -> Any:
        """Saleor's own refund of a payment; answers its transaction row."""
        raise NotImplementedError

    def _refunded(self, payment: Any, amount: Decimal) -> None:
        """Saleor's order event, mail and webhooks once the money is back."""
        raise NotImplementedError

    def _refund_failed(self, payment: Any, message: str) -> None:
        """Saleor's order event for a refusal."""
        raise NotImplementedError

    def payments(self, order_id: str, *, lock: bool = False) -> list[port.Payment]:
        try:
            key = convert.pk(Order, order_id)
        except NotFound:
            return []
        rows = Payment.objects.filter(order_id=key).order_by("pk")
        if lock:
            list(rows.select_for_update(of=("self",)).values_list("pk"))
        found = [_to_payment(row) for row in rows.prefetch_related("transactions")]
        charged = [row for row in found if row.captured > 0]
        return [*charged, *self._transactions(order_id, lock), *self.card_payments(order_id, lock=lock)]

    def _transactions(self, order_id: str, lock: bool) -> list[port.Payment]:
        """What was charged by transactions, which only 3.x has."""
        return []

    def refund(
        self, order_id: str, payment_id: str, amount: int, *, key: str, reason: str = ""
    ) -> port.RefundResult:
        refuse_in_transaction("refund")
        payment = next((row for row in self.payments(order_id) if row.id == payment_id), None)
        if payment is None:
            raise NotFound("No such payment of this order.", field="paymentId")
        earlier = self._earlier(order_id, payment, amount, key)
        if earlier:
            return earlier
        if not 0 < amount <= payment.refundable:
            raise Invalid(f"At most {payment.refundable} can be refunded.", field="amount")
        return self._refund(order_id, payment, amount, key, reason)

    def _earlier(
        self, order_id: str, payment: port.Payment, amount: int, key: str
    ) -> port.RefundResult | None:
        """What became of the refund that was asked for with this key. Raises KeyReused."""
        event = attempts.find(convert.pk(Order, order_id), payment.id, key)
        return attempts.answer(attempts.same(event, amount)) if event else None

    def _refund(
        self, order_id: str, payment: port.Payment, amount: int, key: str, reason: str
    ) -> port.RefundResult:
        if card_key(payment.id) is not None:
            return self.refund_card(order_id, payment, amount, key)
        row = Payment.objects.select_related("order").get(pk=convert.pk(Payment, payment.id))
        value = convert.major(amount, payment.currency)
        if not self._gateway_ready(row):
            return port.RefundResult(port.RefundStatus.FAILED, message=f"{row.gateway} is not available.")
        with transaction.atomic():
            attempts.lock(row.order_id)
            event, new = attempts.claim(row.order_id, payment, amount, key)
        if not new:
            return attempts.answer(event)
        result = settle(
            send=lambda: self._gateway_refund(row, value),
            done=lambda: self._refunded(row, value),
            failed=lambda message: self._refund_failed(row, message),
        )
        return attempts.settle(event, result)


def settle(
    send: Callable[[], Any], done: Callable[[], None], failed: Callable[[str], None]
) -> port.RefundResult:
    """Run one refund of a payment and say what is known of it.

    Saleor turns a gateway's broken answer or exception into ERROR_MSG (2.10 every exception, 3.x a
    part): the money may have moved. Any other PaymentError is the gateway's, or Saleor's, own no.
    """
    status = port.RefundStatus
    try:
        row = send()
    except PaymentError as error:
        if str(error.message) == ERROR_MSG:
            return port.RefundResult(status.UNKNOWN, message="The gateway gave no usable answer.")
        failed(str(error.message))
        return port.RefundResult(status.FAILED, message=str(error.message))
    except Exception as error:  # whatever it was, it may have come after the money moved
        return port.RefundResult(status.UNKNOWN, message=type(error).__name__)
    if row.kind != TransactionKind.REFUND:
        return port.RefundResult(status.UNKNOWN, row.token, "The gateway is still at it.")
    try:
        done()
    except Exception:  # the money is back whatever the shop's own listeners do
        logger.exception("Saleor's own handling of a refund failed.")
    return port.RefundResult(status.SUCCEEDED, row.token)


def _to_payment(row: Any) -> port.Payment:
    given, under_way = Decimal(0), Decimal(0)
    for item in row.transactions.all():
        if item.is_success and item.kind == TransactionKind.REFUND:
            given += item.amount
        elif item.is_success and item.kind == getattr(TransactionKind, "REFUND_ONGOING", None):
            under_way += item.amount
    ongoing = max(under_way - given, Decimal(0))
    left = row.captured_amount - ongoing if row.can_refund() else Decimal(0)
    return port.Payment(
        id=convert.gid("Payment", row.pk),
        gateway=row.gateway,
        currency=row.currency,
        captured=convert.minor(row.captured_amount + given, row.currency),
        refunded=convert.minor(given, row.currency),
        refundable=max(convert.minor(left, row.currency), 0),
        instrument=convert.instrument(row),
    )
