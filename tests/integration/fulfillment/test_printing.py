"""Packing slips and pick lists: who may open them, what is in them, what cannot get into them."""

from __future__ import annotations

import io
import logging
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from saleor_plugins.fulfillment.models import Hold, PlannedParcel
from saleor_plugins.fulfillment.usecases.print_slip import picks_of_day, picks_of_orders
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.fulfillment.usecases.ship_order import ship_order
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.platform.port import AskerKind, ShipItem
from tests.integration.fulfillment.parcels import BASE, carrier, sent
from tests.integration.fulfillment.test_tracking_page import words

SLIPS = """query($id: ID!) { shipments(orderId: $id) { packingSlipUrl
  pdf: packingSlipUrl(format: "pdf", paper: "letter") } plannedParcels(orderId: $id) { id shipOn items
  { lineId quantity } packingSlipUrl } }"""
PICKS = """query($w: ID!, $day: Date, $orders: [ID!]) {
  pickList(warehouseId: $w, day: $day, orderIds: $orders) {
  warehouseName units orderNumbers url pdf: url(format: "pdf")
  picks { sku productName variantName quantity orders { orderNumber quantity } } } }"""


def open_link(client, url: str):
    return client.get(url.removeprefix("http://testserver"))


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture
def planned(router):
    """Two orders from one warehouse; one of them also from another."""
    a, b = router.w.make_warehouse("A-house"), router.w.make_warehouse("B-house")
    shirt = router.w.make_variant(sku="S-10", stock={a: 5})
    hat = router.w.make_variant(sku="S-9", stock={a: 5, b: 5})
    orders = [
        router.w.make_order([(shirt, 2), (hat, 1)], allocate=False),
        router.w.make_order([(shirt, 3)], allocate=False),
    ]
    for order in orders:
        route_order(order.id)
    return router, a, orders


def today():
    return clock.now().date() + timedelta(days=7)


def test_a_slip_says_what_is_in_the_box_and_where_it_goes(router, client, staff) -> None:
    post = carrier("Bird")
    row = sent(router, "1Z", carrier=post)
    shown = router.ask(SLIPS, staff, id=row.order_id)["data"]["shipments"][0]
    answer = open_link(client, shown["packingSlipUrl"])
    text = words(answer.content.decode())
    order = router.shop.order(row.order_id)
    for part in (
        f"Order {order.number}",
        order.lines[0].sku,
        "Here",
        "1Z (Bird)",
        "2 in 1 line",
        row.fulfillment_id,
    ):
        assert part in text
    to = router.shop.ship_to(row.order_id)
    assert to is not None
    for line in to.lines:
        assert line in text
    assert answer.content.count(b"<svg") == 2
    pdf = open_link(client, shown["pdf"])
    assert pdf["Content-Type"] == "application/pdf" and order.lines[0].sku in pdf_text(pdf.content)
    box = PdfReader(io.BytesIO(pdf.content)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (612, 792)


def test_a_parcel_is_printed_before_it_is_made(planned, client, staff) -> None:
    router, _a, (first, _second) = planned
    shown = router.ask(SLIPS, staff, id=first.id)["data"]["plannedParcels"]
    assert len(shown) == 1 and {item["quantity"] for item in shown[0]["items"]} == {1, 2}
    text = words(open_link(client, shown[0]["packingSlipUrl"]).content.decode())
    assert text.index("S-9") < text.index("S-10") and "A-house" in text
    ship_order(first.id)
    # What has left is printed as the parcel it became.
    assert open_link(client, shown[0]["packingSlipUrl"]).status_code == 404


def test_a_part_says_that_more_comes(router, client, staff) -> None:
    a, b = router.w.make_warehouse("A"), router.w.make_warehouse("B")
    shirt = router.w.make_variant(stock={a: 1, b: 1})
    order = router.w.make_order([(shirt, 2)], allocate=False)
    route_order(order.id)
    ship_order(order.id, [ShipItem(order.lines[0].id, a.id, 1)])
    shown = router.ask(SLIPS, staff, id=order.id)["data"]
    assert "parcel 1 of 2" in words(
        open_link(client, shown["shipments"][0]["packingSlipUrl"]).content.decode()
    )
    planned = shown["plannedParcels"][0]["packingSlipUrl"]
    assert "parcel 2 of 2" in words(open_link(client, planned).content.decode())


def test_a_pick_list_of_a_day(planned, client, staff) -> None:
    router, a, (first, second) = planned
    shown = router.ask(PICKS, staff, w=a.id, day=today().isoformat())["data"]["pickList"]
    assert (shown["warehouseName"], shown["units"]) == ("A-house", 6)
    assert [(row["sku"], row["quantity"]) for row in shown["picks"]] == [("S-9", 1), ("S-10", 5)]
    assert shown["picks"][1]["orders"] == [
        {"orderNumber": first.number, "quantity": 2},
        {"orderNumber": second.number, "quantity": 3},
    ]
    text = words(open_link(client, shown["url"]).content.decode())
    assert "A-house" in text and "6 units of 2 products for 2 orders" in text
    assert "S-10" in pdf_text(open_link(client, shown["pdf"]).content)
    # Of one order; and what was shipped meanwhile is not picked again.
    one = router.ask(PICKS, staff, w=a.id, orders=[second.id])["data"]["pickList"]
    assert one["orderNumbers"] == [second.number] and one["units"] == 3
    ship_order(second.id)
    assert picks_of_orders(a.id, [second.id]).units == 0


def test_a_pick_list_leaves_out_tomorrow_and_what_is_held(planned) -> None:
    _router, a, (first, second) = planned
    day = clock.now().date()
    PlannedParcel.objects.filter(order_id=first.id).update(ship_on=day + timedelta(days=1))
    PlannedParcel.objects.filter(order_id=second.id).update(ship_on=day - timedelta(days=1))
    assert picks_of_day(a.id, day).orders == (second.number,)
    assert len(picks_of_day(a.id, day + timedelta(days=1)).orders) == 2
    Hold.objects.create(order_id=second.id, code="MANUAL", reason="x", placed=clock.now())
    assert picks_of_day(a.id, day + timedelta(days=1)).orders == (first.number,)


def test_a_pick_list_costs_the_same_however_many_orders(router) -> None:
    here = router.w.make_warehouse("Here")
    counts = []
    for _ in range(2):
        for _ in range(4):
            order = router.w.make_order([(router.w.make_variant(stock={here: 1}), 1)], allocate=False)
            route_order(order.id)
        with CaptureQueriesContext(connection) as seen:
            picks_of_day(here.id, today())
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_bad_pick_lists_name_their_field(router, staff) -> None:
    here = router.w.make_warehouse()
    with pytest.raises(NotFound):
        picks_of_day(to_global("Warehouse", "0"), today())
    with pytest.raises(Invalid):
        picks_of_orders(here.id, [f"{number}" for number in range(501)])
    for values, field in (({}, "day"), ({"day": "2026-01-01", "orders": []}, "orderIds")):
        error = router.ask(PICKS, staff, w=here.id, **values)["errors"][0]
        assert error["extensions"]["exception"]["field"] == field


@pytest.mark.parametrize("path", ["packing-slip/?id={slip}", "pick-list/?warehouse={house}&day=2026-03-01"])
def test_documents_are_for_staff(router, client, path: str) -> None:
    row = sent(router, "1Z")
    url = f"{BASE}documents/{path.format(slip=to_global('Shipment', row.pk), house=row.warehouse_id)}"
    for kind in (AskerKind.STAFF, AskerKind.APP):
        token = router.token("MANAGE_ORDERS", kind=kind)
        for form in ("html", "pdf"):
            answer = client.get(f"{url}&format={form}", HTTP_AUTHORIZATION=f"Bearer {token}")
            assert answer.status_code == 200, answer.content
    denied = [None, "x.y.z", router.token(kind=AskerKind.CUSTOMER), router.token("MANAGE_PLUGINS")]
    for token in denied:
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
        answer = client.get(url, **headers)
        assert answer.status_code == 403
        assert b"1Z" not in answer.content
    router.switch(active=False)
    assert client.get(url, HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("packing-slip/?id=U2hpcG1lbnQ6MTI=", 404),
        ("packing-slip/?id=T3JkZXI6MTI=", 400),
        ("packing-slip/", 400),
        ("pick-list/?warehouse=V2FyZWhvdXNlOjA=&day=2026-03-01", 404),
        ("pick-list/?warehouse=x&day=soon", 400),
        ("pick-list/?warehouse=x", 400),
        ("", 404),
        ("nothing/", 404),
        ("open/", 404),
        ("open/abc:def:ghi/", 404),
    ],
)
def test_bad_requests_are_answered(router, client, staff, path: str, status: int) -> None:
    answer = client.get(f"{BASE}documents/{path}", HTTP_AUTHORIZATION=f"Bearer {staff}")
    assert answer.status_code == status, answer.content


def test_a_format_or_paper_that_is_none(router, client, staff) -> None:
    row = sent(router, "1Z")
    url = f"{BASE}documents/packing-slip/?id={to_global('Shipment', row.pk)}"
    for more in ("&format=docx", "&paper=a5"):
        assert client.get(url + more, HTTP_AUTHORIZATION=f"Bearer {staff}").status_code == 400
    assert client.post(url, HTTP_AUTHORIZATION=f"Bearer {staff}").status_code == 405


def test_a_link_ends_after_ten_minutes_and_opens_one_document(router, client, staff) -> None:
    row, other = sent(router, "1Z"), sent(router, "2Z")
    link = router.ask(SLIPS, staff, id=row.order_id)["data"]["shipments"][0]["packingSlipUrl"]
    theirs = router.ask(SLIPS, staff, id=other.order_id)["data"]["shipments"][0]["packingSlipUrl"]
    token, foreign = (url.split("/open/")[1].split("/")[0] for url in (link, theirs))
    mixed = ":".join([foreign.split(":")[0], *token.split(":")[1:]])
    assert open_link(client, link.replace(token, mixed)).status_code == 404
    assert open_link(client, link).status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert open_link(client, link).status_code == 410


def test_it_is_never_cached_framed_or_logged(router, client, staff, caplog) -> None:
    row = sent(router, "1Z")
    shown = router.ask(SLIPS, staff, id=row.order_id)["data"]["shipments"][0]
    to = router.shop.ship_to(row.order_id)
    assert to is not None
    with caplog.at_level(logging.DEBUG):
        for url in (shown["packingSlipUrl"], shown["pdf"]):
            answer = open_link(client, url)
            assert answer["Cache-Control"] == "no-store" and answer["X-Frame-Options"] == "DENY"
            assert "default-src 'none'" in answer["Content-Security-Policy"]
            assert "unsafe" not in answer["Content-Security-Policy"]
    # The database's own debug log is not ours.
    ours = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert not [line for record in ours for line in to.lines if line in record.getMessage()]


def test_names_that_try_to_be_code_stay_text(router, client, staff) -> None:
    row = sent(router, '"><script>alert(1)</script>')
    evil = "<img src=x onerror=alert(1)>{{ slip.to }}{% load static %}"
    key = from_global(router.shop.order(row.order_id).lines[0].variant_id, "ProductVariant")
    variant = apps.get_model("product.ProductVariant").objects.get(pk=key)
    variant.name = variant.product.name = evil
    variant.product.save()
    variant.save()
    address = (
        apps.get_model("order.Order").objects.get(pk=from_global(row.order_id, "Order")).shipping_address
    )
    address.first_name = "<b>Bo</b>"
    address.save()
    shown = router.ask(SLIPS, staff, id=row.order_id)["data"]["shipments"][0]
    html = open_link(client, shown["packingSlipUrl"]).content.decode()
    assert "<script" not in html and "<img" not in html and "<b>Bo" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;{{ slip.to }}{% load static %}") == 2
    text = pdf_text(open_link(client, shown["pdf"]).content).replace("\n", "")
    assert "<img" in text
