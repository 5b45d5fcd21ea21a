"""`port.Payments`: money taken and given back."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.errors import Invalid, KeyReused, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import OrderStatus, RefundStatus


def paid(world: Any, price: int = 5000, **kwargs: Any) -> tuple[Any, Any]:
    order = world.make_order([(world.make_variant(price=price), 1)], allocate=False, **kwargs)
    return order, world.shop.payments(order.id)[0]


class TestPayments:
    """`payments`"""

    def test_amounts(self, world: Any) -> None:
        """Captured, refunded and what can still be given back, oldest first."""
        order = world.make_order([(world.make_variant(price=9000), 1)], allocate=False, paid=False)
        made = [world.make_payment(order, 6000, refunded=1500), world.make_payment(order, 3000)]
        found = world.shop.payments(order.id)
        assert [row.id for row in found] == [row.id for row in made]
        assert [(row.captured, row.refunded, row.refundable, row.currency) for row in found] == [
            (6000, 1500, 4500, "USD"),
            (3000, 0, 3000, "USD"),
        ]

    def test_all_given_back(self, world: Any) -> None:
        """A payment that was refunded whole is still told, with nothing left."""
        order = world.make_order([(world.make_variant(price=9000), 1)], allocate=False, paid=False)
        world.make_payment(order, 9000, refunded=9000)
        row = world.shop.payments(order.id)[0]
        assert (row.captured, row.refunded, row.refundable) == (9000, 9000, 0)

    def test_nothing_captured(self, world: Any) -> None:
        """Payments without a capture, unpaid and unknown orders: none."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False, paid=False)
        world.make_payment(order, 0)
        for order_id in (order.id, "x", to_global("Order", 10**20)):
            assert world.shop.payments(order_id) == []

    def test_lock(self, world: Any) -> None:
        """`lock` answers the same payments."""
        order, payment = paid(world)
        with world.transaction():
            assert world.shop.payments(order.id, lock=True) == [payment]


class TestInstrument:
    """`Payment.instrument`"""

    def test_the_same_card(self, world: Any) -> None:
        """Two payments by one card have one instrument, another card another; none is read from it."""
        orders = [paid(world)[0] for _ in range(4)]
        for order, last in zip(orders, ("4242", "4242", "1111"), strict=False):
            world.pay_with_card(order, last)
        found = [world.shop.payments(order.id)[0].instrument for order in orders]
        assert found[0] == found[1] != found[2]
        assert found[3] == ""
        assert "4242" not in found[0]
        assert len(found[0]) == 64


class TestRefund:
    """`refund`"""

    def test_part_and_rest(self, world: Any) -> None:
        """A part and then the rest, and nothing after that."""
        order, payment = paid(world)
        for amount, left in ((1999, 3001), (3001, 0)):
            result = world.shop.refund(order.id, payment.id, amount, key=f"k{amount}")
            assert result.status is RefundStatus.SUCCEEDED
            assert result.reference
            row = world.shop.payments(order.id)[0]
            assert (row.captured, row.refunded, row.refundable) == (5000, 5000 - left, left)
        with pytest.raises(Invalid):
            world.shop.refund(order.id, payment.id, 1, key="more")

    @pytest.mark.parametrize("amount", [0, -1, 5001, 10**12])
    def test_amount(self, world: Any, amount: int) -> None:
        """Zero, negative, above refundable: Invalid (amount), no money moves."""
        order, payment = paid(world)
        with pytest.raises(Invalid) as refused:
            world.shop.refund(order.id, payment.id, amount, key="k")
        assert refused.value.field == "amount"
        assert world.shop.payments(order.id) == [payment]

    def test_not_found(self, world: Any) -> None:
        """Another order's payment, unknown and broken ids: NotFound (paymentId)."""
        order, _ = paid(world)
        _, foreign = paid(world)
        for key in (
            foreign.id,
            to_global("Payment", 2_000_000_000),
            to_global("TransactionItem", "x"),
            "",
            "x",
        ):
            with pytest.raises(NotFound) as refused:
                world.shop.refund(order.id, key, 1, key="k")
            assert refused.value.field == "paymentId"

    def test_inside_a_transaction(self, world: Any) -> None:
        """Refused inside a transaction: RuntimeError, nothing is sent."""
        order, payment = paid(world)
        with pytest.raises(RuntimeError), world.transaction():
            world.shop.refund(order.id, payment.id, 100, key="k")
        assert world.shop.payments(order.id) == [payment]

    def test_gateway_says_no(self, world: Any) -> None:
        """The gateway's no is FAILED with its words, and no money moved."""
        order, payment = paid(world)
        with world.answering("refuses"):
            result = world.shop.refund(order.id, payment.id, 100, key="k")
        assert (result.status, result.message) == (RefundStatus.FAILED, "Card closed.")
        assert world.shop.payments(order.id) == [payment]

    @pytest.mark.parametrize("answer", ["times out", "answers nonsense"])
    def test_lost_answer(self, world: Any, answer: str) -> None:
        """A time-out or a broken answer is UNKNOWN, never an exception, never FAILED."""
        order, payment = paid(world)
        with world.answering(answer):
            result = world.shop.refund(order.id, payment.id, 100, key="k")
        assert result.status is RefundStatus.UNKNOWN
        assert "secret" not in result.message

    def test_gateway_switched_off(self, world: Any) -> None:
        """A gateway that is switched off is FAILED: nothing was sent."""
        if world.in_memory:
            pytest.skip("Memory has no plugins.")
        order, payment = paid(world)
        world.switch_off_gateway()
        result = world.shop.refund(order.id, payment.id, 100, key="k")
        assert result.status is RefundStatus.FAILED
        assert world.shop.payments(order.id) == [payment]

    def test_same_key(self, world: Any) -> None:
        """The same key again asks nobody and answers the first outcome, even when nothing is left."""
        order, payment = paid(world)
        first = world.shop.refund(order.id, payment.id, 5000, key="k")
        with world.answering("times out"):
            again = world.shop.refund(order.id, payment.id, 5000, key="k")
        assert again == first
        assert first.status is RefundStatus.SUCCEEDED
        assert world.shop.payments(order.id)[0].refunded == 5000

    @pytest.mark.parametrize("answer", ["refuses", "times out", "answers nonsense"])
    def test_same_key_after_trouble(self, world: Any, answer: str) -> None:
        """A no stays a no and an unknown stays unknown under the same key; a new key is a new attempt."""
        order, payment = paid(world)
        with world.answering(answer):
            first = world.shop.refund(order.id, payment.id, 1000, key="k")
        assert world.shop.refund(order.id, payment.id, 1000, key="k").status is first.status
        assert world.shop.payments(order.id)[0].refunded == 0
        second = world.shop.refund(order.id, payment.id, 1000, key="k:2")
        assert second.status is RefundStatus.SUCCEEDED
        assert world.shop.payments(order.id)[0].refunded == 1000

    def test_same_key_other_amount(self, world: Any) -> None:
        """The same key with another amount: KeyReused (key), nothing moves."""
        order, payment = paid(world)
        world.shop.refund(order.id, payment.id, 1000, key="k")
        with pytest.raises(KeyReused) as refused:
            world.shop.refund(order.id, payment.id, 999, key="k")
        assert refused.value.field == "key"
        assert world.shop.payments(order.id)[0].refunded == 1000

    def test_same_key_other_payment(self, world: Any) -> None:
        """A key counts for its payment only."""
        order = world.make_order([(world.make_variant(price=9000), 1)], allocate=False, paid=False)
        one, two = world.make_payment(order, 6000), world.make_payment(order, 3000)
        for payment in (one, two):
            assert world.shop.refund(order.id, payment.id, 500, key="k").status is RefundStatus.SUCCEEDED
        assert [row.refunded for row in world.shop.payments(order.id)] == [500, 500]

    def test_elsewhere(self, world: Any) -> None:
        """A refund made elsewhere leaves less to give back."""
        order, payment = paid(world)
        world.refund_elsewhere(order, 3000)
        with pytest.raises(Invalid):
            world.shop.refund(order.id, payment.id, 2001, key="k")
        assert world.shop.refund(order.id, payment.id, 2000, key="k").status is RefundStatus.SUCCEEDED

    def test_cancelled_order(self, world: Any) -> None:
        """The money of a cancelled order can be given back."""
        order, payment = paid(world)
        world.set_status(order, OrderStatus.CANCELED)
        assert world.shop.refund(order.id, payment.id, 5000, key="k").status is RefundStatus.SUCCEEDED

    def test_history(self, world: Any) -> None:
        """Saleor's own refund event is written, its failure event for a no."""
        if world.in_memory:
            pytest.skip("Saleor's own history.")
        order, payment = paid(world)
        with world.on_commit():
            world.shop.refund(order.id, payment.id, 100, key="k")
        with world.answering("refuses"):
            world.shop.refund(order.id, payment.id, 100, key="k2")
        assert {"payment_refunded", "payment_failed"} <= set(world.events(order.id))
