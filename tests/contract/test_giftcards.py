"""Gift cards: what they paid, giving back onto them, and new ones."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from saleor_plugins.kernel.errors import Invalid, KeyReused, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import GIFT_CARD_GATEWAY, AskerKind, RefundStatus
from tests.contract.steps import NO_ORDER


def paid_by_card(world: Any, amount: int = 2000, balance: int = 2500) -> tuple[Any, Any, Any]:
    """An order of 50.00 of which a card paid `amount`, the card, and what it paid as the port sees it."""
    order = world.make_order(
        [(world.make_variant(price=5000), 1)], allocate=False, paid=False, tax_percent=25
    )
    card = world.make_gift_card(balance)
    order = world.use_gift_card(order, card, amount)
    return order, card, world.shop.payments(order.id)[0]


class TestCardsThatPaid:
    """`payments`, `refund` with gift cards outside of the total"""

    def test_told(self, world: Any) -> None:
        """What a card paid is a payment, and the order says how much of lines and shipping it was."""
        order, _, payment = paid_by_card(world)
        assert order.gift_cards_total == 2000
        assert order.total_gross == 3000
        assert sum(line.total_gross for line in order.lines) == 5000
        assert payment.gateway == GIFT_CARD_GATEWAY
        assert (payment.captured, payment.refunded, payment.refundable) == (2000, 0, 2000)
        assert payment.currency == "USD"

    def test_beside_others(self, world: Any) -> None:
        """Cards come after payments, sorted by id; locked they are the same."""
        order, _, _ = paid_by_card(world)
        order = world.use_gift_card(order, world.make_gift_card(500), 500)
        world.make_payment(order, 2500)
        found = world.shop.payments(order.id)
        assert [row.captured for row in found] == [2500, 2000, 500]
        assert sum(row.captured for row in found[1:]) == world.shop.order(order.id).gift_cards_total
        with world.transaction():
            assert world.shop.payments(order.id, lock=True) == found

    def test_whole_order(self, world: Any) -> None:
        """A card that paid everything: the total is zero, the order paid, all of it can go back."""
        order, _, payment = paid_by_card(world, 5000, 9000)
        assert (order.total_gross, order.gift_cards_total) == (0, 5000)
        assert payment.refundable == 5000

    def test_refund(self, world: Any) -> None:
        """Money goes back onto the card at once, in parts, and no more than it paid."""
        order, card, payment = paid_by_card(world)
        for amount, left in ((500, 1500), (1500, 0)):
            result = world.shop.refund(order.id, payment.id, amount, key=f"k{amount}")
            assert result.status is RefundStatus.SUCCEEDED
            assert result.reference
            row = world.shop.payments(order.id)[0]
            assert (row.captured, row.refunded, row.refundable) == (2000, 2000 - left, left)
        assert world.gift_card(card.id).balance == 2500
        with pytest.raises(Invalid) as refused:
            world.shop.refund(order.id, payment.id, 1, key="more")
        assert refused.value.field == "amount"
        assert world.shop.order(order.id).gift_cards_total == 2000

    def test_same_key(self, world: Any) -> None:
        """The same key again gives nothing more; with another amount it is refused."""
        order, card, payment = paid_by_card(world)
        results = {world.shop.refund(order.id, payment.id, 700, key="k") for _ in range(3)}
        assert len(results) == 1
        assert world.gift_card(card.id).balance == 1200
        with pytest.raises(KeyReused):
            world.shop.refund(order.id, payment.id, 701, key="k")
        assert world.gift_card(card.id).balance == 1200

    def test_used_since(self, world: Any) -> None:
        """A card that paid another order since still paid this one."""
        order, card, payment = paid_by_card(world)
        other = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
        world.use_gift_card(other, world.gift_card(card.id), 500)
        assert world.shop.payments(order.id) == [payment]
        world.shop.refund(order.id, payment.id, 2000, key="k")
        assert world.gift_card(card.id).balance == 2000
        assert [row.captured for row in world.shop.payments(other.id)] == [500]

    def test_switched_off(self, world: Any) -> None:
        """Nothing goes onto a card that nobody can spend."""
        order, card, payment = paid_by_card(world)
        world.spoil_gift_card(card)
        row = world.shop.payments(order.id)[0]
        assert (row.captured, row.refundable) == (2000, 0)
        with pytest.raises(Invalid):
            world.shop.refund(order.id, payment.id, 1, key="k")

    def test_other_order(self, world: Any) -> None:
        """Another order's card: NotFound (paymentId)."""
        order, _, _ = paid_by_card(world)
        _, _, foreign = paid_by_card(world)
        with pytest.raises(NotFound) as refused:
            world.shop.refund(order.id, foreign.id, 1, key="k")
        assert refused.value.field == "paymentId"

    def test_no_code(self, world: Any) -> None:
        """Neither ids nor references nor histories tell a card's code."""
        order, card, payment = paid_by_card(world)
        result = world.shop.refund(order.id, payment.id, 100, key="k")
        assert card.code not in f"{payment} {result} {card!r} {world.notes(order.id)}"
        if not world.in_memory:
            rows = world.model("order.OrderEvent").objects.filter(order__gift_cards__code=card.code)
            assert card.code not in str([row.parameters for row in rows])


class TestIssueGiftCard:
    """`issue_gift_card`"""

    def test_new(self, world: Any) -> None:
        """A card worth the amount in the order's currency; each call makes another one."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        one, two = (
            world.shop.issue_gift_card(1999, "USD", order_id=order.id, note="Return 7.") for _ in range(2)
        )
        assert one.code != two.code
        assert (one.balance, one.currency) == (1999, "USD")
        assert world.gift_card(one.id) == one
        assert one.code not in repr(one)

    def test_refused(self, world: Any) -> None:
        """Nothing, less, another currency, no order: refused."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        for amount, currency, field in ((0, "USD", "amount"), (-5, "USD", "amount"), (5, "EUR", "currency")):
            with pytest.raises(Invalid) as refused:
                world.shop.issue_gift_card(amount, currency, order_id=order.id, note="")
            assert refused.value.field == field
        for order_id in NO_ORDER:
            with pytest.raises(NotFound) as unknown:
                world.shop.issue_gift_card(5, "USD", order_id=order_id, note="")
            assert unknown.value.field == "orderId"

    def test_rolled_back(self, world: Any) -> None:
        """In the caller's transaction: with its roll-back there is no card."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)

        class Undo(Exception):
            pass

        with pytest.raises(Undo), world.transaction():
            card = world.shop.issue_gift_card(5, "USD", order_id=order.id, note="")
            raise Undo
        with pytest.raises(Exception):
            world.gift_card(card.id)

    def test_the_customers(self, world: Any) -> None:
        """3.x: the customer's, tagged, with note and event, without an expiry date."""
        if world.in_memory or not world.channels:
            pytest.skip("Saleor 3.x.")
        owner, _ = world.make_asker(AskerKind.CUSTOMER)
        order = world.make_order([(world.make_variant(), 1)], allocate=False, user_id=owner.id)
        card = world.shop.issue_gift_card(500, "USD", order_id=order.id, note="Return 7.")
        row = world.model("giftcard.GiftCard").objects.get(code=card.code)
        assert row.expiry_date is None
        assert row.is_active
        assert row.created_by.pk == row.used_by.pk
        assert [tag.name for tag in row.tags.all()] == ["return"]
        assert {event.type for event in row.events.all()} >= {"issued", "note_added"}

    def test_spendable(self, world: Any) -> None:
        """It pays a checkout like any other card."""
        if world.in_memory:
            pytest.skip("Memory completes no checkouts.")
        from tests.realshop import completing

        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        card = world.shop.issue_gift_card(1500, "USD", order_id=order.id, note="")
        cart = world.make_cart(
            [(world.make_variant(price=1000, stock={a: 5}), 1)],
            shipping_method=world.make_shipping_method("Post", price=500),
        )
        completing.enter_code(cart, card.code)
        made = completing.complete(cart)
        assert made["checkoutErrors"] == []
        assert world.gift_card(card.id).balance == 0
        assert world.shop.order(made["order"]["id"]).gift_cards_total == 1500


class TestSendGiftCard:
    """`send_gift_card`"""

    def test_sent(self, world: Any) -> None:
        """The customer learns the code: by Saleor's own notification on 3.x, by mail elsewhere."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        card = world.shop.issue_gift_card(1990, "USD", order_id=order.id, note="Return 7.")
        if world.channels and not world.in_memory:
            with world.notifications() as sent:
                world.shop.send_gift_card(card.id, order_id=order.id)
            assert len(sent) == 1
            return
        world.shop.send_gift_card(card.id, order_id=order.id)
        to, _, text, *_ = world.mails()[-1]
        assert to == order.email
        assert card.code in text

    @pytest.mark.parametrize(
        ("language", "country", "subject", "said"),
        [
            ("de-AT", "AT", "Ihre Geschenkkarte: $\u00a019,90", "Ihr Code:"),
            ("pl", "PL", "Twoja karta podarunkowa: 19,90\u00a0USD", "Jej kod:"),
            ("en", "US", "Your gift card: $19.90", "Its code:"),
            ("fr", "FR", "Your gift card: US$19.90", "Its code:"),
        ],
    )
    def test_language(self, world: Any, language: str, country: str, subject: str, said: str) -> None:
        """2.10: in the order's language, with the amount as it is written there; else in English."""
        if world.channels:
            pytest.skip("Saleor 3.x has words of its own.")
        order = world.make_order(
            [(world.make_variant(), 1)], allocate=False, language=language, country=country
        )
        card = world.shop.issue_gift_card(1990, "USD", order_id=order.id, note="Return 7.")
        world.shop.send_gift_card(card.id, order_id=order.id)
        _, found, text, *_ = world.mails()[-1]
        assert found == subject
        assert f"{said}\n\n    {card.code}\n" in text

    def test_refused(self, world: Any) -> None:
        """Inside a transaction: RuntimeError; NotFound for what does not exist."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        card = world.shop.issue_gift_card(500, "USD", order_id=order.id, note="")
        with pytest.raises(RuntimeError), world.transaction():
            world.shop.send_gift_card(card.id, order_id=order.id)
        for card_id, order_id, name in (
            (to_global("GiftCard", 987654), order.id, "giftCardId"),
            (card.id, to_global("Order", uuid4()), "orderId"),
        ):
            with pytest.raises(NotFound) as unknown:
                world.shop.send_gift_card(card_id, order_id=order_id)
            assert unknown.value.field == name
        assert world.mails() == []
