"""Routing on the installed Saleor: allocations move, the ledger tells, repeating changes nothing."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.models import RoutingDecision
from saleor_plugins.fulfillment.usecases.commit_decision import Trigger
from saleor_plugins.fulfillment.usecases.route_order import preview, route_order
from saleor_plugins.kernel.errors import Conflict, NotFound
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.platform.port import Allocation, OrderStatus, ShipItem


def test_route_moves_the_allocations_and_tells(router) -> None:
    far, near = (
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
        router.w.make_warehouse("Near", country="US"),
    )
    shirt = router.w.make_variant(stock={far: 5, near: 3}, weight_grams=500)
    order = router.w.make_order([(shirt, 2)], allocate={far: 2})
    routed = route_order(order.id)
    assert routed.new
    assert router.held(order.id) == {near.id: 2}
    row = RoutingDecision.objects.get()
    assert (row.order_id, row.version, row.outcome, row.trigger) == (order.id, 1, "ROUTED", "EVENT")
    assert (row.cost, row.currency, row.optimal, row.bound) == (600, "USD", True, 600)
    assert row.explanation["sentences"][0] == "All 2 units ship in 1 parcel to US for 6.00 USD."
    (event,) = Event.objects.filter(topic="order.routed")
    assert event.data == {
        "orderId": order.id,
        "orderNumber": order.number,
        "decisionId": str(row.pk),
        "version": 1,
        "outcome": "ROUTED",
        "cost": 600,
        "currency": "USD",
        "arrivesOn": row.arrives_on.isoformat(),
        "parcels": [
            {
                "warehouseId": near.id,
                "warehouseName": "Near",
                "cost": 600,
                "shipOn": row.plan["parcels"][0]["ship_on"],
                "arrivesOn": row.arrives_on.isoformat(),
                "items": [{"lineId": order.lines[0].id, "quantity": 2}],
            }
        ],
        "unsourced": [],
    }
    (note,) = router.w.notes(order.id)
    said = [
        "All 2 units ship in 1 parcel to US for 6.00 USD.",
        "Near ships 2 for 6.00 USD (parcel 5.00, weight 1.00).",
        f"All of it arrives by {row.arrives_on}.",
    ]
    assert note == " ".join(said)


def test_twice_is_once(router) -> None:
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)])
    first = route_order(order.id)
    for trigger in (Trigger.EVENT, Trigger.MANUAL):
        again = route_order(order.id, trigger=trigger)
        assert not again.new and again.decision == first.decision
    assert RoutingDecision.objects.count() == 1
    assert Event.objects.filter(topic="order.routed").count() == 1
    assert len(router.w.notes(order.id)) == 1


def test_a_standing_plan_gives_way_to_a_cheaper_one_only_when_asked(router) -> None:
    far, near = router.w.make_warehouse(country="DE", countries=["US"]), router.w.make_warehouse(country="US")
    shirt = router.w.make_variant(stock={far: 5, near: 0})
    order = router.w.make_order([(shirt, 2)])
    route_order(order.id)
    assert router.held(order.id) == {far.id: 2}
    router.w.set_stock(shirt, near, 9)
    assert not route_order(order.id).new
    assert router.held(order.id) == {far.id: 2}
    assert preview(order.id).parcels[0].warehouse_id == near.id
    assert router.held(order.id) == {far.id: 2}
    asked = route_order(order.id, trigger=Trigger.MANUAL, by="VXNlcjox")
    assert asked.new and asked.decision.version == 2 and asked.decision.decided_by == "VXNlcjox"
    assert router.held(order.id) == {near.id: 2}


def test_over_allocated_stock_is_repaired(router) -> None:
    a, b = router.w.make_warehouse("A"), router.w.make_warehouse("B")
    shirt = router.w.make_variant(stock={a: 5, b: 5})
    one = router.w.make_order([(shirt, 5)], allocate={a: 5})
    two = router.w.make_order([(shirt, 5)], allocate={a: 5})
    route_order(two.id)
    route_order(one.id)
    stocks = {row.warehouse_id: row for row in router.shop.stocks([shirt.id])}
    assert [row.free for row in stocks.values()] == [0, 0]
    assert router.held(one.id) == {a.id: 5} and router.held(two.id) == {b.id: 5}
    for order in (one, two):
        ((warehouse, units),) = router.held(order.id).items()
        router.shop.fulfill(order.id, [ShipItem(order.lines[0].id, warehouse, units)])


def test_short_stock_waits_and_is_routed_when_it_arrives(router) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 2})
    order = router.w.make_order([(shirt, 5)], allocate=False)
    first = route_order(order.id)
    assert first.decision.outcome == "PARTIAL"
    assert router.held(order.id) == {here.id: 2}
    (waiting,) = Event.objects.get(topic="order.routed").data["unsourced"]
    assert waiting == {"lineId": order.lines[0].id, "quantity": 3, "code": "OUT_OF_STOCK"}
    assert not route_order(order.id).new
    router.shop.move_stock(shirt.id, here.id, 10)
    second = route_order(order.id)
    assert (second.new, second.decision.version, second.decision.outcome) == (True, 2, "ROUTED")
    assert router.held(order.id) == {here.id: 5}


def test_unroutable_orders_keep_what_saleor_promised(router) -> None:
    abroad = router.w.make_warehouse(country="DE", countries=["DE"])
    order = router.w.make_order([(router.w.make_variant(stock={abroad: 5}), 2)], allocate={abroad: 2})
    assert route_order(order.id).decision.outcome == "UNROUTABLE"
    assert router.held(order.id) == {abroad.id: 2}
    assert Event.objects.filter(topic="order.unroutable").count() == 1
    assert not route_order(order.id).new


def test_an_order_without_address_waits(router) -> None:
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)], country="")
    row = route_order(order.id).decision
    assert row.outcome == "UNROUTABLE"
    assert row.plan["unsourced"][0]["code"] == "NO_ADDRESS"
    assert router.held(order.id) == {here.id: 2}


def test_digital_and_untracked_lines_are_left_in_peace(router) -> None:
    here = router.w.make_warehouse()
    song = router.w.make_variant(requires_shipping=False, stock={here: 5})
    sand = router.w.make_variant(tracks_stock=False, stock={here: 0})
    shirt = router.w.make_variant(stock={here: 5})
    order = router.w.make_order([(song, 1), (sand, 2), (shirt, 1)])
    before = {row for row in router.shop.allocations(order.id) if row.line_id == order.lines[0].id}
    row = route_order(order.id).decision
    assert {found["code"] for found in row.explanation["left_alone"]} == {"DIGITAL", "UNTRACKED"}
    assert before <= set(router.shop.allocations(order.id))
    assert row.outcome == "ROUTED"
    only = router.w.make_order([(song, 1)])
    assert route_order(only.id).decision.outcome == "NOTHING_TO_ROUTE"
    assert not Event.objects.filter(data__orderId=only.id).exists()


def test_what_a_line_held_before_its_stock_was_no_longer_tracked_stays(router) -> None:
    far, near = (
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
        router.w.make_warehouse("Near", country="US"),
    )
    sand, shirt = router.w.make_variant(stock={far: 5}), router.w.make_variant(stock={far: 5, near: 5})
    order = router.w.make_order([(sand, 2), (shirt, 1)], allocate=False)
    held = [Allocation(line.id, far.id, line.quantity) for line in order.lines]
    router.shop.allocate(order.id, held)
    rows = apps.get_model("product.ProductVariant").objects
    rows.filter(pk=from_global(sand.id, "ProductVariant")).update(track_inventory=False)
    assert route_order(order.id).new
    assert router.held(order.id) == {far.id: 2, near.id: 1}
    assert not route_order(order.id).new


@pytest.mark.parametrize("status", [OrderStatus.CANCELED, OrderStatus.FULFILLED])
def test_closed_orders_are_left_alone(router, status: OrderStatus) -> None:
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)], allocate=False)
    router.w.set_status(order, status)
    assert route_order(order.id).waiting == "NOT_OPEN"
    with pytest.raises(Conflict) as refused:
        route_order(order.id, trigger=Trigger.MANUAL)
    assert refused.value.field == "orderId"
    assert not RoutingDecision.objects.exists()
    assert router.held(order.id) == {}


def test_cancelled_after_routing(router) -> None:
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)])
    route_order(order.id)
    router.w.set_status(order, OrderStatus.CANCELED)
    assert route_order(order.id).waiting == "NOT_OPEN"
    assert router.held(order.id) == {}
    assert RoutingDecision.objects.count() == 1


def test_paid_orders_only(router) -> None:
    router.switch(route_when="paid")
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)], paid=False)
    assert route_order(order.id).waiting == "NOT_PAID"
    router.w.make_payment(order, order.total_gross)
    assert route_order(order.id).new


def test_partly_shipped_order_keeps_its_plan(router) -> None:
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 3)])
    route_order(order.id)
    router.shop.fulfill(order.id, [ShipItem(order.lines[0].id, here.id, 1)])
    assert not route_order(order.id).new
    assert router.held(order.id) == {here.id: 2}


def test_lines_of_one_variant_do_not_oversell(router) -> None:
    a, b = router.w.make_warehouse("A"), router.w.make_warehouse("B")
    shirt = router.w.make_variant(stock={a: 3, b: 1})
    order = router.w.make_order([(shirt, 2), (shirt, 2)], allocate=False)
    assert route_order(order.id).decision.outcome == "ROUTED"
    assert router.held(order.id) == {a.id: 3, b.id: 1}
    assert all(row.free == 0 for row in router.shop.stocks([shirt.id]))


def test_unknown_order(router) -> None:
    for order_id in (to_global("Order", 10**6), to_global("Product", 1), "rubbish", ""):
        with pytest.raises(NotFound) as refused:
            route_order(order_id)
        assert refused.value.field == "orderId"


def test_the_ledger_refuses_changes(router) -> None:
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)])
    row = route_order(order.id).decision
    for change in (lambda: RoutingDecision.objects.update(cost=0), lambda: row.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic():
        RoutingDecision.objects.create(
            **{
                field.name: getattr(row, field.name)
                for field in RoutingDecision._meta.concrete_fields
                if field.name != "id"
            }
        )


def test_roll_back_leaves_nothing(router) -> None:
    far, near = router.w.make_warehouse(country="DE", countries=["US"]), router.w.make_warehouse(country="US")
    order = router.w.make_order([(router.w.make_variant(stock={far: 5, near: 5}), 2)], allocate={far: 2})
    with pytest.raises(RuntimeError), transaction.atomic():
        route_order(order.id)
        raise RuntimeError("the process dies here")
    assert router.held(order.id) == {far.id: 2}
    assert not RoutingDecision.objects.exists()
    assert not Event.objects.filter(topic="order.routed").exists()
    assert router.w.notes(order.id) == []


def test_queries_do_not_grow_with_the_order(router) -> None:
    places = [router.w.make_warehouse() for _ in range(3)]
    small = router.w.make_order([(router.w.make_variant(stock={places[0]: 5}), 1)])
    lines = [(router.w.make_variant(stock=dict.fromkeys(places, 5)), 2) for _ in range(12)]
    big = router.w.make_order(lines)
    counts = []
    for order in (small, big):
        route_order(order.id)
        with CaptureQueriesContext(connection) as seen:
            preview(order.id)
        counts.append(len(seen))
    assert counts[0] == counts[1]
