"""Gift cards of Saleor 2.10, which keeps no record of what a card paid of which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from saleor.giftcard.models import GiftCard

from ...kernel import wording
from ..orm import convert
from ..orm.giftcards import OrmGiftCards, payment_id


class GiftCards2(OrmGiftCards):
    """The gift cards of `port.Payments` on Saleor 2.10.

    What the cards paid together is what the total is short of. One card paid all of it. Of several Saleor
    empties one after the other, in the order of their codes: each paid what it ever had and has no more, the
    last one the rest.
    """

    def _card_shares(self, order: Any, cards: Sequence[Any], given: Mapping[str, int]) -> dict[Any, int]:
        left = self.order(convert.gid("Order", order.pk)).gift_cards_total
        shares: dict[Any, int] = {}
        for card in cards:
            spent = convert.minor(card.initial_balance_amount - card.current_balance_amount, order.currency)
            spent += given.get(payment_id(order.pk, card.pk), 0)
            last = card.pk == cards[-1].pk
            shares[card.pk] = left if last else min(left, max(spent, 0))
            left -= shares[card.pk]
        return shares

    def _card_lapses(self, card: Any) -> Any:
        return card.end_date

    def _issue(self, order: Any, facts: dict[str, Any], note: str) -> Any:
        return GiftCard.objects.create(user=order.user, **facts)


# Subject, what comes before the code, and what after it; 2.10 has no words of its own for a card.
_WORDS = {
    "en": (
        "Your gift card: {amount}",
        "Your gift card for order {order} is worth {amount}. Its code:",
        "Enter it when you pay.",
    ),
    "de": (
        "Ihre Geschenkkarte: {amount}",
        "Ihre Geschenkkarte zu Bestellung {order} ist {amount} wert. Ihr Code:",
        "Geben Sie ihn beim Bezahlen ein.",
    ),
    "pl": (
        "Twoja karta podarunkowa: {amount}",
        "Twoja karta podarunkowa do zamówienia {order} ma wartość {amount}. Jej kod:",
        "Podaj go przy płatności.",
    ),
}


def code_mail(order: Any, card: Any) -> tuple[str, str]:
    """Subject and text that tell a customer a card's code, in the order's language, else in English."""
    language = order.language_code.lower().partition("-")[0]
    language = language if language in _WORDS else "en"
    address = order.shipping_address
    locale = wording.locale_of(language, address.country.code if address else "")
    amount = convert.minor(card.current_balance_amount, card.currency)
    facts = {"amount": wording.amount(amount, card.currency, locale), "order": order.pk}
    subject, before, after = (words.format(**facts) for words in _WORDS[language])
    return subject, f"{before}\n\n    {card.code}\n\n{after}\n"
