"""Orders of real checkouts: lines, shipping and gift cards explain the total to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from saleor_plugins.platform.port import GIFT_CARD_GATEWAY
from tests.contract.steps import ship


@pytest.fixture
def goods(world: Any) -> Any:
    """Two variants at 19.99 and 7.33, shipping for 5.00; only real shops complete checkouts."""
    if world.in_memory:
        pytest.skip("Memory completes no checkouts.")
    a = world.make_warehouse()
    variants = [world.make_variant(price=price, stock={a: 99}) for price in (1999, 733)]
    return a, variants, world.make_shipping_method("Post", price=500)


def buy(world: Any, goods: Any, codes: list[str]) -> Any:
    """Three of the first and two of the second, through Saleor's own checkout."""
    from tests.realshop import completing

    _, (one, two), method = goods
    cart = world.make_cart([(one, 3), (two, 2)], shipping_method=method)
    for code in codes:
        completing.enter_code(cart, code)
    made = completing.complete(cart)
    assert made["checkoutErrors"] == []
    order = world.shop.order(made["order"]["id"])
    gross = Decimal(str(made["order"]["total"]["gross"]["amount"]))
    assert order.total_gross == gross * 100
    return order


def explained(world: Any, order: Any) -> None:
    """The promise: nothing is missing and nothing is too much, net and gross."""
    lines = order.lines
    assert sum(row.total_gross for row in lines) + order.shipping_gross == (
        order.total_gross + order.gift_cards_total
    )
    assert all(row.total_gross >= row.total_net >= 0 for row in lines)
    assert order.shipping_gross >= order.shipping_net >= 0
    cards = [row for row in world.shop.payments(order.id) if row.gateway == GIFT_CARD_GATEWAY]
    assert sum(row.captured for row in cards) == order.gift_cards_total


def by_price(world: Any, goods: Any, order: Any) -> list[int]:
    _, (one, two), _ = goods
    found = {row.variant_id: row.total_gross for row in order.lines}
    return [found[one.id], found[two.id]]


class TestTotals:
    """`order` after a real checkout"""

    def test_plain(self, world: Any, goods: Any) -> None:
        """Without any discount."""
        order = buy(world, goods, [])
        explained(world, order)
        assert (by_price(world, goods, order), order.shipping_gross) == ([5997, 1466], 500)

    @pytest.mark.parametrize(("value", "percent"), [(1000, False), (33, True), (100, True), (99999, False)])
    def test_entire_order(self, world: Any, goods: Any, value: int, percent: bool) -> None:
        """A voucher for the whole order is in the lines, in proportion; shipping stays as it is."""
        order = buy(world, goods, [world.make_voucher("entire_order", value, percent=percent)])
        explained(world, order)
        assert order.shipping_gross == 500
        off = 7463 - sum(by_price(world, goods, order))
        assert abs(off - (min(value, 7463) if not percent else 7463 * value / 100)) <= 1
        first = 5997 - by_price(world, goods, order)[0]
        assert abs(first - off * 5997 / 7463) <= 1

    @pytest.mark.parametrize(("value", "percent"), [(200, False), (100, True), (700, False), (50, True)])
    def test_shipping(self, world: Any, goods: Any, value: int, percent: bool) -> None:
        """A voucher for shipping is in the shipping price and touches no line."""
        order = buy(world, goods, [world.make_voucher("shipping", value, percent=percent)])
        explained(world, order)
        assert by_price(world, goods, order) == [5997, 1466]
        assert order.shipping_gross == 500 - (500 * value // 100 if percent else min(value, 500))

    @pytest.mark.parametrize("once", [False, True])
    @pytest.mark.parametrize(("value", "percent"), [(300, False), (10, True), (50, True)])
    def test_specific_product(self, world: Any, goods: Any, value: int, percent: bool, once: bool) -> None:
        """A voucher for a product is in the lines of that product alone."""
        _, (one, _), _ = goods
        code = world.make_voucher("specific_product", value, percent=percent, variants=[one], once=once)
        order = buy(world, goods, [code])
        explained(world, order)
        first, second = by_price(world, goods, order)
        assert (second, order.shipping_gross) == (1466, 500)
        assert first == order.total_gross - 1966
        assert first < 5997

    def test_gift_card(self, world: Any, goods: Any) -> None:
        """A gift card is a payment beside the total: lines and shipping are as without it."""
        card = world.make_gift_card(2000)
        order = buy(world, goods, [card.code])
        explained(world, order)
        assert (by_price(world, goods, order), order.shipping_gross) == ([5997, 1466], 500)
        assert order.gift_cards_total == 2000

    def test_gift_card_pays_all(self, world: Any, goods: Any) -> None:
        """A card worth more than the order pays just the order."""
        card = world.make_gift_card(50000)
        order = buy(world, goods, [card.code])
        explained(world, order)
        assert (order.total_gross, order.gift_cards_total, order.is_paid) == (0, 7963, True)
        assert world.gift_card(card.id).balance == 50000 - 7963

    def test_several_cards(self, world: Any, goods: Any) -> None:
        """Several cards: the first are emptied, the last one pays the rest."""
        cards = [
            world.make_gift_card(balance, code=code) for code, balance in (("AAA-1", 3000), ("BBB-2", 6000))
        ]
        order = buy(world, goods, [card.code for card in cards])
        explained(world, order)
        paid = [row.captured for row in world.shop.payments(order.id) if row.gateway == GIFT_CARD_GATEWAY]
        assert sorted(paid) == [3000, 4963]
        assert [world.gift_card(card.id).balance for card in cards] == [0, 1037]

    @pytest.mark.parametrize("kind", ["entire_order", "shipping", "specific_product"])
    @pytest.mark.parametrize("balance", [1500, 50000])
    def test_voucher_and_card(self, world: Any, goods: Any, kind: str, balance: int) -> None:
        """Each voucher together with a gift card."""
        code = world.make_voucher(kind, 17, percent=True, variants=goods[1][:1])
        without = buy(world, goods, [code])
        order = buy(world, goods, [code, world.make_gift_card(balance).code])
        explained(world, order)
        assert by_price(world, goods, order) == by_price(world, goods, without)
        assert order.shipping_gross == without.shipping_gross
        assert order.gift_cards_total == min(balance, without.total_gross)

    def test_all_goes_back(self, world: Any, goods: Any) -> None:
        """What cards and payments took together is lines and shipping, and all of it can be given back."""
        order = buy(world, goods, [world.make_voucher("entire_order", 777), world.make_gift_card(1234).code])
        ship(world, order, goods[0], 1)
        found = world.shop.payments(order.id)
        assert sum(row.captured for row in found) == (
            sum(row.total_gross for row in order.lines) + order.shipping_gross
        )
        for number, row in enumerate(found):
            world.shop.refund(order.id, row.id, row.refundable, key=f"k{number}")
        assert {row.refundable for row in world.shop.payments(order.id)} == {0}
