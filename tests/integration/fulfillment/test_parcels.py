"""What staff does with parcels, over GraphQL and below it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.models import PlannedParcel, Shipment, ShipmentEvent
from saleor_plugins.fulfillment.usecases.change_shipment import (
    add_event,
    mark_delivered,
    mark_exception,
    send_back,
)
from saleor_plugins.fulfillment.usecases.follow_parcels import follow_parcels
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.fulfillment.usecases.ship_order import ship_order
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import ShipItem
from tests.integration.fulfillment.parcels import carrier, sent
from tests.integration.fulfillment.queries import done, refused

ERRORS = "errors { field message code }"
SHOWN = """id state trackingNumber carrierUrl carrier { id name trackingUrl isActive reportUrl }
  history { status source verb description place trackingNumber externalId doneBy at noted }
  packingSlipUrl pdf: packingSlipUrl(format: "pdf", paper: "letter")"""
EXCEPTION = f"""mutation($id: ID!, $text: String) {{ shipmentException(id: $id, description: $text) {{
  shipment {{ {SHOWN} }} {ERRORS} }} }}"""
RETURN = f"""mutation($id: ID!, $arrived: Boolean) {{ shipmentReturnToSender(id: $id, arrived: $arrived) {{
  shipment {{ {SHOWN} }} {ERRORS} }} }}"""
ADD = f"""mutation($id: ID!, $status: String!, $at: DateTime, $place: String) {{
  shipmentEventAdd(id: $id, status: $status, at: $at, place: $place) {{ shipment {{ {SHOWN} }} {ERRORS} }} }}"""
TRACK = f"""mutation($id: ID!, $number: String!, $carrier: ID) {{
  shipmentTrackingSet(id: $id, trackingNumber: $number, carrierId: $carrier) {{
  shipment {{ {SHOWN} }} {ERRORS} }} }}"""
SHIPMENTS = f"query($id: ID!) {{ shipments(orderId: $id) {{ {SHOWN} }} }}"
SET = f"""mutation($id: ID, $name: String, $url: String, $active: Boolean, $key: String) {{
  carrierSet(id: $id, name: $name, trackingUrl: $url, isActive: $active, idempotencyKey: $key) {{
  carrier {{ id name trackingUrl isActive reportUrl }} secret {ERRORS} }} }}"""
ROTATE = f"mutation($id: ID!) {{ carrierRotateSecret(id: $id) {{ carrier {{ id }} secret {ERRORS} }} }}"
CARRIERS = "{ carriers { id name trackingUrl isActive reportUrl } }"


def gid(row: Shipment) -> str:
    return to_global("Shipment", row.pk)


def split(router: Any, parcels: int) -> Any:
    """An order in so many parcels."""
    here = router.w.make_warehouse("Here")
    variant = router.w.make_variant(stock={here: parcels})
    order = router.w.make_order([(variant, parcels)])
    for _ in range(parcels):
        router.shop.fulfill(order.id, [ShipItem(order.lines[0].id, here.id, 1)])
    assert len(follow_parcels(order.id)) == parcels
    return order


def test_staff_reports_over_graphql(router, staff) -> None:
    row = sent(router, "1Z")
    shown = done(router.ask(EXCEPTION, staff, id=gid(row), text="Box is wet"), "shipmentException")[
        "shipment"
    ]
    assert shown["state"] == "EXCEPTION"
    last = shown["history"][-1]
    assert (last["status"], last["source"], last["verb"], last["description"]) == (
        "EXCEPTION",
        "STAFF",
        "fail",
        "Box is wet",
    )
    assert last["doneBy"]
    done(router.ask(RETURN, staff, id=gid(row)), "shipmentReturnToSender")
    shown = done(router.ask(RETURN, staff, id=gid(row), arrived=True), "shipmentReturnToSender")["shipment"]
    assert shown["state"] == "RETURNED"
    assert refused(router.ask(RETURN, staff, id=gid(row)), "shipmentReturnToSender") == [
        ("state", "CONFLICT")
    ]
    assert Event.objects.filter(topic="shipment.returned").count() == 1
    notes = [text for text in router.w.notes(row.order_id) if "Parcel 1Z" in text]
    assert len(notes) == 3 and "not in stock" in notes[-1]


def test_what_comes_back_is_not_in_stock_by_itself(router) -> None:
    row = sent(router, "1Z", units=2)
    variant = router.shop.order(row.order_id).lines[0].variant_id
    send_back(row.pk, arrived=True)
    assert [stock.on_hand for stock in router.shop.stocks([variant])] == [0]
    from saleor_plugins.fulfillment.usecases.change_shipment import cancel_shipment

    cancel_shipment(row.pk)
    assert [(stock.on_hand, stock.allocated) for stock in router.shop.stocks([variant])] == [(2, 2)]


def test_an_event_of_the_past_is_history_only(router, staff) -> None:
    row = sent(router, "1Z")
    mark_delivered(row.pk)
    at = (clock.now() - timedelta(days=1)).isoformat()
    asked = router.ask(ADD, staff, id=gid(row), status="OUT_FOR_DELIVERY", at=at, place="Bonn")
    shown = done(asked, "shipmentEventAdd")["shipment"]
    assert shown["state"] == "DELIVERED"
    assert shown["history"][0]["status"] == "OUT_FOR_DELIVERY"
    later = (clock.now() + timedelta(days=2)).isoformat()
    for values, field in (
        ({"status": "LOST"}, "status"),
        ({"status": "CANCELED"}, "status"),
        ({"status": "RETURNED", "at": later}, "at"),
        ({"status": "RETURNED", "at": "2026-01-01T10:00:00"}, "at"),
        ({"status": "RETURNED", "place": "x" * 101}, "place"),
    ):
        answer = refused(router.ask(ADD, staff, id=gid(row), **values), "shipmentEventAdd")
        assert answer == [(field, "INVALID")]


def test_staff_corrects_a_delivery_that_was_none(router) -> None:
    row = sent(router, "1Z")
    mark_delivered(row.pk)
    with pytest.raises(Conflict):
        mark_delivered(row.pk)
    assert mark_exception(row.pk, "Wrong house").state == "EXCEPTION"
    assert ShipmentEvent.objects.filter(shipment=row).order_by("pk").last().verb == "correct"
    assert mark_delivered(row.pk).state == "DELIVERED"


def test_the_last_word_is_staff_s_even_when_a_carrier_s_clock_is_ahead(router) -> None:
    row = sent(router, "1Z")
    ShipmentEvent.objects.create(
        shipment=row, verb="go_out", state="OUT_FOR_DELIVERY", source="CARRIER",
        at=clock.now() + timedelta(hours=5), noted=clock.now(),
    )  # fmt: skip
    assert mark_delivered(row.pk).state == "DELIVERED"
    assert mark_exception(row.pk).state == "EXCEPTION"


def test_a_number_and_its_carrier(router, staff) -> None:
    post = carrier(tracking_url="https://track.example.com/{number}")
    row = sent(router)
    mine = to_global("Carrier", post.pk)
    shown = done(router.ask(TRACK, staff, id=gid(row), number="A/1", carrier=mine), "shipmentTrackingSet")
    assert shown["shipment"]["carrierUrl"] == "https://track.example.com/A%2F1"
    # The same number, another carrier: Saleor is not asked again, ours is changed.
    other = to_global("Carrier", carrier("Other").pk)
    shown = done(router.ask(TRACK, staff, id=gid(row), number="A/1", carrier=other), "shipmentTrackingSet")
    assert shown["shipment"]["carrier"]["name"] == "Other"
    assert router.shop.fulfillments(row.order_id)[0].tracking_number == "A/1"
    bad = to_global("Carrier", "nothing")
    assert refused(router.ask(TRACK, staff, id=gid(row), number="1", carrier=bad), "shipmentTrackingSet") == [
        ("carrierId", "NOT_FOUND")
    ]
    mark_delivered(row.pk)
    assert refused(router.ask(TRACK, staff, id=gid(row), number="2"), "shipmentTrackingSet") == [
        ("state", "CONFLICT")
    ]


def test_long_texts_are_refused(router) -> None:
    row = sent(router, "1Z")
    for call, field in (
        (lambda: mark_exception(row.pk, "x" * 501), "description"),
        (lambda: send_back(row.pk, "a\nb"), "description"),
        (lambda: add_event(row.pk, "DELIVERED", place="\x00"), "place"),
    ):
        with pytest.raises(Invalid) as error:
            call()
        assert error.value.field == field
    assert Shipment.objects.get(pk=row.pk).state == "CREATED"


def test_history_costs_the_same_however_many_parcels(router, staff) -> None:
    counts = []
    for parcels in (1, 5):
        order = split(router, parcels)
        with CaptureQueriesContext(connection) as seen:
            shown = router.ask(SHIPMENTS, staff, id=order.id)["data"]["shipments"]
        assert len(shown) == parcels and all(row["history"] for row in shown)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_what_has_left_is_no_longer_planned(router) -> None:
    a, b = router.w.make_warehouse("A"), router.w.make_warehouse("B")
    shirt = router.w.make_variant(stock={a: 3, b: 2})
    order = router.w.make_order([(shirt, 5)], allocate=False)
    route_order(order.id)
    assert {row.warehouse_id for row in PlannedParcel.objects.all()} == {a.id, b.id}
    ship_order(order.id, [ShipItem(order.lines[0].id, a.id, 1)])
    assert {row.warehouse_id for row in PlannedParcel.objects.all()} == {a.id, b.id}
    ship_order(order.id, [ShipItem(order.lines[0].id, a.id, 2)])
    assert {row.warehouse_id for row in PlannedParcel.objects.all()} == {b.id}
    ship_order(order.id)
    assert not PlannedParcel.objects.exists()


def test_a_carrier_s_secret_is_answered_once(router, staff) -> None:
    url = "https://track.example.com/?n={number}"
    made = done(router.ask(SET, staff, name="Post", url=url, key="k"), "carrierSet")
    assert made["secret"].startswith("whsec_") and made["carrier"]["trackingUrl"] == url
    again = done(router.ask(SET, staff, name="Post", url=url, key="k"), "carrierSet")
    assert again["secret"] == made["secret"]
    mine = made["carrier"]["id"]
    changed = done(router.ask(SET, staff, id=mine, active=False), "carrierSet")
    assert changed["secret"] is None and changed["carrier"]["isActive"] is False
    rotated = done(router.ask(ROTATE, staff, id=mine), "carrierRotateSecret")
    assert rotated["secret"].startswith("whsec_") and rotated["secret"] != made["secret"]
    listed = router.ask(CARRIERS, staff)
    assert listed["data"]["carriers"][0]["name"] == "Post" and "whsec" not in str(listed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT response::text FROM ops_delivery_idempotencykey")
        assert made["secret"] not in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({}, "name", "REQUIRED"),
        ({"name": "  "}, "name", "REQUIRED"),
        ({"name": "x" * 101}, "name", "INVALID"),
        ({"name": "POST"}, "name", "CONFLICT"),
        ({"name": "New", "url": "http://example.com/{number}"}, "trackingUrl", "INVALID"),
        ({"name": "New", "url": "javascript:alert('{number}')"}, "trackingUrl", "INVALID"),
        ({"name": "New", "url": "https://example.com/"}, "trackingUrl", "INVALID"),
        ({"name": "New", "url": "https://{number}.example.com/"}, "trackingUrl", "INVALID"),
        ({"name": "New", "url": "https://a:b@example.com/{number}"}, "trackingUrl", "INVALID"),
        ({"id": "Q2FycmllcjoxMg==", "name": "New"}, "id", "NOT_FOUND"),
    ],
)
def test_a_bad_carrier_is_refused(router, staff, values: dict, field: str, code: str) -> None:
    carrier()
    assert refused(router.ask(SET, staff, **values), "carrierSet") == [(field, code)]
    assert len(router.ask(CARRIERS, staff)["data"]["carriers"]) == 1


def test_words_and_labels_are_forgotten_after_half_a_year(router) -> None:
    from saleor_plugins.fulfillment.models import ShipmentLabel
    from saleor_plugins.fulfillment.tasks.parcels import forget_people

    row = sent(router, "1Z")
    add_event(row.pk, "EXCEPTION", description="Ada was out", place="Main Street 1")
    ShipmentLabel.objects.create(
        shipment=row, carrier=carrier(), service="s", format="ZPL", state="DONE", content="Ada",
        created=clock.now(),
    )  # fmt: skip
    count = ShipmentEvent.objects.count()
    forget_people()
    assert ShipmentEvent.objects.filter(description="Ada was out").exists()
    with time_machine.travel(clock.now() + timedelta(days=181), tick=False):
        forget_people()
    assert not ShipmentEvent.objects.exclude(description="", place="").exists()
    assert ShipmentEvent.objects.count() == count and ShipmentLabel.objects.get().content == ""
    # Nothing else of the ledger may change, and nobody may write into it again.
    for change in ({"state": "DELIVERED"}, {"description": "x"}, {"description": "", "at": clock.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ShipmentEvent.objects.filter(shipment=row).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ShipmentEvent.objects.filter(shipment=row).delete()
