"""What happens by itself: hooks record, the relay routes, the sweeper finds what no hook reported."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery import relay
from saleor_plugins.delivery.models import Delivery, Event
from saleor_plugins.fulfillment.config import PLUGIN_ID, SETTINGS
from saleor_plugins.fulfillment.models import RoutingDecision, RoutingPolicy, Shipment
from saleor_plugins.fulfillment.plugin import FulfillmentPlugin
from saleor_plugins.fulfillment.tasks.sweep import find_unrouted
from saleor_plugins.fulfillment.topics import ORDER_SEEN
from saleor_plugins.fulfillment.usecases.change_shipment import cancel_shipment
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.platform.port import OrderStatus
from tests.shopdata import request

HOOKS = [
    "order_created",
    "order_confirmed",
    "order_updated",
    "order_fully_paid",
    "order_fulfilled",
    "order_cancelled",
]


def plugin(active: bool = True) -> FulfillmentPlugin:
    extra = {}
    if apps.is_installed("saleor.channel"):
        extra = {"channel": None, "requestor_getter": None, "db_config": None, "allow_replica": False}
    return FulfillmentPlugin(configuration=[], active=active, **extra)


def saleor_order(order):
    return apps.get_model("order.Order").objects.get(pk=from_global(order.id, "Order"))


@pytest.fixture
def order(router):
    far, near = router.w.make_warehouse(country="DE", countries=["US"]), router.w.make_warehouse(country="US")
    return router.w.make_order([(router.w.make_variant(stock={far: 5, near: 5}), 2)], allocate={far: 2})


@pytest.mark.parametrize("hook", HOOKS)
def test_hooks_record_and_the_relay_routes(router, order, hook: str) -> None:
    getattr(plugin(), hook)(saleor_order(order), previous_value=None)
    event = Event.objects.get()
    assert (event.topic, event.data) == (ORDER_SEEN, {"orderId": order.id})
    assert not RoutingDecision.objects.exists()
    relay.drain()
    assert RoutingDecision.objects.get().order_id == order.id


def test_ten_events_make_one_decision(router, order) -> None:
    for hook in HOOKS:
        getattr(plugin(), hook)(saleor_order(order), previous_value=None)
    relay.drain()
    assert RoutingDecision.objects.count() == 1
    assert Event.objects.filter(topic="order.routed").count() == 1


def test_a_switched_off_plugin_does_nothing(router, order) -> None:
    held = router.held(order.id)
    router.switch(active=False)
    off = plugin(active=False)
    for hook in HOOKS:
        getattr(off, hook)(saleor_order(order), previous_value=None)
    find_unrouted()
    assert not Event.objects.exists()
    from saleor_plugins.delivery import emit

    emit(ORDER_SEEN, {"orderId": order.id})
    relay.drain()
    assert not RoutingDecision.objects.exists()
    assert router.held(order.id) == held
    assert off.webhook(request(body={"query": "{ rates { name } }"}), "/graphql/", None).status_code == 404
    assert plugin().webhook(request(body={"query": "{ __typename }"}), "/graphql/", None).status_code == 200


def test_an_order_that_is_gone_is_no_failure(router) -> None:
    from saleor_plugins.delivery import emit

    emit(ORDER_SEEN, {"orderId": to_global("Order", 10**6)})
    relay.drain()
    assert Delivery.objects.get().state == "DONE"
    assert not RoutingDecision.objects.exists()


def test_sweeper_finds_each_order_once(router, order) -> None:
    paid = order
    draft = router.w.set_status(router.w.make_order([(router.w.make_variant(), 1)]), OrderStatus.UNCONFIRMED)
    find_unrouted()
    find_unrouted()
    assert [event.data["orderId"] for event in Event.objects.filter(topic=ORDER_SEEN)] == [paid.id]
    relay.drain()
    assert {row.order_id for row in RoutingDecision.objects.all()} == {paid.id}
    assert draft.id not in {row.order_id for row in RoutingDecision.objects.all()}
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        find_unrouted()
    assert Event.objects.filter(topic=ORDER_SEEN).count() == 1


def test_sweeper_looks_again_at_orders_that_wait(router) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 0})
    order = router.w.make_order([(shirt, 2)], allocate=False)
    find_unrouted()
    relay.drain()
    assert RoutingDecision.objects.get().outcome == "UNROUTABLE"
    router.shop.move_stock(shirt.id, here.id, 5)
    find_unrouted()
    assert Event.objects.filter(topic=ORDER_SEEN).count() == 1
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        find_unrouted()
        relay.drain()
    assert list(RoutingDecision.objects.order_by("version").values_list("outcome", flat=True)) == [
        "UNROUTABLE",
        "ROUTED",
    ]
    assert router.held(order.id) == {here.id: 2}


def test_sweeper_reads_every_page(router, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saleor_plugins.fulfillment.tasks.sweep.PAGE", 2)
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 50})
    orders = {router.w.make_order([(shirt, 1)]).id for _ in range(5)}
    find_unrouted()
    assert {event.data["orderId"] for event in Event.objects.filter(topic=ORDER_SEEN)} == orders


def test_a_swept_page_costs_the_same_whatever_its_size(router) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 50})
    counts = []
    find_unrouted()
    for _ in range(2):
        made = [router.w.make_order([(shirt, 1)]) for _ in range(4)]
        for order in made:
            route_order(order.id)
        with CaptureQueriesContext(connection) as seen:
            find_unrouted()
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("paid", [True, False])
def test_a_page_that_nobody_has_seen_costs_the_same_whatever_its_size(router, paid: bool) -> None:
    """Those that are due are reported together; those that wait for a policy's payment ask it once."""
    RoutingPolicy.objects.create(channel="", route_when="paid")
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 50})
    counts = []
    for size in (1, 2, 9):  # the first fills what is kept in memory
        for _ in range(size):
            router.w.make_order([(shirt, 1)], paid=paid)
        with CaptureQueriesContext(connection) as seen:
            find_unrouted()
        counts.append(len(seen))
        assert Event.objects.filter(topic=ORDER_SEEN).count() == (size if paid else 0)
        assert Delivery.objects.filter(state="PENDING").count() == (size if paid else 0)
        relay.drain()
        Event.objects.all().delete()
    assert counts[1] == counts[2]


def test_paid_orders_ship_by_themselves_when_wanted(router, order) -> None:
    router.switch(create_fulfillments=True)
    hook = plugin().order_created
    hook(saleor_order(order), previous_value=None)
    relay.drain()
    row = Shipment.objects.get()
    assert router.shop.order(order.id).status is OrderStatus.FULFILLED
    cancel_shipment(row.pk)
    hook(saleor_order(order), previous_value=None)
    relay.drain()
    assert Shipment.objects.count() == 1


def test_unpaid_orders_do_not_ship_by_themselves(router) -> None:
    router.switch(create_fulfillments=True)
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)], paid=False)
    plugin().order_created(saleor_order(order), previous_value=None)
    relay.drain()
    assert RoutingDecision.objects.exists() and not Shipment.objects.exists()
    router.w.make_payment(order, order.total_gross)
    plugin().order_fully_paid(saleor_order(order), previous_value=None)
    relay.drain()
    assert Shipment.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"), [("route_when", "sometimes"), ("route_when", ""), ("create_fulfillments", "maybe")]
)
def test_bad_settings_are_refused_by_field(db, name: str, value: str) -> None:
    from types import SimpleNamespace

    from django.core.exceptions import ValidationError

    stored = SimpleNamespace(configuration=[{"name": name, "value": value}])
    with pytest.raises(ValidationError) as refused:
        FulfillmentPlugin.validate_plugin_configuration(stored)
    assert set(refused.value.message_dict) == {name}
    FulfillmentPlugin.validate_plugin_configuration(
        SimpleNamespace(configuration=[{"name": row.name, "value": row.default} for row in SETTINGS])
    )
    assert FulfillmentPlugin.PLUGIN_ID == PLUGIN_ID == "saleor_plugins.fulfillment"
