"""`port.Returned.returned_sales`: which of the units sold came back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.platform.port import OrderStatus, ReturnedItem, ReturnedState
from tests.contract.steps import ship

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def sold(world: Any, units: int, at: datetime = DAY, country: str = "US") -> tuple[Any, Any]:
    """An order of one variant, all shipped in one parcel."""
    house = world.make_warehouse()
    variant = world.make_variant(stock={house: units})
    order = world.make_order([(variant, units)], created=at, country=country)
    return order, ship(world, order, house, units)


def back(
    world: Any, order: Any, parcel: Any, units: int, state: ReturnedState = ReturnedState.RETURNED
) -> None:
    world.shop.mark_returned(order.id, [ReturnedItem(parcel.lines[0].id, units)], state=state)


def units(world: Any, since: datetime = LONG[0], until: datetime = LONG[1]) -> list[tuple[str, int]]:
    return [(row.order_id, row.quantity) for row in world.shop.returned_sales(since, until)]


class TestReturnedSales:
    """`returned_sales`"""

    @pytest.fixture(autouse=True)
    def _knows(self, world: Any) -> None:
        if not world.returned_fulfillments:
            pytest.skip("Saleor 2.10 does not know what came back.")

    @pytest.mark.parametrize("state", ReturnedState)
    def test_states(self, world: Any, state: ReturnedState) -> None:
        """Returned, refunded and exchanged units came back; those the customer kept for money did not."""
        order, parcel = sold(world, 3)
        back(world, order, parcel, 2, state)
        assert units(world) == ([] if state is ReturnedState.REFUNDED else [(order.id, 2)])

    def test_as_the_sale(self, world: Any) -> None:
        """They look as their sale did: its line, instant and country."""
        order, parcel = sold(world, 3, country="DE")
        back(world, order, parcel, 1)
        sale, returned = (list(rows(*LONG)) for rows in (world.shop.sales, world.shop.returned_sales))
        assert [(row.line_id, row.variant_id, row.at, row.country) for row in returned] == [
            (row.line_id, row.variant_id, row.at, row.country) for row in sale
        ]

    def test_window(self, world: Any) -> None:
        """The window is of when they were sold, whenever they came back; oldest first."""
        made = [sold(world, 2, DAY + timedelta(days=day)) for day in (3, 0, 1, 2)]
        for order, parcel in made:
            back(world, order, parcel, 1)
        found = units(world, DAY + timedelta(days=1), DAY + timedelta(days=3))
        assert found == [(made[2][0].id, 1), (made[3][0].id, 1)]

    def test_twice(self, world: Any) -> None:
        """Units of a line that came back in two parcels add up to what was sold of it."""
        order, parcel = sold(world, 5)
        back(world, order, parcel, 2)
        back(world, order, parcel, 3)
        assert sum(quantity for _, quantity in units(world)) == 5

    def test_none(self, world: Any) -> None:
        """Shipped parcels, cancelled orders and deleted variants have none."""
        sold(world, 2)
        for order, parcel in (gone := [sold(world, 2), sold(world, 2)]):
            back(world, order, parcel, 2)
        world.set_status(gone[0][0], OrderStatus.CANCELED)
        world.drop_variant(gone[1][0])
        assert units(world) == []

    def test_one_query(self, world: Any) -> None:
        """However many came back, one query."""
        if world.in_memory:
            pytest.skip("Memory has no queries.")
        for _ in range(3):
            order, parcel = sold(world, 2)
            back(world, order, parcel, 1)
            with CaptureQueriesContext(connection) as queries:
                assert units(world)
            assert len(queries) == 1


class TestReturnedSales2:
    """`returned_sales` without returned fulfilments"""

    def test_notes(self, world: Any) -> None:
        """A Saleor that only keeps notes of returns answers none."""
        if world.returned_fulfillments:
            pytest.skip("This Saleor knows what came back.")
        order, parcel = sold(world, 3)
        back(world, order, parcel, 2)
        assert units(world) == []
