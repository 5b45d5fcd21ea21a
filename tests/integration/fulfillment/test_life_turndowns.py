"""Warehouses that say no, or find too little: what they were given moves at once, and never in circles."""

from __future__ import annotations

import pytest

from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.models import Hold, RoutedOrder, RoutingDecision, Turndown
from saleor_plugins.fulfillment.usecases.commit_decision import Trigger
from saleor_plugins.fulfillment.usecases.hold_order import hold_order
from saleor_plugins.fulfillment.usecases.reject_order import lift_turndown, reject_order, short_pick
from saleor_plugins.fulfillment.usecases.release_order import release_order
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.fulfillment.usecases.ship_order import ship_order
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import OrderStatus, ShipItem
from tests.integration.fulfillment.life import planned


@pytest.fixture
def three(router):
    """An order of 3 and three warehouses that could each ship it, the nearest first."""
    places = [
        router.w.make_warehouse(name, country=country, countries=["US"])
        for name, country in (("Near", "US"), ("Far", "DE"), ("Farther", "FR"))
    ]
    shirt = router.w.make_variant(stock=dict.fromkeys(places, 5))
    order = router.w.make_order([(shirt, 3)], allocate=False)
    route_order(order.id)
    assert router.held(order.id) == {places[0].id: 3}
    return order, shirt, places


def test_a_rejected_order_moves_in_the_same_call(router, three) -> None:
    order, _, (near, far, farther) = three
    row, routed = reject_order(order.id, near.id, "No staff", by="VXNlcjox")
    assert (row.kind, row.reason, row.noted_by) == ("REJECTED", "No staff", "VXNlcjox")
    (other,) = router.held(order.id)
    assert other in (far.id, farther.id) and planned(order.id) == {other}
    decision = routed.decision
    assert (routed.new, decision.version, decision.trigger, decision.why, decision.moved) == (
        True,
        2,
        "REROUTE",
        "REJECTED",
        3,
    )
    (event,) = Event.objects.filter(topic="order.rerouted")
    assert event.data["why"] == "REJECTED" and event.data["decisionId"] == str(decision.pk)
    assert event.data["moved"] == [
        {
            "lineId": order.lines[0].id,
            "quantity": 3,
            "fromWarehouseId": near.id,
            "toWarehouseId": other,
        }
    ]
    refusals = {row["warehouse_id"]: row["code"] for row in decision.explanation["rejected"]}
    assert refusals[near.id] == "REJECTED"
    notes = router.w.notes(order.id)
    assert notes[-2] == "Near rejected it: No staff"
    assert notes[-1].startswith("Rerouted: A warehouse does not ship it. All 3 units ship in 1 parcel")


def test_twice_is_once_and_a_warehouse_that_has_nothing_changes_nothing(router, three) -> None:
    order, _, (near, far, farther) = three
    first, _ = reject_order(order.id, near.id, "")
    again, routed = reject_order(order.id, near.id, "")
    assert again.pk == first.pk and not routed.new
    (used,) = router.held(order.id)
    spare = farther if used == far.id else far
    _, routed = reject_order(order.id, spare.id, "")
    assert not routed.new and set(router.held(order.id)) == {used}
    assert RoutingDecision.objects.count() == 2


def test_when_every_warehouse_rejects_nothing_is_kept_and_all_reasons_are_told(router, three) -> None:
    order, _, places = three
    for place in places:
        _, routed = reject_order(order.id, place.id, "No")
    assert routed.decision.outcome == "UNROUTABLE"
    assert router.held(order.id) == {} and planned(order.id) == set()
    refusals = {row["warehouse_id"]: row["code"] for row in routed.decision.explanation["rejected"]}
    assert refusals == {place.id: "REJECTED" for place in places}
    assert RoutedOrder.objects.get().state == "UNROUTABLE"
    (last,) = Event.objects.filter(topic="order.rerouted").order_by("-pk")[:1]
    assert last.data["moved"][0]["toWarehouseId"] is None
    assert not route_order(order.id).new
    with pytest.raises(Conflict):
        ship_order(order.id)


def test_a_lifted_turndown_counts_no_longer(router, three) -> None:
    order, _, (near, *_) = three
    row, _ = reject_order(order.id, near.id, "No")
    lifted, routed = lift_turndown(row.pk, by="VXNlcjox")
    assert lifted.lifted and lifted.lifted_by == "VXNlcjox"
    assert router.held(order.id) == {near.id: 3} and routed.decision.why == "LIFTED"
    with pytest.raises(Conflict):
        lift_turndown(row.pk)
    with pytest.raises(NotFound):
        lift_turndown(new_id())


def test_a_short_pick_takes_the_rest_from_elsewhere(router, three) -> None:
    order, shirt, (near, *_) = three
    row, routed = short_pick(order.id, near.id, shirt.id, 1)
    assert (row.kind, row.found, row.variant_id) == ("SHORT_PICK", 1, shirt.id)
    held = router.held(order.id)
    assert held[near.id] in (0, 1) if near.id in held else True
    assert sum(held.values()) == 3 and held.get(near.id, 0) <= 1
    assert routed.decision.why == "SHORT_PICK"
    stocks = {stock.warehouse_id: stock.on_hand for stock in router.shop.stocks([shirt.id])}
    assert stocks[near.id] == 5


def test_short_pick_twice_and_stock_corrected(router) -> None:
    near, far = (
        router.w.make_warehouse("Near"),
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
    )
    shirt = router.w.make_variant(stock={near: 5, far: 1})
    order = router.w.make_order([(shirt, 5)], allocate=False)
    route_order(order.id)
    _, routed = short_pick(order.id, near.id, shirt.id, 3, correct_stock=True)
    assert router.held(order.id) == {near.id: 3, far.id: 1}
    assert routed.decision.outcome == "PARTIAL"
    _, routed = short_pick(order.id, near.id, shirt.id, 2, correct_stock=True)
    assert router.held(order.id) == {near.id: 2, far.id: 1}
    stocks = {stock.warehouse_id: stock for stock in router.shop.stocks([shirt.id])}
    assert stocks[near.id].on_hand == 2 and stocks[near.id].free == 0
    assert Turndown.objects.filter(lifted=None).count() == 1 and Turndown.objects.count() == 2


def test_short_pick_of_two_lines_of_one_variant(router) -> None:
    near, far = (
        router.w.make_warehouse("Near"),
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
    )
    shirt = router.w.make_variant(stock={near: 9, far: 9})
    order = router.w.make_order([(shirt, 2), (shirt, 2)], allocate=False)
    route_order(order.id)
    short_pick(order.id, near.id, shirt.id, 3)
    held = router.held(order.id)
    assert sum(held.values()) == 4 and held.get(near.id, 0) <= 3


def test_what_was_found_and_shipped_cannot_be_asked_for_again(router) -> None:
    near, far = (
        router.w.make_warehouse("Near"),
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
    )
    shirt = router.w.make_variant(stock={near: 9, far: 2})
    order = router.w.make_order([(shirt, 4)], allocate=False)
    route_order(order.id)
    short_pick(order.id, near.id, shirt.id, 2)
    assert router.held(order.id) == {near.id: 2, far.id: 2}
    ship_order(order.id, [ShipItem(order.lines[0].id, near.id, 2)])
    _, routed = reject_order(order.id, far.id, "No")
    assert routed.decision.outcome == "UNROUTABLE"
    assert router.held(order.id) == {}


def test_a_turndown_of_a_held_order_waits_for_its_release(router, three) -> None:
    order, _, (near, *_) = three
    hold_order(order.id, "Wait")
    _, routed = reject_order(order.id, near.id, "No")
    assert routed.waiting == "HELD" and router.held(order.id) == {near.id: 3}
    _, routed = release_order(order.id)
    assert routed.new and near.id not in router.held(order.id)


def test_moving_without_end_ends_with_a_person(router) -> None:
    router.switch(reroute_limit="2")
    places = [router.w.make_warehouse(f"W{n}") for n in range(5)]
    shirt = router.w.make_variant(stock=dict.fromkeys(places, 5))
    order = router.w.make_order([(shirt, 3)], allocate=False)
    route_order(order.id)
    for _ in range(2):
        (used,) = router.held(order.id)
        assert reject_order(order.id, used, "No")[1].new
    (used,) = router.held(order.id)
    _, routed = reject_order(order.id, used, "No")
    assert (routed.waiting, routed.new, routed.hold.code) == ("HELD", False, "LOOP")
    assert set(router.held(order.id)) == {used}
    assert Hold.objects.get().reason == "It moved between warehouses 2 times within a day."
    assert RoutingDecision.objects.count() == 3
    _, routed = release_order(order.id)
    assert routed.new and used not in router.held(order.id), "a person looked, so the count begins anew"
    assert not Hold.objects.filter(released=None).exists()


def test_a_person_may_move_an_order_as_often_as_wanted(router) -> None:
    router.switch(reroute_limit="1")
    far, near = router.w.make_warehouse(country="DE", countries=["US"]), router.w.make_warehouse(country="US")
    shirt = router.w.make_variant(stock={far: 5, near: 0})
    order = router.w.make_order([(shirt, 2)])
    route_order(order.id)
    for units in (5, 0, 5):
        router.w.set_stock(shirt, near, units)
        assert route_order(order.id, trigger=Trigger.MANUAL).new
    assert not Hold.objects.exists()


@pytest.mark.parametrize("found", [-1, 3, 4])
def test_a_short_pick_finds_less_than_was_asked_for(router, three, found: int) -> None:
    order, shirt, (near, *_) = three
    with pytest.raises(Invalid) as refused:
        short_pick(order.id, near.id, shirt.id, found)
    assert refused.value.field == "found" and not Turndown.objects.exists()


def test_bad_ids_name_the_field_and_change_nothing(router, three) -> None:
    order, shirt, (near, *_) = three
    nowhere, nothing = to_global("Warehouse", new_id()), to_global("ProductVariant", 10**6)
    for call, field in (
        (lambda: reject_order(to_global("Order", 10**6), near.id, ""), "orderId"),
        (lambda: reject_order(order.id, nowhere, ""), "warehouseId"),
        (lambda: reject_order(order.id, "rubbish", ""), "warehouseId"),
        (lambda: reject_order(order.id, near.id, "x" * 501), "reason"),
        (lambda: short_pick(order.id, near.id, nothing, 0), "variantId"),
        (lambda: short_pick(order.id, nowhere, shirt.id, 0), "warehouseId"),
    ):
        with pytest.raises((NotFound, Invalid)) as refused:
            call()
        assert refused.value.field == field
    router.w.set_status(order, OrderStatus.CANCELED)
    with pytest.raises(Conflict) as closed:
        reject_order(order.id, near.id, "")
    assert closed.value.field == "orderId"
    assert not Turndown.objects.exists()
