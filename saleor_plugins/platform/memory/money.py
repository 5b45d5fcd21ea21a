"""Payments and gift cards of the in-memory shop."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from ...kernel.errors import Invalid, KeyReused, NotFound
from ...kernel.ids import to_global
from ..port import GIFT_CARD_GATEWAY, GiftCard, Payment, RefundResult, RefundStatus
from ..sorting import by_id
from .history import HistoryInMemory
from .state import Refund, State, next_number

Gateway = Callable[[Payment, int, str], RefundResult]


def _obliging(payment: Payment, amount: int, key: str) -> RefundResult:
    return RefundResult(RefundStatus.SUCCEEDED, reference=f"refund-{key}")


class MoneyInMemory(HistoryInMemory):
    """`port.Payments`.

    `gateway` answers refunds of payments; set it to rehearse failures and lost answers. An exception from
    it counts as a lost answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gateway: Gateway = _obliging

    def payments(self, order_id: str, *, lock: bool = False) -> list[Payment]:
        with self._lock:
            rows = [
                replace(row, refundable=0 if self._is_spoilt(row) else row.captured - row.refunded)
                for row in self.state.payments.values()
                if self.state.payment_orders[row.id] == order_id and row.captured > 0
            ]
        return sorted(rows, key=lambda row: (row.gateway == GIFT_CARD_GATEWAY, by_id(row.id)))

    def _is_spoilt(self, row: Payment) -> bool:
        card = self.state.payment_cards.get(row.id)
        return card is not None and card not in self.state.gift_cards

    def refund(
        self, order_id: str, payment_id: str, amount: int, *, key: str, reason: str = ""
    ) -> RefundResult:
        self._refuse_in_transaction("refund")
        with self.transaction() as state:
            self.order(order_id)
            payment = next((row for row in self.payments(order_id) if row.id == payment_id), None)
            if payment is None:
                raise NotFound("No such payment of this order.", field="paymentId")
            if earlier := state.refunds.get(f"{payment_id} {key}"):
                return _earlier(earlier, amount)
            if not 0 < amount <= payment.refundable:
                raise Invalid(f"At most {payment.refundable} can be refunded.", field="amount")
            number = f"{payment_id} {key}"
            state.refunds[number] = Refund(order_id, payment_id, amount, key, reason)
        try:
            by_card = payment.gateway == GIFT_CARD_GATEWAY
            result = _obliging(payment, amount, key) if by_card else self.gateway(payment, amount, key)
        except Exception as error:  # whatever a gateway raises, the money may have moved
            result = RefundResult(RefundStatus.UNKNOWN, message=type(error).__name__)
        with self.transaction() as state:
            state.refunds[number] = replace(state.refunds[number], result=result)
            if result.status is RefundStatus.SUCCEEDED:
                _give_back(state, payment_id, amount)
        return result

    def issue_gift_card(self, amount: int, currency: str, *, order_id: str, note: str) -> GiftCard:
        if amount < 1:
            raise Invalid("Must be above zero.", field="amount")
        with self.transaction() as state:
            if self.order(order_id).currency != currency:
                raise Invalid("Must be the order's currency.", field="currency")
            card = GiftCard(to_global("GiftCard", next_number()), secrets.token_hex(8), amount, currency)
            state.gift_cards[card.id] = card
            return card

    def gift_card(self, card_id: str) -> GiftCard:
        """The card as it stands now."""
        return self.state.gift_cards[card_id]


def _give_back(state: State, payment_id: str, amount: int) -> None:
    stored = state.payments[payment_id]
    state.payments[payment_id] = replace(stored, refunded=stored.refunded + amount)
    if card_id := state.payment_cards.get(payment_id):
        card = state.gift_cards[card_id]
        state.gift_cards[card_id] = replace(card, balance=card.balance + amount)


def _earlier(first: Refund, amount: int) -> RefundResult:
    if first.amount != amount:
        raise KeyReused("This key was used for another amount.", field="key")
    return first.result or RefundResult(RefundStatus.UNKNOWN, message="It is being asked for.")
