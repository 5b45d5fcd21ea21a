"""Money that was taken and given back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

GIFT_CARD_GATEWAY = "gift_card"


@dataclass(frozen=True)
class Payment:
    """Money that was taken for an order: a payment, on 3.x a transaction, or what a gift card paid of it.

    `refundable` is what this payment can still give back: captured minus refunded minus refunds that the
    gateway is known to be at. A refund whose answer was lost (UNKNOWN) need not be among them: whoever
    asked keeps a reservation of their own. A gift card that Saleor took off the total has the gateway
    ``gift_card`` and the id ``OrderGiftCard:<order>:<card>``; its refunds settle at once.
    `instrument` is the same for payments by cards of one brand, expiry and last digits, "" when those are not
    known; the card cannot be read from it.
    """

    id: str
    gateway: str
    currency: str
    captured: int
    refunded: int
    refundable: int
    instrument: str = ""


class RefundStatus(StrEnum):
    """Outcome of a refund attempt; UNKNOWN means that it must be looked up, never repeated."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class RefundResult:
    """What the gateway said. `reference` is its id for the refund, "" when it gave none."""

    status: RefundStatus
    reference: str = ""
    message: str = ""


@dataclass(frozen=True)
class GiftCard:
    """A gift card; whoever knows `code` can spend it, so it is in no log and no event."""

    id: str
    code: str = field(repr=False)
    balance: int
    currency: str


class Payments(Protocol):
    """Money taken and given back."""

    def payments(self, order_id: str, *, lock: bool = False) -> list[Payment]:
        """Payments with something captured, oldest first; refunds made elsewhere are in them.

        Gift cards that paid a part of the order outside of its total come last, by id: together
        `Order.gift_cards_total`. `lock` takes their rows.
        """

    def refund(
        self, order_id: str, payment_id: str, amount: int, *, key: str, reason: str = ""
    ) -> RefundResult:
        """Ask the gateway to give back `amount`. `key` goes to gateways that take one.

        Must be called outside a transaction (raises RuntimeError). A time-out or a broken answer is
        UNKNOWN, never an exception; so is a transaction's refund (3.x) until its payment app has reported.
        The same `key` again on the payment asks nobody: it answers what is known of the first time, so a
        key is for one attempt, and FAILED needs a new one. Records the refund where Saleor's users look.
        Raises Invalid (field ``amount``) above `refundable`, KeyReused (``key``) for another amount than
        the key's first, NotFound (``paymentId``).
        """

    def issue_gift_card(self, amount: int, currency: str, *, order_id: str, note: str) -> GiftCard:
        """A new gift card for the order's customer, spendable like any other, without an expiry date.

        In the caller's transaction; nobody is told of it yet (`send_gift_card`). 3.x keeps `note` and the
        order in its history. Raises Invalid (``amount``) unless positive, Invalid (``currency``) for another
        than the order's, NotFound (``orderId``).
        """

    def send_gift_card(self, card_id: str, *, order_id: str) -> None:
        """Send the card's code to the order's customer: Saleor's own notification on 3.x, a mail on 2.10.

        Outside any transaction (raises RuntimeError). Does nothing when the order has no e-mail address.
        Raises NotFound (``giftCardId``, ``orderId``).
        """
