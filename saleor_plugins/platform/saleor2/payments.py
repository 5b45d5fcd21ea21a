"""Payments of Saleor 2.10."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from saleor.order import events
from saleor.order.actions import order_refunded
from saleor.payment import PaymentError, gateway
from saleor.payment.models import Payment
from saleor.plugins.manager import get_plugins_manager

from ..orm.payments import OrmPayments
from .giftcards import GiftCards2


class Payments2(GiftCards2, OrmPayments):
    """`port.Payments` on Saleor 2.10."""

    def _gateway_ready(self, payment: Any) -> bool:
        plugin = get_plugins_manager().get_plugin(payment.gateway)
        return bool(plugin and plugin.active)

    def _gateway_refund(self, payment: Any, amount: Decimal) -> Any:
        # 2.10 checks an unlocked row, so two at once would both pass; 3.x locks it, as here.
        with transaction.atomic():
            locked = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
            try:
                return gateway.refund(locked, amount)
            except PaymentError as error:
                refused = error
        # Raised after the commit: the attempt stays in Saleor's history.
        raise refused

    def _refunded(self, payment: Any, amount: Decimal) -> None:
        order_refunded(payment.order, None, amount, payment)

    def _refund_failed(self, payment: Any, message: str) -> None:
        events.payment_failed_event(order=payment.order, user=None, message=message, payment=payment)
