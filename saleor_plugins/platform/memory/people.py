"""Money, people and settings of the in-memory shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...kernel.errors import Invalid, NotFound
from ..port import Asker, AskerKind, Payment, PluginConfiguration, RefundResult, RefundStatus
from ..sorting import by_id
from .history import HistoryInMemory
from .state import Mail, Refund

Gateway = Callable[[Payment, int, str], RefundResult]


def _obliging(payment: Payment, amount: int, key: str) -> RefundResult:
    return RefundResult(RefundStatus.SUCCEEDED, reference=f"refund-{key}")


class PeopleInMemory(HistoryInMemory):
    """`port.Payments`, `port.People` and `port.Settings`.

    `gateway` answers refunds; set it to rehearse failures and lost answers. An exception from
    it counts as a lost answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gateway: Gateway = _obliging
        self.zone = "UTC"

    def payments(self, order_id: str, *, lock: bool = False) -> list[Payment]:
        with self._lock:
            rows = [
                replace(row, refundable=row.captured - row.refunded)
                for row in self.state.payments.values()
                if self.state.payment_orders[row.id] == order_id and row.captured > 0
            ]
        return sorted(rows, key=lambda row: by_id(row.id))

    def refund(
        self, order_id: str, payment_id: str, amount: int, *, key: str, reason: str = ""
    ) -> RefundResult:
        self._refuse_in_transaction("refund")
        with self.transaction() as state:
            self.order(order_id)
            payment = next((row for row in self.payments(order_id) if row.id == payment_id), None)
            if payment is None:
                raise NotFound("No such payment of this order.", field="paymentId")
            if not 0 < amount <= payment.refundable:
                raise Invalid(f"At most {payment.refundable} can be refunded.", field="amount")
            number = f"{len(state.refunds)}"
            state.refunds[number] = Refund(order_id, payment_id, amount, key, reason)
        try:
            result = self.gateway(payment, amount, key)
        except Exception as error:  # whatever a gateway raises, the money may have moved
            result = RefundResult(RefundStatus.UNKNOWN, message=type(error).__name__)
        with self.transaction() as state:
            state.refunds[number] = replace(state.refunds[number], result=result)
            if result.status is RefundStatus.SUCCEEDED:
                stored = state.payments[payment_id]
                state.payments[payment_id] = replace(stored, refunded=stored.refunded + amount)
        return result

    def asker(self, request: Any) -> Asker:
        meta = request.META
        header = meta.get("HTTP_AUTHORIZATION_BEARER") or meta.get("HTTP_AUTHORIZATION") or ""
        with self._lock:
            return self.state.askers.get(header.rpartition(" ")[2], Asker())

    def owns_order(self, asker: Asker, order_id: str) -> bool:
        if asker.kind not in (AskerKind.CUSTOMER, AskerKind.STAFF) or asker.id is None:
            return False
        with self._lock:
            order = self.state.orders.get(order_id)
        return order is not None and order.user_id == asker.id

    def send_mail(self, to: str, subject: str, text: str, html: str | None = None) -> None:
        self._refuse_in_transaction("send_mail")
        with self._lock:
            self.state.mails[f"{len(self.state.mails)}"] = Mail(to, subject, text, html)

    def plugin_configuration(self, plugin_id: str) -> PluginConfiguration:
        with self._lock:
            return self.state.plugins.get(plugin_id, PluginConfiguration())

    def time_zone(self) -> str:
        return self.zone
