"""Parcels: made as routed, tracked, taken back, and followed when Saleor's own screens made them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.models import Shipment, ShipmentEvent
from saleor_plugins.fulfillment.usecases.change_shipment import cancel_shipment, mark_delivered, set_tracking
from saleor_plugins.fulfillment.usecases.follow_parcels import follow_parcels
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.fulfillment.usecases.ship_order import ship_order
from saleor_plugins.kernel.errors import Conflict, InsufficientStock, Invalid, NotFound
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import OrderStatus, ShipItem


@pytest.fixture
def routed(router):
    """An order of 5 that two warehouses share: 3 and 2 units."""
    a, b = router.w.make_warehouse("A"), router.w.make_warehouse("B")
    shirt = router.w.make_variant(stock={a: 3, b: 2})
    order = router.w.make_order([(shirt, 5)], allocate=False)
    route_order(order.id)
    return router, order, shirt, a, b


def on_hand(router, variant) -> dict[str, tuple[int, int]]:
    return {row.warehouse_id: (row.on_hand, row.allocated) for row in router.shop.stocks([variant.id])}


def topics() -> list[str]:
    return list(
        Event.objects.filter(topic__startswith="shipment.").order_by("pk").values_list("topic", flat=True)
    )


def test_ships_as_routed(routed) -> None:
    router, order, shirt, a, b = routed
    made = ship_order(order.id, tracking_number="TRACK-1", by="VXNlcjox")
    assert {row.warehouse_id: row.items[0]["quantity"] for row in made} == {a.id: 3, b.id: 2}
    assert all(row.decision_id and row.tracking_number == "TRACK-1" for row in made)
    assert on_hand(router, shirt) == {a.id: (0, 0), b.id: (0, 0)}
    assert router.shop.order(order.id).status is OrderStatus.FULFILLED
    parcels = {parcel.id: parcel for parcel in router.shop.fulfillments(order.id)}
    assert set(parcels) == {row.fulfillment_id for row in made}
    events = Event.objects.filter(topic="shipment.created").order_by("pk")
    assert [event.data["shipmentId"] for event in events] == [to_global("Shipment", row.pk) for row in made]
    assert events[0].data["items"] == [
        {"lineId": order.lines[0].id, "quantity": made[0].items[0]["quantity"]}
    ]
    with pytest.raises(Conflict) as refused:
        ship_order(order.id)
    assert refused.value.field == "orderId"
    assert Shipment.objects.count() == 2


def test_ships_named_items(routed) -> None:
    router, order, _shirt, a, _b = routed
    line = order.lines[0].id
    (made,) = ship_order(order.id, [ShipItem(line, a.id, 1)])
    assert made.items == [{"line_id": line, "quantity": 1}]
    assert router.shop.order(order.id).status is OrderStatus.PARTIALLY_FULFILLED
    rest = ship_order(order.id)
    assert sum(row.items[0]["quantity"] for row in rest) == 4


@pytest.mark.parametrize(
    ("units", "error", "field"), [(9, Invalid, "quantity"), (4, InsufficientStock, "warehouseId")]
)
def test_bad_items_change_nothing(routed, units: int, error: type, field: str) -> None:
    router, order, shirt, a, _b = routed
    before = on_hand(router, shirt)
    with pytest.raises(error) as refused:
        ship_order(order.id, [ShipItem(order.lines[0].id, a.id, units)])
    assert refused.value.field == field
    assert on_hand(router, shirt) == before
    assert not Shipment.objects.exists() and topics() == []


def test_an_unrouted_order_does_not_ship_by_itself(router) -> None:
    here = router.w.make_warehouse()
    order = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)])
    with pytest.raises(Conflict) as refused:
        ship_order(order.id)
    assert refused.value.field == "orderId"


def test_tracking_reaches_saleor(routed) -> None:
    router, order, *_ = routed
    first, _second = ship_order(order.id)
    set_tracking(first.pk, "  1Z999  ", by="VXNlcjox")
    set_tracking(first.pk, "1Z999")
    numbers = {parcel.id: parcel.tracking_number for parcel in router.shop.fulfillments(order.id)}
    assert numbers[first.fulfillment_id] == "1Z999"
    assert topics() == ["shipment.created", "shipment.created", "shipment.tracking_updated"]
    ledger = ShipmentEvent.objects.filter(shipment=first).order_by("pk")
    assert [(row.verb, row.tracking_number, row.done_by) for row in ledger] == [
        ("create", "", ""),
        ("track", "1Z999", "VXNlcjox"),
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        ledger.update(verb="x")
    for number in ("x" * 256, "a\nb"):
        with pytest.raises(Invalid) as refused:
            set_tracking(first.pk, number)
        assert refused.value.field == "trackingNumber"


def test_cancel_gives_the_units_back_allocated(routed) -> None:
    router, order, shirt, a, b = routed
    ship_order(order.id)
    row = Shipment.objects.get(warehouse_id=a.id)
    cancel_shipment(row.pk)
    assert Shipment.objects.get(pk=row.pk).state == "CANCELED"
    assert on_hand(router, shirt) == {a.id: (3, 3), b.id: (0, 0)}
    with pytest.raises(Conflict):
        cancel_shipment(row.pk)
    for change in (mark_delivered, lambda key: set_tracking(key, "x")):
        with pytest.raises(Conflict) as refused:
            change(row.pk)
        assert refused.value.field == "state"
    again = ship_order(order.id)
    assert [found.warehouse_id for found in again] == [a.id]
    assert topics().count("shipment.canceled") == 1


def test_delivered(routed) -> None:
    _router, order, *_ = routed
    first, _second = ship_order(order.id)
    assert mark_delivered(first.pk).state == "DELIVERED"
    with pytest.raises(Conflict):
        mark_delivered(first.pk)
    assert topics()[-1] == "shipment.delivered"


def test_parcels_made_elsewhere_are_followed(routed) -> None:
    router, order, _shirt, a, _b = routed
    (parcel,) = router.shop.fulfill(order.id, [ShipItem(order.lines[0].id, a.id, 1)])
    (row,) = follow_parcels(order.id)
    assert (row.fulfillment_id, row.warehouse_id) == (parcel.id, a.id)
    assert follow_parcels(order.id) == []
    router.shop.set_tracking(parcel.id, "BY-HAND")
    follow_parcels(order.id)
    router.shop.cancel_fulfillment(parcel.id, warehouse_id=a.id)
    follow_parcels(order.id)
    follow_parcels(order.id)
    stored = Shipment.objects.get()
    assert (stored.state, stored.tracking_number) == ("CANCELED", "BY-HAND")
    assert topics() == ["shipment.created", "shipment.tracking_updated", "shipment.canceled"]


def test_unknown_shipment(router) -> None:
    with pytest.raises(NotFound) as refused:
        cancel_shipment(new_id())
    assert refused.value.field == "id"
