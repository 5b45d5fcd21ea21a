"""What Saleor 2.10 lacks and its adapter supplies."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from tests.contract.steps import ship


@pytest.fixture(autouse=True)
def two(world: Any) -> None:
    if world.in_memory or world.channels:
        pytest.skip("Saleor 2.10 only.")


def discounted(world: Any, voucher: str) -> Any:
    """An order of 30.00, 10.00 and shipping 5.00, with 5.00 off."""
    order = world.make_order(
        [(world.make_variant(price=3000), 1), (world.make_variant(price=1000), 1)],
        shipping=500,
        allocate=False,
    )
    row = world.model("order.Order").objects.get(pk=order.number)
    row.voucher = world.model("discount.Voucher").objects.create(code=voucher, type=voucher, discount_value=5)
    row.discount_amount = Decimal(5)
    row.total_gross_amount -= 5
    row.total_net_amount -= 5
    row.save()
    return world.shop.order(order.id)


class TestDiscounts:
    """discounts of 2.10, which it stores on the order only"""

    def test_entire_order(self, world: Any) -> None:
        """An order's discount is in its lines, in proportion and to the cent."""
        order = discounted(world, "entire_order")
        assert [line.total_gross for line in order.lines] == [2625, 875]
        assert (
            order.total_gross == sum(line.total_gross for line in order.lines) + order.shipping_gross == 4000
        )

    def test_shipping(self, world: Any) -> None:
        """A shipping voucher is in the shipping price."""
        order = discounted(world, "shipping")
        assert [line.total_gross for line in order.lines] == [3000, 1000]
        assert (order.shipping_gross, order.total_gross) == (0, 4000)


class TestMails:
    """mails of 2.10"""

    def test_after_commit_with_the_number(self, world: Any) -> None:
        """The parcel's mail waits for the commit, and the tracking number is in the database by then."""
        a = world.make_warehouse()
        order = world.make_order([(world.make_variant(stock={a: 5}), 2)])
        seen: list[str] = []

        def sent(order_pk: int, parcel_pk: int) -> None:
            seen.append(world.model("order.Fulfillment").objects.get(pk=parcel_pk).tracking_number)

        task = "saleor.order.emails.send_fulfillment_confirmation.delay"
        with mock.patch(task, sent), world.on_commit():
            ship(world, order, a, 1, tracking_number="T-1", notify_customer=True)
            ship(world, order, a, 1, tracking_number="T-2")
            assert seen == []
        assert seen == ["T-1"]

    def test_update(self, world: Any) -> None:
        """A changed number is mailed when asked to."""
        a = world.make_warehouse()
        parcel = ship(world, world.make_order([(world.make_variant(stock={a: 5}), 1)]), a, 1)
        task = "saleor_plugins.platform.saleor2.orders.send_fulfillment_update.delay"
        with mock.patch(task) as sent, world.on_commit():
            world.shop.set_tracking(parcel.id, "A")
            world.shop.set_tracking(parcel.id, "B", notify_customer=True)
        assert sent.call_count == 1


class TestManualPayments:
    """payments marked by hand (2.10)"""

    def test_nothing_to_refund(self, world: Any) -> None:
        """2.10 cannot refund what was marked as paid by hand: nothing is refundable."""
        order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
        world.make_payment(order, 5000, gateway="manual")
        row = world.shop.payments(order.id)[0]
        assert (row.captured, row.refundable) == (5000, 0)
