"""Plans that were made without locks are committed only if they still can be, and it is said which it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.models import (
    RoutedOrder,
    RoutingDecision,
    RoutingPolicy,
    WarehouseProfile,
    Wave,
)
from saleor_plugins.fulfillment.usecases.change_shipment import cancel_shipment
from saleor_plugins.fulfillment.usecases.commit_plan import Verdict, commit_plan
from saleor_plugins.fulfillment.usecases.hold_order import hold_order
from saleor_plugins.fulfillment.usecases.load import load
from saleor_plugins.fulfillment.usecases.reject_order import reject_order
from saleor_plugins.fulfillment.usecases.route_order import preview, route_order
from saleor_plugins.fulfillment.usecases.ship_order import ship_order
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import OrderStatus, ShipItem
from tests.integration.fulfillment.life import change_address, change_line, planned


@pytest.fixture
def two(router):
    far, near = (
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
        router.w.make_warehouse("Near"),
    )
    shirt = router.w.make_variant(stock={far: 5, near: 5})
    return router.w.make_order([(shirt, 2)], allocate={far: 2}), shirt, far, near


def test_a_plan_is_committed_with_its_wave(router, two) -> None:
    order, _, _, near = two
    wave = Wave.objects.create(created=clock.now(), at_most=10, budget=5)
    done = commit_plan(order.id, preview(order.id), wave=wave.pk, by="VXNlcjox")
    assert done.verdict is Verdict.COMMITTED
    row = RoutingDecision.objects.get()
    assert (row.trigger, row.why, row.wave_id, row.decided_by) == ("WAVE", "FIRST", wave.pk, "VXNlcjox")
    assert router.held(order.id) == {near.id: 2} and planned(order.id) == {near.id}
    assert Event.objects.filter(topic="order.routed").count() == 1
    again = commit_plan(order.id, preview(order.id), wave=wave.pk)
    assert (again.verdict, again.decision.pk) == (Verdict.SAME, row.pk)
    assert RoutingDecision.objects.count() == 1


def test_a_wave_may_move_a_routed_order(router, two) -> None:
    order, shirt, far, near = two
    route_order(order.id)
    router.w.set_stock(shirt, near, 0)
    plan = preview(order.id)
    router.w.set_stock(shirt, near, 5)
    assert commit_plan(order.id, plan).verdict is Verdict.COMMITTED
    assert router.held(order.id) == {far.id: 2}
    assert RoutingDecision.objects.order_by("-version").first().why == "WAVE"
    assert Event.objects.get(topic="order.rerouted").data["why"] == "WAVE"


def vanish(router, order, shirt, far, near) -> None:
    router.w.set_stock(shirt, near, 1)


def full(router, order, shirt, far, near) -> None:
    WarehouseProfile.objects.create(warehouse_id=near.id, daily_parcels=1, working_days=list(range(7)))
    route_order(router.w.make_order([(shirt, 1)], allocate=False).id)


def hold(router, order, shirt, far, near) -> None:
    hold_order(order.id, "Wait")


def rule(router, order, shirt, far, near) -> None:
    RoutingPolicy.objects.create(channel="", hold_rules=[{"rule": "QUANTITY_ABOVE", "quantity": 1}])


def cancel(router, order, shirt, far, near) -> None:
    router.w.set_status(order, OrderStatus.CANCELED)


def unpaid(router, order, shirt, far, near) -> None:
    router.switch(route_when="paid")
    router.w.model("payment.Payment").objects.update(captured_amount=0, charge_status="not-charged")
    orders = router.w.model("order.Order").objects
    if router.w.channels:
        orders.update(total_charged_amount=0, charge_status="none")


def country(router, order, shirt, far, near) -> None:
    change_address(order, country="CA")


def quantity(router, order, shirt, far, near) -> None:
    change_line(order, 3)


def shipped(router, order, shirt, far, near) -> None:
    router.shop.fulfill(order.id, [ShipItem(order.lines[0].id, far.id, 1)])


def reject(router, order, shirt, far, near) -> None:
    reject_order(order.id, near.id, "")


@pytest.mark.parametrize(
    ("happens", "verdict"),
    [
        (vanish, Verdict.STOCK),
        (full, Verdict.CAPACITY),
        (hold, Verdict.HELD),
        (rule, Verdict.HELD),
        (cancel, Verdict.NOT_DUE),
        (unpaid, Verdict.NOT_DUE),
        (country, Verdict.CHANGED),
        (quantity, Verdict.CHANGED),
        (shipped, Verdict.CHANGED),
        (reject, Verdict.CHANGED),
    ],
)
def test_a_plan_that_life_overtook_is_refused_and_changes_nothing(router, two, happens, verdict) -> None:
    order = two[0]
    plan = preview(order.id)
    happens(router, *two)
    held, versions = router.held(order.id), RoutingDecision.objects.filter(order_id=order.id).count()
    done = commit_plan(order.id, plan)
    assert done.verdict is verdict
    assert router.held(order.id) == held
    assert RoutingDecision.objects.filter(order_id=order.id).count() == versions


def test_a_postal_code_or_a_shipping_method_counts_when_the_request_is_given(router, two) -> None:
    order = two[0]
    request, plan = load(order).request, preview(order.id)
    change_address(order, postal_code="99999")
    assert commit_plan(order.id, plan, request=request).verdict is Verdict.CHANGED
    other = replace(load(router.shop.order(order.id)).request, service="Express")
    assert commit_plan(order.id, plan, request=other).verdict is Verdict.CHANGED
    now = load(router.shop.order(order.id)).request
    assert commit_plan(order.id, plan, request=now).verdict is Verdict.COMMITTED


def test_an_unknown_order(router, two) -> None:
    with pytest.raises(NotFound):
        commit_plan(to_global("Order", 10**6), preview(two[0].id))


def test_the_rest_of_a_shipped_order_is_committed(router, two) -> None:
    order, _, _, near = two
    route_order(order.id)
    (parcel,) = ship_order(order.id)
    cancel_shipment(parcel.pk)
    assert commit_plan(order.id, preview(order.id)).verdict is Verdict.SAME
    assert planned(order.id) == {near.id} and RoutedOrder.objects.get().state == "ROUTED"
