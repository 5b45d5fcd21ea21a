"""`port.Stocks`: the catalogue and what was sold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_plugins.platform.port import OrderStatus
from tests.contract.steps import GARBAGE, NOTHING


class TestVariants:
    """`variants`, `stocked_variants`"""

    def test_those_that_exist(self, world: Any) -> None:
        """Those of the ids that exist, with their product, sorted by id."""
        made = [world.make_variant(), world.make_variant(tracks_stock=False)]
        rows = world.shop.variants([made[1].id, made[0].id, NOTHING, *GARBAGE])
        assert [row.id for row in rows] == [row.id for row in made]
        assert (rows[0].sku, rows[0].product_id) == (made[0].sku, made[0].product_id)
        assert [row.tracks_stock for row in rows] == [True, False]

    def test_variants_of_skus(self, world: Any) -> None:
        """By SKU, letter by letter; unknown and empty SKUs find nothing."""
        made = [world.make_variant(sku=sku) for sku in ("Shirt-1", "shirt-1", "100%_")]
        found = world.shop.variants_of_skus(["Shirt-1", "100%_", "", "SHIRT-1", "nothing"])
        assert found == {"Shirt-1": made[0], "100%_": made[2]}
        assert world.shop.variants_of_skus([]) == {}

    def test_stocked_pages(self, world: Any) -> None:
        """Variants that track stock and have a stock row, in id order, each once, in pages."""
        a, b = world.make_warehouse(), world.make_warehouse()
        made = [world.make_variant(stock={a: 0, b: 1}) for _ in range(5)]
        world.make_variant(stock={a: 1}, tracks_stock=False)
        world.make_variant()
        seen: list[str] = []
        page = world.shop.stocked_variants(limit=2)
        while page:
            seen += [row.id for row in page]
            assert len(page) <= 2
            page = world.shop.stocked_variants(after=seen[-1], limit=2)
        assert seen == [row.id for row in made]


class TestSales:
    """`sales`"""

    DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def test_window(self, world: Any) -> None:
        """Units sold in [since, until), oldest first, with the country they went to."""
        variant = world.make_variant()
        days = [self.DAY + timedelta(days=n) for n in range(4)]
        made = [world.make_sale(variant, n + 1, day, "DE") for n, day in enumerate(days)]
        found = list(world.shop.sales(days[1], days[3]))
        assert found == made[1:3]
        assert [(row.quantity, row.country, row.at) for row in found] == [
            (2, "DE", days[1]),
            (3, "DE", days[2]),
        ]

    @pytest.mark.parametrize(
        ("status", "counts"),
        [
            (OrderStatus.UNFULFILLED, True),
            (OrderStatus.PARTIALLY_FULFILLED, True),
            (OrderStatus.FULFILLED, True),
            (OrderStatus.DRAFT, False),
            (OrderStatus.CANCELED, False),
        ],
    )
    def test_states(self, world: Any, status: OrderStatus, counts: bool) -> None:
        """Drafts, unconfirmed and cancelled orders are not sales."""
        variant = world.make_variant()
        order = world.make_order([(variant, 2)], created=self.DAY, allocate=False)
        world.set_status(order, status)
        found = list(world.shop.sales(self.DAY, self.DAY + timedelta(1)))
        assert [row.order_id for row in found] == ([order.id] if counts else [])

    def test_unconfirmed_and_returned(self, world: Any) -> None:
        """Unconfirmed and expired orders are no sales, returned ones were."""
        if not world.returned_fulfillments:
            pytest.skip("Saleor 2.10 has none of these states.")
        variant = world.make_variant()
        kept = []
        for status in ("UNCONFIRMED", "EXPIRED", "RETURNED", "PARTIALLY_RETURNED"):
            order = world.make_order(
                [(variant, 1)], created=self.DAY, allocate=False, status=OrderStatus(status)
            )
            kept += [order.id] if "RETURNED" in status else []
        found = [row.order_id for row in world.shop.sales(self.DAY, self.DAY + timedelta(1))]
        assert sorted(found) == sorted(kept)

    def test_deleted_variant(self, world: Any) -> None:
        """A line whose variant is gone is left out; no address means no country."""
        a = world.make_warehouse()
        kept, gone = world.make_variant(stock={a: 5}), world.make_variant(stock={a: 5})
        world.drop_variant(world.make_order([(gone, 1)], created=self.DAY))
        order = world.make_order([(kept, 1)], created=self.DAY, country="")
        found = list(world.shop.sales(self.DAY, self.DAY + timedelta(1)))
        assert [(row.order_id, row.country) for row in found] == [(order.id, "")]
