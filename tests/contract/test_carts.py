"""`port.Carts`: what shoppers are about to order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from saleor_plugins.kernel.errors import NotFound, OpsError
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.platform.port import Address, Allocation, CartProblem
from tests.contract.steps import GARBAGE, NOTHING
from tests.contract.test_queries import queries

NO_CART = ["", "x", to_global("Order", 1), to_global("Checkout", "00000000-0000-4000-8000-000000000000")]


class TestCart:
    """`cart`"""

    def test_facts(self, world: Any) -> None:
        """Lines as of an order, with weight, type and metadata; address, method, channel, subtotal."""
        method = world.make_shipping_method("Express")
        shirt = world.make_variant(price=1999, weight_grams=300, type_metadata={"shipping_class": "soft"})
        book = world.make_variant(price=500, requires_shipping=False, tracks_stock=False)
        cart = world.make_cart(
            [(shirt, 2), (book, 1)], country="US", postal_code="10001", shipping_method=method
        )
        assert world.shop.cart(cart.id) == cart
        lines = {line.variant_id: line for line in cart.lines}
        line = lines[shirt.id]
        assert (line.quantity, line.to_ship, line.weight_grams, line.sku) == (2, 2, 300, shirt.sku)
        assert (line.metadata, line.requires_shipping, line.tracks_stock) == (
            {"shipping_class": "soft"}, True, True,
        )  # fmt: skip
        assert line.product_type_id
        assert (lines[book.id].requires_shipping, lines[book.id].tracks_stock) == (False, False)
        assert (cart.shipping_address.country, cart.shipping_address.postal_code) == ("US", "10001")
        assert (cart.shipping_method, cart.shipping_method_id) == ("Express", method.id)
        assert (cart.currency, cart.channel) == ("USD", "default" if world.channels else "")

    def test_token(self, world: Any) -> None:
        """Found by its bare token too; anything else: NotFound (checkoutId)."""
        cart = world.make_cart([(world.make_variant(), 1)])
        if not world.in_memory:
            assert world.shop.cart(from_global(cart.id, "Checkout")) == cart
        for broken in NO_CART:
            with pytest.raises(NotFound) as refused:
                world.shop.cart(broken)
            assert refused.value.field == "checkoutId"

    def test_collected(self, world: Any) -> None:
        """Click and collect is told; so is a missing address."""
        bare = world.make_cart([(world.make_variant(), 1)], country="")
        assert (bare.shipping_address, bare.shipping_method, bare.collection_point_id) == (None, "", None)
        if world.channels:
            point = world.make_warehouse(pickup=True)
            cart = world.make_cart([(world.make_variant(), 1)], collection_point=point)
            assert cart.collection_point_id == point.id

    def test_as_order(self, world: Any) -> None:
        """The order that it would become: same lines, address, method and channel."""
        cart = world.make_cart([(world.make_variant(), 2)], country="US")
        order = cart.as_order(datetime(2026, 1, 1, tzinfo=UTC))
        assert (order.id, order.lines, order.channel) == (cart.id, cart.lines, cart.channel)
        assert order.shipping_address == cart.shipping_address

    def test_of_objects(self, world: Any) -> None:
        """The same cart from the objects that Saleor hands to hooks, in at most one query."""
        if world.in_memory:
            pytest.skip("Memory has no objects of Saleor's.")
        method = world.make_shipping_method("Express")
        shirt = world.make_variant(weight_grams=300, metadata={"bundle": "a"})
        cart = world.make_cart([(shirt, 2), (world.make_variant(), 1)], shipping_method=method)
        objects = world.hook_objects(cart)
        with queries() as found:
            same = world.shop.cart_of(*objects)
        assert len(found) <= 1, found.captured_queries
        assert {line.id: line for line in same.lines} == {line.id: line for line in cart.lines}
        assert (same.id, same.channel, same.shipping_address) == (
            cart.id,
            cart.channel,
            cart.shipping_address,
        )
        assert (same.shipping_method, same.shipping_method_id) == ("Express", method.id)

    def test_reservations(self, world: Any) -> None:
        """`allocations` of a cart are its own live reservations, which are no longer free."""
        if not world.reservations:
            pytest.skip("Saleor 2.10 has no reservations.")
        a = world.make_warehouse()
        shirt = world.make_variant(stock={a: 9})
        cart = world.make_cart([(shirt, 2)])
        world.reserve(shirt, a, 2, cart=cart)
        world.reserve(shirt, a, 3)
        assert world.shop.allocations(cart.id) == [Allocation(cart.lines[0].id, a.id, 2)]
        assert world.shop.stocks([shirt.id])[0].free == 4
        other = world.make_cart([(shirt, 2)])
        world.reserve(shirt, a, 1, cart=other, expired=True)
        assert world.shop.allocations(other.id) == []


class TestGoods:
    """`goods`"""

    def test_items(self, world: Any) -> None:
        """Lines in the order of the items, under their variants' ids; unknown ones are missing."""
        one, two = world.make_variant(price=300, weight_grams=50), world.make_variant(price=100)
        items = [(two.id, 3), (one.id, 1), (two.id, 2), (NOTHING, 1), *((key, 1) for key in GARBAGE)]
        address = Address("US", "10001")
        cart = world.shop.goods(items, address=address, channel="default" if world.channels else "")
        assert [(line.variant_id, line.quantity) for line in cart.lines] == [
            (two.id, 3),
            (one.id, 1),
            (two.id, 2),
        ]
        assert [line.id for line in cart.lines] == [two.id, one.id, two.id]
        assert (cart.id, cart.shipping_address, cart.subtotal, cart.currency) == ("", address, 800, "USD")
        assert cart.lines[1].weight_grams == 50

    def test_hidden(self, world: Any) -> None:
        """What visitors cannot see is as if it were not there."""
        if world.in_memory:
            pytest.skip("Everything in memory can be seen.")
        hidden = world.make_variant()
        world.hide(hidden)
        channel = "default" if world.channels else ""
        assert world.shop.goods([(hidden.id, 1)], channel=channel).lines == ()

    def test_channel(self, world: Any) -> None:
        """Without a name the only active channel; with several of them it must be named."""
        if world.in_memory or not world.channels:
            pytest.skip("Saleor 3.x only.")
        variant = world.make_variant()
        assert len(world.shop.goods([(variant.id, 1)]).lines) == 1
        world.make_channel("other")
        for channel in ("", "nowhere"):
            with pytest.raises(OpsError) as refused:
                world.shop.goods([(variant.id, 1)], channel=channel)
            assert refused.value.field == "channel"
        assert world.shop.goods([(variant.id, 1)], channel="other").lines == ()


class TestShippingMethods:
    """`shipping_methods`"""

    def test_offered(self, world: Any) -> None:
        """Those that go there, cheapest first, with price and days."""
        fast = world.make_shipping_method("Fast", price=900, min_days=1, max_days=2)
        slow = world.make_shipping_method("Slow", price=400, min_days=3, max_days=5)
        world.make_shipping_method("Abroad", countries=["FR"])
        cart = world.make_cart([(world.make_variant(weight_grams=200), 1)], country="US")
        assert world.shop.shipping_methods(cart) == [slow, fast]

    def test_none(self, world: Any) -> None:
        """None without an address, nor for a cart that needs no shipping."""
        world.make_shipping_method("Fast")
        bare = world.make_cart([(world.make_variant(), 1)], country="")
        digital = world.make_cart([(world.make_variant(requires_shipping=False), 1)])
        assert world.shop.shipping_methods(bare) == world.shop.shipping_methods(digital) == []


class TestRefuse:
    """`refuse`"""

    def test_refuse(self, world: Any) -> None:
        """Saleor's own error, one entry a line, with the words that were given."""
        cart = world.make_cart([(world.make_variant(), 1)])
        problems = [CartProblem(cart.lines[0].id, cart.lines[0].variant_id, "Too far.", short=False)]
        with pytest.raises(Exception, match="Too far") as refused:
            world.shop.refuse(cart if world.in_memory else world.hook_objects(cart)[0], problems)
        if not world.in_memory:
            (error,) = refused.value.error_dict["lines"]
            assert error.code == "invalid"
