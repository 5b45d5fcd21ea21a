"""`port.Audited`: the shop's own books of many orders at once."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import ShipItem


def shipped(world: Any, units: int) -> Any:
    house = world.make_warehouse()
    order = world.make_order([(world.make_variant(price=1000, stock={house: units}), units)])
    world.shop.fulfill(order.id, [ShipItem(order.lines[0].id, house.id, units)], tracking_number=f"T{units}")
    return world.shop.order(order.id)


def paid(world: Any, refunded: int = 0) -> tuple[Any, Any]:
    order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
    return order, world.make_payment(order, 5000, refunded=refunded)


class TestAudited:
    """`fulfillments_of`, `refunded_of`, `gift_cards_of`"""

    def test_fulfillments(self, world: Any) -> None:
        """The fulfilments of several orders are what each order's own are."""
        orders = [shipped(world, 1), shipped(world, 2)]
        nothing = world.make_order([(world.make_variant(price=1), 1)], allocate=False)
        ids = [*(order.id for order in orders), nothing.id, to_global("Order", 999999)]
        found = world.shop.fulfillments_of(ids)
        assert list(found) == ids
        for order in orders:
            assert found[order.id] == world.shop.fulfillments(order.id)
            assert len(found[order.id]) == 1
        assert found[ids[2]] == found[ids[3]] == []

    def test_refunded(self, world: Any) -> None:
        """What payments gave back, those that do not exist left out."""
        (first, one), (_, two) = paid(world), paid(world, refunded=1500)
        gone = [to_global("Payment", 999999), to_global("OrderGiftCard", "1:999999"), "nonsense", ""]
        assert world.shop.refunded_of([one.id, two.id, *gone]) == {one.id: 0, two.id: 1500}
        world.shop.refund(first.id, one.id, 700, key="k")
        assert world.shop.refunded_of([one.id]) == {one.id: 700}
        assert world.shop.refunded_of([]) == {}

    def test_given_back_onto_gift_cards(self, world: Any) -> None:
        """A gift card that paid of an order, outside of its total, is a payment too."""
        order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
        order = world.use_gift_card(order, world.make_gift_card(2000), 2000)
        (card,) = world.shop.payments(order.id)
        assert world.shop.refunded_of([card.id]) == {card.id: 0}
        world.shop.refund(order.id, card.id, 300, key="k")
        assert world.shop.refunded_of([card.id]) == {card.id: 300}

    def test_transactions(self, world: Any) -> None:
        """What transactions gave back (3.x)."""
        if not hasattr(world, "make_transaction") or not world.returned_fulfillments:
            pytest.skip("This shop has no transactions.")
        order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
        item = world.make_transaction(order, 5000)
        assert world.shop.refunded_of([item.id]) == {item.id: 0}

    def test_gift_cards(self, world: Any) -> None:
        """Those of the cards that exist."""
        card = world.make_gift_card(100)
        assert world.shop.gift_cards_of([card.id, to_global("GiftCard", 999999), "x"]) == {card.id}
        assert world.shop.gift_cards_of([]) == set()
