"""Held orders keep what they were promised and are left alone, until a person lets them go."""

from __future__ import annotations

import pytest

from saleor_plugins.delivery import emit, relay
from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment import store
from saleor_plugins.fulfillment.models import Hold, PlannedParcel, RoutedOrder, RoutingDecision, RoutingPolicy
from saleor_plugins.fulfillment.tasks.sweep import find_broken, find_unrouted
from saleor_plugins.fulfillment.topics import ORDER_SEEN
from saleor_plugins.fulfillment.usecases.commit_decision import Trigger
from saleor_plugins.fulfillment.usecases.hold_order import hold_order
from saleor_plugins.fulfillment.usecases.release_order import release_order
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.fulfillment.usecases.ship_order import ship_order
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.platform.port import OrderStatus
from tests.integration.fulfillment.life import change_address, topics


def rules(*found: dict, channel: str = "") -> None:
    RoutingPolicy.objects.update_or_create(pk=channel, defaults={"hold_rules": list(found)})


@pytest.fixture
def two(router):
    """An order of 2 that Saleor gave to the far warehouse; the near one has stock too."""
    far, near = (
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
        router.w.make_warehouse("Near"),
    )
    shirt = router.w.make_variant(stock={far: 5, near: 5})
    return router.w.make_order([(shirt, 2)], allocate={far: 2}), shirt, far, near


def test_a_held_order_is_not_routed_and_keeps_its_stock(router, two) -> None:
    order, _, far, near = two
    row = hold_order(order.id, " The customer  called. ", by="VXNlcjox")
    assert (row.code, row.reason, row.placed_by) == ("MANUAL", "The customer called.", "VXNlcjox")
    for trigger in (Trigger.EVENT, Trigger.REROUTE):
        found = route_order(order.id, trigger=trigger)
        assert (found.waiting, found.decision, found.hold.pk) == ("HELD", None, row.pk)
    with pytest.raises(Conflict) as refused:
        route_order(order.id, trigger=Trigger.MANUAL)
    assert (refused.value.field, refused.value.code) == ("orderId", "HELD")
    assert router.held(order.id) == {far.id: 2}
    assert not RoutingDecision.objects.exists()
    (event,) = Event.objects.filter(topic="order.held")
    assert event.data == {
        "orderId": order.id,
        "orderNumber": order.number,
        "holdId": to_global("Hold", row.pk),
        "code": "MANUAL",
        "reason": "The customer called.",
    }
    _, routed = release_order(order.id, by="VXNlcjoy")
    assert routed.new and router.held(order.id) == {near.id: 2}
    row.refresh_from_db()
    assert row.released and row.released_by == "VXNlcjoy"
    assert Event.objects.get(topic="order.released").data == event.data
    notes = router.w.notes(order.id)
    assert notes[0] == "Held, so not routed and not shipped: The customer called."
    assert notes[1] == "Released: it is routed again."


def test_a_held_order_is_not_shipped_by_us(router, two) -> None:
    order, *_ = two
    route_order(order.id)
    hold_order(order.id, "Fraud?")
    with pytest.raises(Conflict) as refused:
        ship_order(order.id)
    assert refused.value.code == "HELD"
    router.switch(create_fulfillments=True)
    emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    assert not router.shop.fulfillments(order.id)
    release_order(order.id)
    relay.drain()
    assert router.shop.order(order.id).status is OrderStatus.FULFILLED


def test_sweepers_leave_held_orders_alone(router, two) -> None:
    order, shirt, far, near = two
    route_order(order.id)
    hold_order(order.id, "Wait")
    router.w.set_stock(shirt, near, 0)
    Event.objects.all().delete()
    find_unrouted()
    find_broken()
    assert not Event.objects.filter(topic=ORDER_SEEN).exists()
    assert router.held(order.id) == {near.id: 2}
    release_order(order.id)
    assert router.held(order.id) == {far.id: 2}


def test_twice_is_once_and_another_reason_is_a_conflict(router, two) -> None:
    order, *_ = two
    first = hold_order(order.id, "Wait")
    assert hold_order(order.id, "Wait").pk == first.pk
    with pytest.raises(Conflict) as refused:
        hold_order(order.id, "Other")
    assert refused.value.code == "HELD"
    assert Hold.objects.count() == 1 and len(router.w.notes(order.id)) == 1
    release_order(order.id)
    with pytest.raises(Conflict) as refused:
        release_order(order.id)
    assert refused.value.code == "NOT_HELD"


@pytest.mark.parametrize(("reason", "code"), [("", "REQUIRED"), (" ", "REQUIRED"), ("x" * 501, "INVALID")])
def test_a_reason_is_needed(router, two, reason: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        hold_order(two[0].id, reason)
    assert (refused.value.field, refused.value.code) == ("reason", code)
    assert not Hold.objects.exists()


def test_closed_and_unknown_orders_are_refused(router, two) -> None:
    order, *_ = two
    router.w.set_status(order, OrderStatus.CANCELED)
    for call in (lambda: hold_order(order.id, "Wait"), lambda: release_order(order.id)):
        with pytest.raises(Conflict):
            call()
    for call in (hold_order, lambda order_id, _: release_order(order_id)):
        with pytest.raises(NotFound):
            call(to_global("Order", 10**6), "Wait")


def test_a_cancelled_order_is_held_no_longer(router, two) -> None:
    order, *_ = two
    hold_order(order.id, "Wait")
    router.w.set_status(order, OrderStatus.CANCELED)
    assert route_order(order.id).waiting == "NOT_OPEN"
    assert Hold.objects.get().released and RoutedOrder.objects.get().state == "CLOSED"


def test_a_rule_holds_before_the_first_routing_and_once(router, two) -> None:
    order, _, far, near = two
    rules({"rule": "TOTAL_ABOVE", "amount": 1999, "currency": "USD"}, {"rule": "PO_BOX"})
    found = route_order(order.id)
    assert (found.waiting, found.hold.code, found.hold.reason) == (
        "HELD",
        "TOTAL_ABOVE",
        "Its total is above 19.99 USD.",
    )
    assert router.held(order.id) == {far.id: 2}
    assert route_order(order.id).hold.pk == found.hold.pk
    assert Event.objects.filter(topic="order.held").count() == 1
    _, routed = release_order(order.id)
    assert routed.new and router.held(order.id) == {near.id: 2}
    assert route_order(order.id, trigger=Trigger.MANUAL).waiting == ""
    assert Hold.objects.count() == 1


def test_a_rule_holds_again_when_what_it_found_is_new(router, two) -> None:
    order, *_ = two
    rules({"rule": "DESTINATION_IN", "countries": ["US", "CA"]})
    route_order(order.id)
    release_order(order.id)
    assert RoutingDecision.objects.count() == 1
    change_address(order, country="CA")
    found = route_order(order.id)
    assert (found.waiting, found.hold.reason) == ("HELD", "It goes to CA.")
    release_order(order.id)
    change_address(order, country="US")
    assert route_order(order.id).waiting == ""


def test_an_address_that_changes_while_held_counts_when_released(router, two) -> None:
    order, _, far, _near = two
    hold_order(order.id, "Wait")
    change_address(order, country="FR")
    emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    assert not RoutingDecision.objects.exists()
    _, routed = release_order(order.id)
    assert routed.decision.plan["country"] == "FR"
    assert routed.decision.outcome == "UNROUTABLE"
    assert router.held(order.id) == {far.id: 2}


def test_rules_of_the_channel_win_and_digital_orders_are_never_held(router) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 9})
    rules({"rule": "QUANTITY_ABOVE", "quantity": 0})
    song = router.w.make_order([(router.w.make_variant(requires_shipping=False, stock={here: 5}), 1)])
    assert route_order(song.id).waiting == ""
    order = router.w.make_order([(shirt, 1)])
    if order.channel:
        rules(channel=order.channel)
        assert route_order(order.id).waiting == ""
    else:
        assert route_order(order.id).waiting == "HELD"


def test_a_hold_stops_a_manual_routing_before_it_begins(router, two) -> None:
    order, *_ = two
    rules({"rule": "QUANTITY_ABOVE", "quantity": 1})
    found = route_order(order.id, trigger=Trigger.MANUAL)
    assert (found.waiting, found.decision) == ("HELD", None)
    assert [topic for topic in topics(order.id) if topic.startswith("order.")] == ["order.held"]


def test_an_order_is_held_once_in_the_database(router, two) -> None:
    from django.db import IntegrityError, transaction

    order, *_ = two
    hold_order(order.id, "Wait")
    with pytest.raises(IntegrityError), transaction.atomic():
        store.place_hold(order.id, "MANUAL", "Again")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutedOrder.objects.update(state="ROUTED")


def test_planned_parcels_stay_while_held(router, two) -> None:
    order, *_ = two
    route_order(order.id)
    hold_order(order.id, "Wait")
    assert PlannedParcel.objects.filter(order_id=order.id).count() == 1
    assert from_global(order.id, "Order")
