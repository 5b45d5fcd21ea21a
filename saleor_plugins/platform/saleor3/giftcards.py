"""Gift cards of Saleor 3.x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F
from saleor.core.utils.events import call_event
from saleor.giftcard import GiftCardEvents, events
from saleor.giftcard.models import GiftCard, GiftCardEvent, GiftCardTag
from saleor.giftcard.utils import send_gift_cards_to_customer

from ..orm import convert
from ..orm.giftcards import OrmGiftCards
from .context import manager

TAG = "return"
REFUNDED = getattr(GiftCardEvents, "REFUNDED_IN_ORDER", GiftCardEvents.BALANCE_RESET)


def used_in(order_keys: Sequence[Any]) -> dict[tuple[Any, Any], Decimal]:
    """What cards paid outside of the total, by (order, card): Saleor's own events say it.

    Since 3.23 a card may also pay as a transaction, with the same event; it is then not among the order's
    cards.
    """
    rows = GiftCardEvent.objects.filter(order_id__in=order_keys, type=GiftCardEvents.USED_IN_ORDER)
    rows = rows.filter(gift_card__orders=F("order"))
    sums: dict[tuple[Any, Any], Decimal] = {}
    for order, card, words in rows.values_list("order_id", "gift_card_id", "parameters"):
        balance = words["balance"]
        paid = Decimal(str(balance["old_current_balance"])) - Decimal(str(balance["current_balance"]))
        sums[order, card] = sums.get((order, card), Decimal(0)) + paid
    return sums


class GiftCards3(OrmGiftCards):
    """The gift cards of `port.Payments` on Saleor 3.x."""

    def _card_shares(self, order: Any, cards: Sequence[Any], given: Mapping[str, int]) -> dict[Any, int]:
        paid = used_in([order.pk])
        return {card.pk: convert.minor(paid.get((order.pk, card.pk)), order.currency) for card in cards}

    def _card_lapses(self, card: Any) -> Any:
        return card.expiry_date

    def _given_back(self, card: Any, order: Any, before: Any) -> None:
        GiftCard.objects.filter(pk=card.pk).update(search_index_dirty=True)
        GiftCardEvent.objects.create(
            gift_card=card,
            order=order,
            type=REFUNDED,
            parameters={
                "balance": {
                    "currency": card.currency,
                    "current_balance": card.current_balance_amount,
                    "old_current_balance": before,
                    "initial_balance": card.initial_balance_amount,
                    "old_initial_balance": card.initial_balance_amount,
                }
            },
        )

    def _issue(self, order: Any, facts: dict[str, Any], note: str) -> Any:
        owner = order.user
        card = GiftCard.objects.create(
            created_by=owner, created_by_email=order.user_email or None, used_by=owner, **facts
        )
        card.tags.add(GiftCardTag.objects.get_or_create(name=TAG)[0])
        events.gift_card_issued_event(card, None, None)
        events.gift_card_note_added_event(card, None, None, f"Order {order.number}. {note}".strip())
        plugins = manager()
        call_event(plugins.gift_card_created, card)
        return card

    def _send(self, order: Any, card: Any, email: str) -> None:
        channel = order.channel.slug
        send_gift_cards_to_customer([card], email, None, None, order.user, manager(), channel)
