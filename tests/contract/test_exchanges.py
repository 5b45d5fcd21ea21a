"""`port.Exchanges`: new orders for exchanged goods."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.errors import InsufficientStock, Invalid, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import NewItem, NewOrder, OrderStatus
from tests.contract.steps import NO_ORDER, NOTHING, held, ship, stock_of


def bought(world: Any, **kwargs: Any) -> tuple[Any, Any]:
    """A warehouse, and an order of two that was paid and shipped from it."""
    a = world.make_warehouse()
    order = world.make_order([(world.make_variant(price=2000, stock={a: 9}), 2)], shipping=500, **kwargs)
    ship(world, order, a, 2)
    return a, world.shop.order(order.id)


def wish(order: Any, *items: tuple[Any, int], credit: int = 0, note: str = "") -> NewOrder:
    wanted = tuple(NewItem(variant.id, units) for variant, units in items)
    return NewOrder(order.id, wanted, credit=credit, note=note)


def amounts(order: Any) -> tuple[int, int, int]:
    lines = sum(line.total_gross for line in order.lines)
    assert lines + order.shipping_gross == order.total_gross + order.gift_cards_total
    assert sum(line.total_net for line in order.lines) == order.total_net
    return order.total_gross, order.credit_gross, order.shipping_gross


class TestQuoteOrder:
    """`quote_order`"""

    def test_today(self, world: Any) -> None:
        """Today's prices, line by line in the order of the items, without shipping; a variant twice is one
        line.
        """
        a, order = bought(world)
        one, two = (world.make_variant(price=price, stock={a: 5}) for price in (1999, 350))
        quote = world.shop.quote_order(wish(order, (two, 2), (one, 1), (two, 1), credit=4000))
        assert [(row.variant_id, row.quantity, row.gross) for row in quote.lines] == [
            (two.id, 3, 1050),
            (one.id, 1, 1999),
        ]
        assert (quote.currency, quote.total_gross) == ("USD", 3049)
        assert quote.total_net == sum(row.net for row in quote.lines)

    def test_leaves_nothing(self, world: Any) -> None:
        """Asking changes nothing: no order, no promise, no note, no number used up."""
        a, order = bought(world)
        variant = world.make_variant(price=100, stock={a: 5})
        before = (stock_of(world, variant), world.notes(order.id))
        first = world.shop.create_order(wish(order, (variant, 1)))
        for _ in range(3):
            world.shop.quote_order(wish(order, (variant, 1)))
        second = world.shop.create_order(wish(order, (variant, 1)))
        assert before[0][a.id].free - stock_of(world, variant)[a.id].free == 2
        if not world.in_memory:
            assert int(second.number) - int(first.number) == 1

    @pytest.mark.parametrize("method", ["quote_order", "create_order"])
    def test_refused(self, world: Any, method: str) -> None:
        """None, zero, a negative credit: Invalid; unknown orders and variants: NotFound; too few: no order."""
        a, order = bought(world)
        variant = world.make_variant(price=100, stock={a: 2})
        ask = getattr(world.shop, method)
        for new, field in (
            (NewOrder(order.id, ()), "items"),
            (wish(order, (variant, 0)), "quantity"),
            (wish(order, (variant, 1), credit=-1), "credit"),
        ):
            with pytest.raises(Invalid) as refused:
                ask(new)
            assert refused.value.field == field
        for order_id in NO_ORDER:
            with pytest.raises(NotFound) as unknown:
                ask(NewOrder(order_id, (NewItem(variant.id, 1),)))
            assert unknown.value.field == "orderId"
        for gone in (NOTHING, "x", to_global("Product", 1)):
            with pytest.raises(NotFound) as unknown:
                ask(NewOrder(order.id, (NewItem(gone, 1),)))
            assert unknown.value.field == "variantId"
        with pytest.raises(InsufficientStock) as short:
            ask(wish(order, (variant, 1), (variant, 2)))
        assert short.value.field == "variantId"
        assert variant.sku in short.value.message
        assert stock_of(world, variant)[a.id].allocated == 0

    def test_not_sold(self, world: Any) -> None:
        """What visitors cannot see is not sold, but the order's own goods are exchanged for the same."""
        if world.in_memory:
            pytest.skip("Memory shows everything.")
        a, order = bought(world)
        hidden = world.make_variant(price=100, stock={a: 5})
        world.hide(hidden)
        with pytest.raises(Invalid) as refused:
            world.shop.quote_order(wish(order, (hidden, 1)))
        assert (refused.value.field, refused.value.code) == ("variantId", "NOT_SOLD")
        own = world.shop.variants([order.lines[0].variant_id])[0]
        world.hide(own)
        assert world.shop.quote_order(wish(order, (own, 1))).total_gross == 2000


class TestCreateOrder:
    """`create_order`"""

    def test_dearer(self, world: Any) -> None:
        """The customer owes what the goods cost beyond the credit; nothing is paid yet."""
        a, order = bought(world)
        variant = world.make_variant(price=2500, stock={a: 5})
        made = world.shop.create_order(wish(order, (variant, 2), credit=4000))
        assert amounts(made) == (1000, 4000, 0)
        assert (made.status, made.is_paid) == (OrderStatus.UNFULFILLED, False)
        assert made == world.shop.order(made.id)
        assert held(world, made) == {a.id: 2}
        assert made.id in [row.id for row in world.shop.orders_to_ship()]

    def test_cheaper(self, world: Any) -> None:
        """Credit beyond the price is not used: the total is zero, and that is paid."""
        a, order = bought(world)
        variant = world.make_variant(price=1500, stock={a: 5})
        made = world.shop.create_order(wish(order, (variant, 1), credit=4000))
        assert amounts(made) == (0, 1500, 0)
        assert made.total_net == 0
        assert made.is_paid
        assert made.status is OrderStatus.UNFULFILLED

    def test_same_price(self, world: Any) -> None:
        """An even exchange of the same goods."""
        a, order = bought(world)
        own = world.shop.variants([order.lines[0].variant_id])[0]
        made = world.shop.create_order(wish(order, (own, 2), credit=4000))
        assert amounts(made) == (0, 4000, 0)
        assert held(world, made) == {a.id: 2}

    def test_no_credit(self, world: Any) -> None:
        """Without a credit it is an ordinary order."""
        a, order = bought(world)
        variant = world.make_variant(price=1999, stock={a: 5})
        assert amounts(world.shop.create_order(wish(order, (variant, 1)))) == (1999, 0, 0)

    @pytest.mark.parametrize("credit", [1, 333, 1000, 2664, 2665])
    def test_spread(self, world: Any, credit: int) -> None:
        """The credit is spread over lines so that no cent is lost, and each line's price can be told again."""
        a, order = bought(world)
        items = [
            (world.make_variant(price=price, stock={a: 9}), units) for price, units in ((333, 3), (1, 7))
        ]
        items.append((world.make_variant(price=1659, stock={a: 9}), 1))
        quote = world.shop.quote_order(wish(order, *items))
        made = world.shop.create_order(wish(order, *items, credit=credit))
        assert amounts(made)[:2] == (quote.total_gross - credit, credit)
        full = {line.variant_id: line.total_gross + line.credit_gross for line in made.lines}
        assert full == {row.variant_id: row.gross for row in quote.lines}
        nets = {line.variant_id: line.total_net + line.credit_net for line in made.lines}
        assert nets == {row.variant_id: row.net for row in quote.lines}
        assert all(line.total_gross >= line.total_net >= 0 for line in made.lines)

    def test_of_the_customer(self, world: Any) -> None:
        """Same customer, address, channel and currency as the order whose goods came back."""
        a, order = bought(world, email="ada@example.com", postal_code="10001", city="New York")
        variant = world.make_variant(price=1500, stock={a: 5})
        made = world.shop.create_order(wish(order, (variant, 1)))
        assert made.id != order.id
        for name in ("email", "user_id", "channel", "currency", "shipping_address"):
            assert getattr(made, name) == getattr(order, name)
        assert world.shop.order(order.id) == order

    def test_history(self, world: Any) -> None:
        """Both orders' histories name the other one; the new one's has the note."""
        a, order = bought(world)
        variant = world.make_variant(price=1500, stock={a: 5})
        made = world.shop.create_order(wish(order, (variant, 1), note="Return 7-1."))
        assert world.notes(made.id) == [f"Replaces goods of order {order.number}. Return 7-1."]
        assert world.notes(order.id)[-1] == f"Exchanged for order {made.number}."

    def test_rolled_back(self, world: Any) -> None:
        """In the caller's transaction: with its roll-back there is no order and no promise."""
        a, order = bought(world)
        variant = world.make_variant(price=1500, stock={a: 5})

        class Undo(Exception):
            pass

        with pytest.raises(Undo), world.transaction():
            made = world.shop.create_order(wish(order, (variant, 1), credit=100))
            raise Undo
        with pytest.raises(NotFound):
            world.shop.order(made.id)
        assert stock_of(world, variant)[a.id].allocated == 0

    def test_again(self, world: Any) -> None:
        """What came in exchange is exchanged again."""
        a, order = bought(world)
        variant = world.make_variant(price=2500, stock={a: 9})
        first = world.shop.create_order(wish(order, (variant, 1), credit=2500))
        second = world.shop.create_order(wish(first, (variant, 2), credit=2500))
        assert amounts(second) == (2500, 2500, 0)
        assert amounts(world.shop.order(first.id)) == (0, 2500, 0)

    def test_ships(self, world: Any) -> None:
        """It ships like any other order."""
        a, order = bought(world)
        variant = world.make_variant(price=2500, stock={a: 9})
        made = world.shop.create_order(wish(order, (variant, 2), credit=5000))
        ship(world, made, a, 2)
        assert world.shop.order(made.id).status is OrderStatus.FULFILLED
        assert stock_of(world, variant)[a.id].on_hand == 7
