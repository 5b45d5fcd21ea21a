"""The shop's own books for an audit, on either generation."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from saleor.giftcard.models import GiftCard
from saleor.order.models import Fulfillment, Order
from saleor.payment import TransactionKind
from saleor.payment.models import Payment

from ...kernel.errors import Invalid
from ...kernel.ids import from_global
from .. import port
from . import attempts, convert
from .giftcards import KIND


class OrmAudited:
    """`port.Audited`; 3.x adds transactions."""

    created_field: str

    def fulfillments_of(self, order_ids: Collection[str]) -> dict[str, list[port.Fulfillment]]:
        found: dict[str, list[port.Fulfillment]] = {order_id: [] for order_id in order_ids}
        rows = Fulfillment.objects.filter(order_id__in=convert.pks(Order, order_ids))
        for row in rows.select_related("order").prefetch_related("lines__stock").order_by("pk"):
            fulfillment = convert.fulfillment(row, self.created_field, row.order.currency)
            found[fulfillment.order_id].append(fulfillment)
        return found

    def refunded_of(self, payment_ids: Collection[str]) -> dict[str, int]:
        rows = Payment.objects.filter(pk__in=convert.pks(Payment, payment_ids))
        found = {}
        for row in rows.prefetch_related("transactions"):
            given = sum(
                (
                    item.amount
                    for item in row.transactions.all()
                    if item.is_success and item.kind == TransactionKind.REFUND
                ),
                Decimal(0),
            )
            found[convert.gid("Payment", row.pk)] = convert.minor(given, row.currency)
        return found | self._cards_refunded(payment_ids)

    def _cards_refunded(self, payment_ids: Collection[str]) -> dict[str, int]:
        cards = {given: slot for given in payment_ids if (slot := _card_slot(given))}
        if not cards:
            return {}
        orders = sorted({order for order, _ in cards.values()}, key=str)
        links = Order.gift_cards.through.objects.filter(order_id__in=orders)
        there = set(links.values_list("order_id", "giftcard_id"))
        back = attempts.given_back(orders)
        return {given: back.get(given, 0) for given, slot in cards.items() if slot in there}

    def gift_cards_of(self, ids: Collection[str]) -> set[str]:
        keys = GiftCard.objects.filter(pk__in=convert.pks(GiftCard, ids)).values_list("pk", flat=True)
        return {convert.gid("GiftCard", key) for key in keys}


def _card_slot(given: str) -> tuple[Any, int] | None:
    """The order and the card inside a gift card's payment id; None for any other id."""
    try:
        order, _, card = from_global(given, KIND).rpartition(":")
        return Order._meta.pk.to_python(order), int(card)
    except (Invalid, ValidationError, ValueError):
        return None
