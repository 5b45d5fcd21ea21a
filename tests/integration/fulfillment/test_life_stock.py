"""Promised stock vanishes without a word from Saleor; orders are edited, shipped in part, cancelled, deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery import emit, relay
from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.models import PlannedParcel, RoutedOrder, RoutingDecision
from saleor_plugins.fulfillment.tasks.sweep import find_broken, find_forgotten, find_unrouted
from saleor_plugins.fulfillment.topics import ORDER_SEEN
from saleor_plugins.fulfillment.usecases.change_shipment import cancel_shipment
from saleor_plugins.fulfillment.usecases.commit_decision import Trigger
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.fulfillment.usecases.ship_order import ship_order
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.port import OrderStatus, ShipItem
from tests.integration.fulfillment.life import change_address, change_line, delete_order, planned, topics


def sweep() -> None:
    """What the beat does in a minute."""
    for look in (find_unrouted, find_broken, find_forgotten):
        look()
    relay.drain()


@pytest.fixture
def two(router):
    """An order of 3, routed to the near warehouse; the far one has as much."""
    near, far = (
        router.w.make_warehouse("Near"),
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
    )
    shirt = router.w.make_variant(stock={near: 5, far: 5})
    order = router.w.make_order([(shirt, 3)], allocate=False)
    route_order(order.id)
    Event.objects.all().delete()
    assert router.held(order.id) == {near.id: 3}
    return order, shirt, near, far


def lower(router, shirt, near) -> None:
    router.w.set_stock(shirt, near, 1)


def delete_row(router, shirt, near) -> None:
    router.w.set_stock(shirt, near, None)


def oversell(router, shirt, near) -> None:
    """Saleor 3.23's defect: another order is given units that are promised already."""
    router.w.make_order([(shirt, 4)], allocate={near: 4}, created=clock.now() - timedelta(days=1))


@pytest.mark.parametrize("vanish", [lower, delete_row, oversell])
def test_vanished_stock_is_found_without_an_event_and_the_order_moves(router, two, vanish) -> None:
    order, shirt, near, far = two
    vanish(router, shirt, near)
    assert not Event.objects.filter(topic=ORDER_SEEN).exists()
    find_broken()
    assert [event.data["orderId"] for event in Event.objects.filter(topic=ORDER_SEEN)] == [order.id]
    relay.drain()
    held = router.held(order.id)
    assert sum(held.values()) == 3 and far.id in held
    assert all(row.free >= 0 for row in router.shop.stocks([shirt.id]))
    assert RoutingDecision.objects.order_by("-version").first().why == "STOCK_CHANGED"
    assert "order.rerouted" in topics(order.id) and planned(order.id) == set(held)
    find_broken()
    relay.drain()
    assert RoutingDecision.objects.filter(order_id=order.id).count() == 2


def test_stock_that_vanished_everywhere_leaves_the_order_waiting_once(router, two) -> None:
    order, shirt, near, far = two
    router.w.set_stock(shirt, near, 0)
    router.w.set_stock(shirt, far, 0)
    for _ in range(3):
        sweep()
    assert RoutedOrder.objects.get(order_id=order.id).state == "UNROUTABLE"
    assert router.held(order.id) == {} and planned(order.id) == set()
    assert RoutingDecision.objects.filter(order_id=order.id).count() == 2
    router.w.set_stock(shirt, far, 9)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        sweep()
    assert router.held(order.id) == {far.id: 3}


def test_negative_stock_is_nobodys(router, two) -> None:
    order, shirt, near, far = two
    if not router.w.negative_stock:
        pytest.skip("This Saleor's stock cannot be negative.")
    router.w.set_stock(shirt, near, -4)
    sweep()
    assert router.held(order.id) == {far.id: 3}


def test_looking_for_broken_promises_costs_the_same_however_many_stand(router, two) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            route_order(router.w.make_order([(router.w.make_variant(stock={two[2]: 5}), 1)]).id)
        with CaptureQueriesContext(connection) as seen:
            find_broken()
        counts.append(len(seen))
    assert counts == [2, 2]


@pytest.mark.parametrize(
    ("field", "value"),
    [("postal_code", "99999"), ("city", "Elsewhere"), ("street_address_1", "2 Main Street")],
)
def test_a_changed_address_is_looked_at_again(router, two, field: str, value: str) -> None:
    order, shirt, near, _far = two
    change_address(order, **{field: value})
    router.w.set_stock(shirt, near, 5)
    find_unrouted()
    assert [event.data["orderId"] for event in Event.objects.filter(topic=ORDER_SEEN)] == [order.id]
    relay.drain()
    assert RoutingDecision.objects.count() == 1, "the same plan is no new decision"
    Event.objects.all().delete()
    find_unrouted()
    assert not Event.objects.exists()


def test_another_country_reroutes(router, two) -> None:
    order, _, _, far = two
    zone = apps.get_model("warehouse.Warehouse").objects.get(pk=from_global(far.id, "Warehouse"))
    zone.shipping_zones.update(countries="US,DE")
    change_address(order, country="DE")
    sweep()
    assert router.held(order.id) == {far.id: 3}
    row = RoutingDecision.objects.order_by("-version").first()
    assert (row.why, row.moved) == ("ADDRESS_CHANGED", 3)


@pytest.mark.parametrize("quantity", [2, 5, 7])
def test_edited_lines_are_routed_again(router, two, quantity: int) -> None:
    order, *_ = two
    change_line(order, quantity)
    sweep()
    held = router.held(order.id)
    assert sum(held.values()) == quantity
    assert planned(order.id) == set(held)
    assert RoutingDecision.objects.order_by("-version").first().why == "LINES_CHANGED"
    assert RoutedOrder.objects.get().state == "ROUTED"


def test_partly_shipped_then_edited_then_cancelled(router, two) -> None:
    order, _shirt, near, far = two
    ship_order(order.id, [ShipItem(order.lines[0].id, near.id, 2)])
    assert planned(order.id) == {near.id}
    change_line(order, 6)
    sweep()
    assert sum(router.held(order.id).values()) == 4
    ship_order(order.id, [ShipItem(order.lines[0].id, far.id, router.held(order.id)[far.id])])
    assert far.id not in planned(order.id)
    router.w.set_status(order, OrderStatus.CANCELED)
    emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    assert planned(order.id) == set() and router.held(order.id) == {}
    assert RoutedOrder.objects.get().state == "CLOSED"


def test_a_parcel_that_left_is_planned_no_longer_and_one_that_comes_back_is_again(router, two) -> None:
    order, _, near, _ = two
    (parcel,) = ship_order(order.id)
    assert planned(order.id) == set()
    cancel_shipment(parcel.pk)
    emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    assert router.held(order.id) == {near.id: 3}
    assert planned(order.id) == {near.id}
    assert RoutingDecision.objects.count() == 1


def test_a_fulfilment_made_in_the_dashboard_frees_the_day(router, two) -> None:
    order, _, near, _ = two
    router.shop.fulfill(order.id, [ShipItem(order.lines[0].id, near.id, 3)])
    emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    assert planned(order.id) == set()


def test_what_a_cancelled_order_still_holds_is_let_go(router, two) -> None:
    """Saleor frees the promises, we route in between, and then the order says CANCELED."""
    order, shirt, near, _ = two
    stored = apps.get_model("order.Order").objects.filter(pk=from_global(order.id, "Order"))
    stored.update(status="canceled")
    assert router.held(order.id) == {near.id: 3}
    emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    assert router.held(order.id) == {}
    stock = next(row for row in router.shop.stocks([shirt.id]) if row.warehouse_id == near.id)
    assert stock.free == 5


def test_orders_that_ended_without_a_word_are_found(router, two) -> None:
    order, _, near, _ = two
    gone = router.w.make_order([(router.w.make_variant(stock={near: 5}), 1)], paid=False)
    route_order(gone.id)
    delete_order(gone)
    router.w.set_status(order, OrderStatus.CANCELED)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        sweep()
    assert {row.state for row in RoutedOrder.objects.all()} == {"CLOSED"}
    assert planned(order.id) == planned(gone.id) == set()
    Event.objects.all().delete()
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        sweep()
    assert not Event.objects.exists()


def test_the_walk_does_a_part_at_a_time_and_meets_everybody_within_ten_minutes(
    router, monkeypatch: pytest.MonkeyPatch
) -> None:
    from saleor_plugins.fulfillment.tasks import sweep as tasks_sweep

    monkeypatch.setattr(tasks_sweep, "LEAST", 1)
    monkeypatch.setattr(tasks_sweep, "PAGE", 2)
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 90})
    orders = {router.w.make_order([(shirt, 1)]).id for _ in range(27)}
    met: list[int] = []
    for _ in range(10):
        find_unrouted()
        met.append(Event.objects.filter(topic=ORDER_SEEN).count())
    assert {event.data["orderId"] for event in Event.objects.filter(topic=ORDER_SEEN)} == orders
    assert met[:3] == [3, 6, 9] and met[-1] == 27


def test_a_walk_goes_on_behind_an_order_that_is_gone(router, monkeypatch: pytest.MonkeyPatch) -> None:
    from saleor_plugins.fulfillment.tasks import sweep as tasks_sweep

    monkeypatch.setattr(tasks_sweep, "LEAST", 2)
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 90})
    orders = [router.w.make_order([(shirt, 1)], paid=False) for _ in range(6)]
    find_unrouted()
    delete_order(orders[1])
    for _ in range(5):
        find_unrouted()
    seen = {event.data["orderId"] for event in Event.objects.filter(topic=ORDER_SEEN)}
    assert seen == {order.id for order in orders}


def test_pre_orders_gift_cards_untracked_and_collected_lines_are_left_in_peace(router) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 5})
    kinds = {
        "song": router.w.make_variant(requires_shipping=False, stock={here: 5}),
        "sand": router.w.make_variant(tracks_stock=False, stock={here: 0}),
        "card": router.w.make_variant(is_gift_card=True, requires_shipping=False, stock={here: 5}),
    }
    order = router.w.make_order([(shirt, 1), *((variant, 2) for variant in kinds.values())])
    before = {row for row in router.shop.allocations(order.id) if row.line_id != order.lines[0].id}
    routed = route_order(order.id)
    assert routed.decision.outcome == "ROUTED" and len(routed.decision.plan["parcels"]) == 1
    assert before <= set(router.shop.allocations(order.id))
    collected = router.w.make_order([(shirt, 1)], collection_point=here if router.w.channels else None)
    if collected.collection_point_id:
        held = router.held(collected.id)
        assert route_order(collected.id).decision.outcome == "NOTHING_TO_ROUTE"
        assert router.held(collected.id) == held
    sweep()
    assert RoutingDecision.objects.filter(order_id=order.id).count() == 1


def test_a_quantity_of_a_million_and_of_nothing(router) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 5})
    order = router.w.make_order([(shirt, 10**6), (shirt, 1)], allocate=False)
    small = next(i for i, line in enumerate(order.lines) if line.quantity == 1)
    change_line(order, 0, line=small)
    row = route_order(order.id).decision
    assert row.outcome == "PARTIAL" and router.held(order.id) == {here.id: 5}
    assert row.plan["unsourced"][0]["quantity"] == 10**6 - 5


def test_two_hundred_lines_and_a_short_note(router) -> None:
    here = router.w.make_warehouse()
    have, none = router.w.make_variant(stock={here: 500}), router.w.make_variant(stock={here: 0})
    order = router.w.make_order([(have, 1)] * 150 + [(none, 1)] * 50, allocate=False)
    route_order(order.id)
    assert sum(router.held(order.id).values()) == 150
    (note,) = router.w.notes(order.id)
    assert note.endswith("45 more lines wait.") and len(note) < 1500


def test_a_day_that_is_full_is_the_next_day_for_the_next_order(router) -> None:
    from saleor_plugins.fulfillment.models import WarehouseProfile

    here = router.w.make_warehouse()
    WarehouseProfile.objects.create(warehouse_id=here.id, daily_parcels=2)
    shirt = router.w.make_variant(stock={here: 50})
    days = []
    for _ in range(5):
        row = route_order(router.w.make_order([(shirt, 1)]).id).decision
        days.append(row.plan["parcels"][0]["ship_on"])
    assert days[0] == days[1] < days[2] == days[3] < days[4]
    first = RoutingDecision.objects.order_by("pk").first()
    router.w.set_status(router.shop.order(first.order_id), OrderStatus.CANCELED)
    route_order(first.order_id)
    row = route_order(router.w.make_order([(shirt, 1)]).id).decision
    assert row.plan["parcels"][0]["ship_on"] == days[0], "a cancelled order gives its place back"
    assert PlannedParcel.objects.get(order_id=row.order_id).ship_on.isoformat() == days[0]


def test_a_manual_routing_again_on_another_day_is_no_new_decision(router, two) -> None:
    order, *_ = two
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert not route_order(order.id, trigger=Trigger.MANUAL).new
    assert RoutingDecision.objects.count() == 1
