"""Payments and transactions of Saleor 3.x."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from saleor.order import events
from saleor.order.actions import order_refunded
from saleor.payment import gateway

from ...kernel.errors import NotFound
from .. import port
from ..orm.payments import OrmPayments
from . import transactions
from .context import manager
from .giftcards import GiftCards3


class Payments3(GiftCards3, OrmPayments):
    """`port.Payments` on Saleor 3.x."""

    def _transactions(self, order_id: str, lock: bool) -> list[port.Payment]:
        return transactions.payments(order_id, lock=lock)

    def _earlier(
        self, order_id: str, payment: port.Payment, amount: int, key: str
    ) -> port.RefundResult | None:
        item = _item(payment)
        if item is None:
            return super()._earlier(order_id, payment, amount, key)
        return transactions.earlier(item, payment.currency, amount, key)

    def _refund(
        self, order_id: str, payment: port.Payment, amount: int, key: str, reason: str
    ) -> port.RefundResult:
        item = _item(payment)
        if item is None:
            return super()._refund(order_id, payment, amount, key, reason)
        return transactions.refund(item, payment.currency, amount, key, reason)

    def _gateway_ready(self, payment: Any) -> bool:
        if payment.is_manual():
            return True
        plugin = manager().get_plugin(payment.gateway, payment.order.channel.slug)
        return bool(plugin and plugin.active)

    def _gateway_refund(self, payment: Any, amount: Decimal) -> Any:
        channel = payment.order.channel.slug
        return gateway.refund(payment, manager(), amount=amount, channel_slug=channel)

    def _refunded(self, payment: Any, amount: Decimal) -> None:
        payment.refresh_from_db()
        order_refunded(payment.order, None, None, amount, payment, manager())

    def _refund_failed(self, payment: Any, message: str) -> None:
        events.payment_failed_event(
            order=payment.order, user=None, app=None, message=message, payment=payment
        )


def _item(payment: port.Payment) -> Any:
    """The token of a transaction, None for any other payment."""
    try:
        return transactions.item_key(payment.id)
    except NotFound:
        return None
