"""`port.Orders`: reading, and notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.platform.port import AskerKind, OrderStatus
from saleor_plugins.platform.sorting import by_id
from tests.contract.steps import NO_ORDER, ship


class TestOrder:
    """`order`"""

    def test_head(self, world: Any) -> None:
        """State, currency, address, customer, e-mail, payment state, channel."""
        user, _ = world.make_asker(AskerKind.CUSTOMER)
        variant = world.make_variant(price=1999)
        made = world.make_order(
            [(variant, 2)], country="DE", postal_code="10115", user_id=user.id, allocate=False
        )
        order = world.shop.order(made.id)
        assert order.status is OrderStatus.UNFULFILLED
        assert (order.currency, order.user_id, order.is_paid) == ("USD", user.id, True)
        assert (order.shipping_address.country, order.shipping_address.postal_code) == ("DE", "10115")
        assert "@" in order.email
        assert order.number
        assert order.channel == ("default" if world.channels else "")
        assert order.created.tzinfo is not None

    def test_language(self, world: Any) -> None:
        """The customer's language as Saleor codes it; locked it is the same."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False, language="pl")
        assert world.shop.order(order.id).language == "pl"
        with world.transaction():
            assert world.shop.order(order.id, lock=True).language == "pl"

    def test_unpaid_without_address(self, world: Any) -> None:
        """An unpaid order says so; a missing address is None."""
        order = world.make_order([(world.make_variant(), 1)], paid=False, country="", allocate=False)
        assert (order.is_paid, order.shipping_address) == (False, None)

    def test_lines(self, world: Any) -> None:
        """Lines sorted by id with variant, product, category, weight in grams, and flags."""
        category = world.make_category()
        heavy = world.make_variant(weight_grams=1250, category=category)
        light = world.make_variant(tracks_stock=False, requires_shipping=False)
        order = world.make_order([(heavy, 2), (light, 1)], allocate=False)
        assert [line.id for line in order.lines] == sorted((line.id for line in order.lines), key=by_id)
        lines = {line.variant_id: line for line in order.lines}
        assert (lines[heavy.id].weight_grams, lines[light.id].weight_grams) == (1250, None)
        assert (lines[heavy.id].category_id, lines[light.id].category_id) == (category, None)
        assert lines[heavy.id].product_id == heavy.product_id
        assert (lines[heavy.id].sku, lines[heavy.id].quantity, lines[heavy.id].to_ship) == (heavy.sku, 2, 2)
        assert [lines[key.id].tracks_stock for key in (heavy, light)] == [True, False]
        assert [lines[key.id].requires_shipping for key in (heavy, light)] == [True, False]

    def test_words(self, world: Any) -> None:
        """Metadata of product type, product and variant, the nearest winning; product type; pre-order."""
        shirt = world.make_variant(
            type_metadata={"class": "soft", "care": "cold", "origin": "PT"},
            product_metadata={"class": "rough", "care": "warm"},
            metadata={"class": "dangerous"},
        )
        order = world.make_order(
            [(shirt, 1)], shipping_method="Express", metadata={"gift": "yes"}, allocate=False
        )
        line = order.lines[0]
        assert line.metadata == {"class": "dangerous", "care": "warm", "origin": "PT"}
        assert (order.shipping_method, order.metadata) == ("Express", {"gift": "yes"})
        cap = world.make_variant(product_type=line.product_type_id)
        other = world.make_variant()
        order = world.make_order([(cap, 1), (other, 1)], allocate=False)
        types = {row.variant_id: row.product_type_id for row in order.lines}
        assert types[cap.id] == line.product_type_id != types[other.id]
        assert (order.shipping_method, order.metadata, order.lines[0].is_preorder) == ("", {}, False)

    def test_preorder(self, world: Any) -> None:
        """A variant in pre-order is told, and tracks no stock yet."""
        if not world.channels:
            pytest.skip("Saleor 2.10 has no pre-orders.")
        line = world.make_order([(world.make_variant(is_preorder=True), 1)], allocate=False).lines[0]
        assert (line.is_preorder, line.tracks_stock) == (True, False)

    def test_totals_add_up(self, world: Any) -> None:
        """Totals of lines and shipping, net and gross, add up to the order's."""
        lines = [(world.make_variant(price=1999), 3), (world.make_variant(price=1), 1)]
        order = world.make_order(lines, shipping=499, tax_percent=19, allocate=False)
        assert order.total_gross == sum(line.total_gross for line in order.lines) + order.shipping_gross
        assert order.total_gross == 3 * 1999 + 1 + 499
        assert order.shipping_net == 419
        net = sum(line.total_net for line in order.lines) + order.shipping_net
        # 2.10 stores the net price of a unit only: its lines carry that rounding.
        assert abs(order.total_net - net) <= 3

    def test_deleted_variant(self, world: Any) -> None:
        """A line outlives its variant: sku and name stay, it tracks no stock."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 3})
        order = world.drop_variant(world.make_order([(variant, 1)]))
        line = order.lines[0]
        assert (line.variant_id, line.tracks_stock, line.sku) == (None, False, variant.sku)
        assert world.shop.allocations(order.id) == []

    @pytest.mark.parametrize("broken", NO_ORDER)
    def test_not_found(self, world: Any, broken: str) -> None:
        """Unknown or broken ids: NotFound (orderId)."""
        with pytest.raises(NotFound) as refused:
            world.shop.order(broken)
        assert refused.value.field == "orderId"

    def test_lock(self, world: Any) -> None:
        """`lock` answers the same order."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        with world.transaction():
            assert world.shop.order(order.id, lock=True) == order

    def test_lock_without_lines(self, world: Any) -> None:
        """An order without lines, and one without an address, can be locked too."""
        bare = world.make_order([(world.make_variant(), 1)], country="", allocate=False)
        empty = world.make_order([], paid=False)
        with world.transaction():
            for order in (bare, empty):
                assert world.shop.order(order.id, lock=True) == world.shop.order(order.id) == order
        assert empty.shipping_address.country == "US"


class TestOrdersToShip:
    """`orders_to_ship`"""

    def test_pages(self, world: Any) -> None:
        """Oldest first, each once, in pages, also when orders share their instant."""
        start = datetime(2026, 1, 1, tzinfo=UTC)
        variant = world.make_variant()
        instants = [3, 1, 2, 2, 2]
        made = {
            world.make_order([(variant, 1)], created=start + timedelta(n), allocate=False).id: n
            for n in instants
        }
        seen: list[str] = []
        page = world.shop.orders_to_ship(limit=2)
        while page:
            assert len(page) <= 2
            seen += [order.id for order in page]
            page = world.shop.orders_to_ship(after=seen[-1], limit=2)
        assert sorted(seen) == sorted(made)
        assert [made[key] for key in seen] == sorted(instants)

    def test_states(self, world: Any) -> None:
        """Drafts, unconfirmed, cancelled and shipped orders are left out."""
        a = world.make_warehouse()
        variant = world.make_variant(stock={a: 9})
        open_order = world.make_order([(variant, 2)])
        shipped = world.make_order([(variant, 1)])
        ship(world, shipped, a, 1)
        part = world.make_order([(variant, 2)])
        ship(world, part, a, 1)
        for status in (OrderStatus.DRAFT, OrderStatus.CANCELED):
            world.set_status(world.make_order([(variant, 1)], allocate=False), status)
        assert {order.id for order in world.shop.orders_to_ship()} == {open_order.id, part.id}


class TestPeriod:
    """`orders`"""

    def test_period(self, world: Any) -> None:
        """Those placed in [since, until), oldest first, each once; cancelled ones and drafts left out."""
        start = datetime(2026, 3, 1, tzinfo=UTC)
        variant = world.make_variant()

        def placed(day: int, **kwargs: Any) -> str:
            instant = start + timedelta(day)
            return str(world.make_order([(variant, 1)], created=instant, allocate=False, **kwargs).id)

        days = {placed(day): day for day in (3, 0, -1, 1, 1, 7)}
        shipped = placed(2, status=OrderStatus.FULFILLED)
        for status in (OrderStatus.DRAFT, OrderStatus.CANCELED):
            placed(2, status=status)
        found = [order.id for order in world.shop.orders(start, start + timedelta(7))]
        assert [days.get(key, 2) for key in found] == [0, 1, 1, 2, 3]
        assert found[3] == shipped
        assert list(world.shop.orders(start, start)) == []

    def test_pieces(self, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Read piece by piece, also when orders of several pieces share their instant."""
        if not world.in_memory:
            monkeypatch.setattr("saleor_plugins.platform.orm.reads.PIECE", 2)
        start = datetime(2026, 3, 1, tzinfo=UTC)
        variant = world.make_variant()
        made = [
            world.make_order([(variant, 1)], created=start + timedelta(day), allocate=False).id
            for day in (0, 0, 0, 1, 1, 1, 1)
        ]
        found = [order.id for order in world.shop.orders(start, start + timedelta(9))]
        assert sorted(found) == sorted(made)
        assert sorted(found[:3]) == sorted(made[:3])


class TestNotes:
    """`add_note`"""

    def test_note(self, world: Any) -> None:
        """Notes stand in the order's history."""
        order = world.make_order([(world.make_variant(), 1)], allocate=False)
        world.shop.add_note(order.id, "Routed to North.")
        world.shop.add_note(order, "Größe <b>M</b>")
        assert world.notes(order.id) == ["Routed to North.", "Größe <b>M</b>"]
        with pytest.raises(NotFound):
            world.shop.add_note(NO_ORDER[-1], "x")
