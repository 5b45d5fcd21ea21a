"""The in-memory shop's books for an audit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..port import Fulfillment


class AuditedInMemory:
    """`port.Audited`."""

    state: Any

    def fulfillments(self, order_id: str) -> list[Fulfillment]:
        raise NotImplementedError

    def fulfillments_of(self, order_ids: Collection[str]) -> dict[str, list[Fulfillment]]:
        return {order_id: self.fulfillments(order_id) for order_id in order_ids}

    def refunded_of(self, payment_ids: Collection[str]) -> dict[str, int]:
        payments = self.state.payments
        return {given: payments[given].refunded for given in payment_ids if given in payments}

    def gift_cards_of(self, ids: Collection[str]) -> set[str]:
        return {card for card in ids if card in self.state.gift_cards}
