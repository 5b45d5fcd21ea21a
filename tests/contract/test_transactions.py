"""Refunds through Saleor 3's transactions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from saleor_plugins.kernel.errors import Invalid, KeyReused
from saleor_plugins.platform.port import RefundStatus


@pytest.fixture
def sold(world: Any) -> tuple[Any, Any]:
    """An order charged 50.00 by a transaction, and that transaction as the port sees it."""
    if world.in_memory or not world.channels:
        pytest.skip("Only Saleor 3.x has transactions.")
    order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
    return order, world.make_transaction(order, 5000)


class TestTransactions:
    """`payments`, `refund` with transactions (3.x)"""

    def test_told(self, world: Any, sold: Any) -> None:
        """A transaction is a payment with the global id of its TransactionItem."""
        order, payment = sold
        assert world.shop.payments(order.id) == [payment]
        assert (payment.captured, payment.refunded, payment.refundable) == (5000, 0, 5000)

    def test_unknown_until_reported(self, world: Any, sold: Any) -> None:
        """Asked and not yet reported: UNKNOWN, granted, and its amount cannot be asked for again."""
        order, payment = sold
        with world.payment_app("silent") as asked:
            result = world.shop.refund(order.id, payment.id, 3000, key="k1", reason="Too small")
        assert result.status is RefundStatus.UNKNOWN
        assert [(data.action_value, data.granted_refund.reason) for data in asked] == [
            (Decimal(30), "Too small")
        ]
        row = world.shop.payments(order.id)[0]
        assert (row.captured, row.refunded, row.refundable) == (5000, 0, 2000)
        with world.payment_app("silent"), pytest.raises(Invalid) as refused:
            world.shop.refund(order.id, payment.id, 2001, key="k2")
        assert refused.value.field == "amount"

    def test_reported_at_once(self, world: Any, sold: Any) -> None:
        """Reported while asked: SUCCEEDED with the payment app's reference."""
        order, payment = sold
        with world.payment_app("agrees"):
            result = world.shop.refund(order.id, payment.id, 3000, key="k1")
        assert (result.status, result.reference) == (RefundStatus.SUCCEEDED, "psp-1")
        row = world.shop.payments(order.id)[0]
        assert (row.captured, row.refunded, row.refundable) == (5000, 3000, 2000)
        assert [(grant.amount_value, grant.status) for grant in world.grants(order)] == [
            (Decimal(30), "success")
        ]

    def test_refused(self, world: Any, sold: Any) -> None:
        """The payment app's no is FAILED; nothing stays granted or reserved."""
        order, payment = sold
        with world.payment_app("refuses"):
            result = world.shop.refund(order.id, payment.id, 3000, key="k1")
        assert result.status is RefundStatus.FAILED
        assert world.shop.payments(order.id) == [payment]
        assert list(world.grants(order)) == []

    def test_nobody_to_ask(self, world: Any, sold: Any) -> None:
        """No payment app: FAILED, nothing stays granted."""
        order, payment = sold
        result = world.shop.refund(order.id, payment.id, 3000, key="k1")
        assert result.status is RefundStatus.FAILED
        assert list(world.grants(order)) == []
        assert world.shop.payments(order.id) == [payment]

    def test_lost_answer(self, world: Any, sold: Any) -> None:
        """An exception while asking is UNKNOWN, and the amount stays taken."""
        order, payment = sold
        with world.payment_app("times out"):
            result = world.shop.refund(order.id, payment.id, 3000, key="k1")
        assert result.status is RefundStatus.UNKNOWN
        assert world.shop.payments(order.id)[0].refundable == 2000

    def test_same_key(self, world: Any, sold: Any) -> None:
        """The same key again asks nobody: UNKNOWN until reported, one grant; then what was reported."""
        order, payment = sold
        with world.payment_app("silent") as asked:
            for _ in range(2):
                result = world.shop.refund(order.id, payment.id, 1000, key="k1")
                assert result.status is RefundStatus.UNKNOWN
            world.report(order, "k1")
            result = world.shop.refund(order.id, payment.id, 1000, key="k1")
        assert (result.status, result.reference) == (RefundStatus.SUCCEEDED, "psp-2")
        assert len(asked) == len(list(world.grants(order))) == 1

    def test_same_key_reported_no(self, world: Any, sold: Any) -> None:
        """A later no under the same key is FAILED, again and again, and nothing stays granted."""
        order, payment = sold
        with world.payment_app("silent") as asked:
            world.shop.refund(order.id, payment.id, 1000, key="k1")
            world.report(order, "k1", kind="refund_failure")
            for _ in range(2):
                result = world.shop.refund(order.id, payment.id, 1000, key="k1")
                assert result.status is RefundStatus.FAILED
        assert len(asked) == 1
        assert list(world.grants(order)) == []
        assert world.shop.payments(order.id) == [payment]

    def test_same_key_other_amount(self, world: Any, sold: Any) -> None:
        """The same key with another amount: KeyReused (key)."""
        order, payment = sold
        with world.payment_app("agrees") as asked:
            world.shop.refund(order.id, payment.id, 1000, key="k1")
            with pytest.raises(KeyReused) as refused:
                world.shop.refund(order.id, payment.id, 1001, key="k1")
        assert refused.value.field == "key"
        assert len(asked) == 1

    def test_inside_a_transaction(self, world: Any, sold: Any) -> None:
        """Refused inside a transaction: RuntimeError, nobody is asked."""
        order, payment = sold
        with world.payment_app("silent") as asked, pytest.raises(RuntimeError), world.transaction():
            world.shop.refund(order.id, payment.id, 1000, key="k1")
        assert asked == []


class TestGiftCardTransactions:
    """`payments`, `refund` with gift cards that paid as transactions (3.23)"""

    @pytest.fixture
    def by_card(self, world: Any) -> tuple[Any, Any, Any]:
        """An order of 50.00 that a card paid as a transaction, that card, and the payment."""
        if world.in_memory or not world.channels:
            pytest.skip("Only Saleor 3.x has transactions.")
        pytest.importorskip("saleor.giftcard.gateway")
        order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
        card = world.make_gift_card(6000)
        return order, card, world.pay_by_card(order, card, 5000)

    def test_told_once(self, world: Any, by_card: Any) -> None:
        """It is one payment, the transaction; the order's total has it in it."""
        order, _, payment = by_card
        assert world.shop.payments(order.id) == [payment]
        assert (payment.captured, payment.refundable) == (5000, 5000)
        found = world.shop.order(order.id)
        assert (found.total_gross, found.gift_cards_total) == (5000, 0)

    def test_refund(self, world: Any, by_card: Any) -> None:
        """Saleor itself gives back onto the card, at once and once per key."""
        order, card, payment = by_card
        results = [world.shop.refund(order.id, payment.id, 1200, key="k") for _ in range(3)]
        assert {row.status for row in results} == {RefundStatus.SUCCEEDED}
        assert world.gift_card(card.id).balance == 2200
        row = world.shop.payments(order.id)[0]
        assert (row.captured, row.refunded, row.refundable) == (5000, 1200, 3800)
