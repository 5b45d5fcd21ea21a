"""Gift cards: what they paid of an order outside of its total, giving back onto them, and new ones."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from saleor.core.utils.promo_code import generate_promo_code
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from ...kernel.errors import Invalid, NotFound
from ...kernel.ids import from_global
from .. import port
from . import attempts, convert
from .outside import refuse_in_transaction

KIND = "OrderGiftCard"


def payment_id(order_key: Any, card_key: Any) -> str:
    """The id of what a card paid of an order."""
    return convert.gid(KIND, f"{order_key}:{card_key}")


def card_key(given: str) -> int | None:
    """The card inside such an id; None for any other id."""
    try:
        return int(from_global(given, KIND).rpartition(":")[2])
    except (Invalid, ValueError):
        return None


class OrmGiftCards:
    """The gift cards of `port.Payments`; each generation knows in its own way what a card paid."""

    def order(self, order_id: str, *, lock: bool = False) -> port.Order:
        """See `port.Orders`."""
        raise NotImplementedError

    def _card_shares(self, order: Any, cards: Sequence[Any], given: Mapping[str, int]) -> dict[Any, int]:
        """What each card, in Saleor's order, paid of `order`; `given` went back onto them, by payment id."""
        raise NotImplementedError

    def _card_lapses(self, card: Any) -> Any:
        """The last day on which the card can be used, None for none."""
        raise NotImplementedError

    def _given_back(self, card: Any, order: Any, before: Any) -> None:
        """Saleor's own event for money that went back onto a card."""

    def _issue(self, order: Any, facts: dict[str, Any], note: str) -> Any:
        """A new card, with Saleor's own events."""
        raise NotImplementedError

    def _send(self, order: Any, card: Any, email: str) -> None:
        """Tell the customer the card's code."""
        raise NotImplementedError

    def card_payments(self, order_id: str, *, lock: bool = False) -> list[port.Payment]:
        """What gift cards paid of the order, by card id."""
        try:
            key = convert.pk(Order, order_id)
        except NotFound:
            return []
        order = Order.objects.filter(pk=key, gift_cards__isnull=False).first()
        if order is None:
            return []
        rows = order.gift_cards.order_by("code")
        if lock:
            keys = order.gift_cards.values_list("pk", flat=True)
            list(GiftCard.objects.filter(pk__in=list(keys)).order_by("pk").select_for_update(of=("self",)))
        cards, given = list(rows), attempts.given_back([key])
        shares = self._card_shares(order, cards, given)
        found = [self._to_payment(order, card, shares.get(card.pk, 0), given) for card in cards]
        return sorted((row for row in found if row.captured > 0), key=lambda row: card_key(row.id) or 0)

    def _to_payment(self, order: Any, card: Any, captured: int, given: Mapping[str, int]) -> port.Payment:
        key = payment_id(order.pk, card.pk)
        refunded = given.get(key, 0)
        last = self._card_lapses(card)
        usable = card.is_active and (last is None or last >= timezone.now().date())
        return port.Payment(
            id=key,
            gateway=port.GIFT_CARD_GATEWAY,
            currency=order.currency,
            captured=captured,
            refunded=refunded,
            # Money on a card that cannot be spent would be lost to the customer.
            refundable=max(captured - refunded, 0) if usable else 0,
        )

    def refund_card(self, order_id: str, payment: port.Payment, amount: int, key: str) -> port.RefundResult:
        """Give back onto the card: money, event and attempt in one transaction, once per key."""
        order_key = convert.pk(Order, order_id, field="orderId")
        with transaction.atomic():
            # The card's lock comes first, as in Saleor's own refunds of gift cards.
            rows = GiftCard.objects.select_for_update(of=("self",))
            card = rows.filter(pk=card_key(payment.id)).first()
            event, new = attempts.claim(order_key, payment, amount, key)
            if not new:
                return attempts.answer(event)
            left = next((row for row in self.card_payments(order_id) if row.id == payment.id), None)
            if card is None or left is None or amount > left.refundable:
                raise Invalid(f"At most {left.refundable if left else 0} can be refunded.", field="amount")
            before = card.current_balance_amount
            card.current_balance_amount = before + convert.major(amount, payment.currency)
            card.save(update_fields=["current_balance_amount"])
            self._given_back(card, Order.objects.get(pk=order_key), before)
            done = port.RefundResult(port.RefundStatus.SUCCEEDED, convert.gid("OrderEvent", event.pk))
            return attempts.settle(event, done)

    def issue_gift_card(self, amount: int, currency: str, *, order_id: str, note: str) -> port.GiftCard:
        """See `port.Payments`."""
        if amount < 1:
            raise Invalid("Must be above zero.", field="amount")
        with transaction.atomic():
            key = convert.pk(Order, order_id, field="orderId")
            order = Order.objects.select_related("user").filter(pk=key).first()
            if order is None:
                raise NotFound("No such order.", field="orderId")
            if order.currency != currency:
                raise Invalid("Must be the order's currency.", field="currency")
            value = convert.major(amount, currency)
            facts = {
                "code": _code(),
                "currency": currency,
                "initial_balance_amount": value,
                "current_balance_amount": value,
            }
            card = self._issue(order, facts, note)
        return port.GiftCard(convert.gid("GiftCard", card.pk), card.code, amount, currency)

    def send_gift_card(self, card_id: str, *, order_id: str) -> None:
        """See `port.Payments`."""
        refuse_in_transaction("send_gift_card")
        key = convert.pk(Order, order_id, field="orderId")
        order = Order.objects.select_related("user").filter(pk=key).first()
        if order is None:
            raise NotFound("No such order.", field="orderId")
        card = GiftCard.objects.filter(pk=convert.pk(GiftCard, card_id, field="giftCardId")).first()
        if card is None:
            raise NotFound("No such gift card.", field="giftCardId")
        email = order.user_email or (order.user.email if order.user else "")
        if email:
            self._send(order, card, email)


def _code() -> str:
    """Saleor's own kind of code, which no promotion has; longer where there is room for it."""
    code = str(generate_promo_code())
    return code if len(code) > 12 else f"{code}{secrets.token_hex(2).upper()}"[:16]
