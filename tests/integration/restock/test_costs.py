"""What units cost and how long they took, read from what was booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import (
    ExchangeRate,
    LandedCost,
    PurchaseOrder,
    PurchaseOrderLine,
    SentOrder,
)
from saleor_plugins.restock.store.costs import average_costs, landed_per_unit
from saleor_plugins.restock.store.lead_times import taken
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.suggest import suggest
from saleor_plugins.restock.usecases.suppliers import set_reorder_policy

from .rooms import Room

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
At = Callable[[datetime], None]


def buy(room: Room, variant: Any, units: int, price: str, **terms: Any) -> PurchaseOrderLine:
    """An approved line of that many units at that price."""
    room.sells(variant, price, **terms)
    lies = sum(stock.on_hand for stock in room.data.shop.stocks([variant.id]))
    set_reorder_policy(variant.id, None, lies + units)
    (order_id,) = suggest(variant_ids=[variant.id]).order_ids
    approve_order(order_id)
    set_reorder_policy(variant.id, None, 0)
    return PurchaseOrderLine.objects.get(order_id=order_id, variant_id=variant.id)


def came(line: PurchaseOrderLine, units: int, reference: str = "note") -> None:
    receive_order(line.order_id, reference, [Arrival(str(line.pk), units)])


def cost(order: PurchaseOrder, amount: int, by: str = "VALUE", reference: str = "bill") -> None:
    LandedCost.objects.create(
        order=order,
        reference=reference,
        kind="FREIGHT",
        amount=amount,
        currency=order.currency,
        converted=amount,
        by=by,
        at=clock.now(),
    )


def test_a_variant_that_never_came_has_no_cost(room: Room) -> None:
    assert average_costs([room.make_low().id, "VmFyaWFudDo5"]) == {}


def test_two_prices_are_averaged_with_what_still_lay_there(room: Room) -> None:
    shirt = room.data.make_variant(stock={room.house: 0})
    came(buy(room, shirt, 10, "1.00"), 10)
    room.data.shop.move_stock(shirt.id, room.house.id, -5)
    came(buy(room, shirt, 10, "2.50"), 10)
    assert average_costs([shirt.id]) == {shirt.id: (200, "USD")}


def test_what_lies_in_other_warehouses_weighs_too(room: Room) -> None:
    shirt = room.data.make_variant(stock={room.house: 0})
    came(buy(room, shirt, 10, "1.00"), 10)
    other = room.data.make_warehouse(country="DE", countries=["DE"])
    room.data.shop.move_stock(shirt.id, room.house.id, -10)
    room.data.shop.move_stock(shirt.id, other.id, 10)
    room.sells(shirt, "2.00")
    set_reorder_policy(shirt.id, room.house.id, 10)
    (order_id,) = suggest(variant_ids=[shirt.id]).order_ids
    approve_order(order_id)
    came(PurchaseOrderLine.objects.get(order_id=order_id), 10)
    assert average_costs([shirt.id]) == {shirt.id: (150, "USD")}


def test_freight_is_borne_by_what_came_and_what_is_still_owed(room: Room) -> None:
    order, (first, second) = room.make_approved(10, 30)
    cost(order, 1000, "UNITS")
    came(first, 5)
    half = landed_per_unit([order.pk])
    assert half == {str(first.pk): 25, str(second.pk): 25}
    assert average_costs([first.variant_id]) == {first.variant_id: (425, "USD")}
    cancel_order(order.pk)
    assert landed_per_unit([order.pk]) == {str(first.pk): 200}
    assert average_costs([first.variant_id]) == {first.variant_id: (600, "USD")}
    cost(order, -900, "UNITS", "correction")
    assert average_costs([first.variant_id]) == {first.variant_id: (420, "USD")}


def test_other_currencies_count_at_the_rate_and_not_without_one(room: Room) -> None:
    shirt = room.data.make_variant(stock={room.house: 0})
    came(buy(room, shirt, 10, "1.00", currency="EUR"), 10)
    came(buy(room, shirt, 10, "2.00"), 10)
    assert average_costs([shirt.id]) == {shirt.id: (200, "USD")}
    ExchangeRate.objects.create(currency="EUR", into="USD", rate="1.2", since="2020-01-01")
    assert average_costs([shirt.id]) == {shirt.id: (160, "USD")}


def test_costs_of_many_variants_take_as_many_queries_as_of_one(room: Room) -> None:
    def queries(variant_ids: list[str]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert len(average_costs(variant_ids)) == len(variant_ids)
        return len(found)

    bought = []
    for _ in range(4):
        order, lines = room.make_approved(10, 5)
        receive_order(order.pk, "note", [Arrival(str(line.pk), 5) for line in lines])
        cost(order, 77)
        bought += [line.variant_id for line in lines]
    assert queries(bought) == queries(bought[:1])


def test_lead_times_are_the_shops_days_from_sending_to_arrival(room: Room, at: At) -> None:
    at(NOON)
    order, (first, second) = room.make_approved(10, 5)
    at(NOON + timedelta(days=4))
    came(first, 4, "one")
    key = (str(room.supplier.pk), first.variant_id)
    both = [first.variant_id, second.variant_id]
    assert taken([room.supplier.pk], both) == {key: [4]}
    SentOrder.objects.create(
        order=order, revision=1, channel="MAIL", created=NOON, sent=NOON + timedelta(days=1)
    )
    at(NOON + timedelta(days=9))
    came(first, 6, "two")
    came(second, 5, "three")
    assert taken([str(room.supplier.pk)], both) == {
        key: [3, 8],
        (str(room.supplier.pk), second.variant_id): [8],
    }
    assert taken([], both) == {} == taken([room.supplier.pk], [])


def test_a_line_that_came_to_the_order_later_was_asked_for_later(room: Room, at: At) -> None:
    at(NOON)
    _, (line,) = room.make_approved(10)
    PurchaseOrderLine.objects.filter(pk=line.pk).update(since=NOON + timedelta(days=3))
    at(NOON + timedelta(days=5))
    came(line, 10)
    assert list(taken([room.supplier.pk], [line.variant_id]).values()) == [[2]]


@pytest.mark.parametrize(("years", "known"), [(1, 1), (3, 0)])
def test_what_came_long_ago_says_nothing(room: Room, at: At, years: int, known: int) -> None:
    at(NOON)
    _, (line,) = room.make_approved(10)
    came(line, 10)
    at(NOON + timedelta(days=365 * years))
    assert len(taken([room.supplier.pk], [line.variant_id])) == known
