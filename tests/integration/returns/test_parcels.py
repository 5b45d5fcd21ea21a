"""Parcels: in part, late, unasked, unannounced, of what the customer was to keep."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, OpsError, Required
from saleor_plugins.platform.port import ShipItem
from saleor_plugins.returns.models import (
    LedgerEntry,
    Receipt,
    ReceiptLine,
    Return,
    ReturnableLine,
    ReturnLine,
)
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.audit import audit_all
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.expire_return import expire_return
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.receive_unannounced import receive_unannounced
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.reopen_return import reopen_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.send_refund import send_refund
from tests.integration.returns.rooms import MANAGER, STAFF, events


@pytest.fixture(autouse=True)
def clean_books(request):
    """After every story the books agree, with the ledgers and with Saleor."""
    yield
    if "room" in request.fixturenames:
        assert [str(found) for found in audit_all() if not found.unseen] == []


def account(order, line=0):
    return ReturnableLine.objects.get(pk=order.lines[line].id)


def units(order, line=0):
    row = account(order, line)
    return (row.reserved, row.returned, row.kept, row.available)


def arrives(room, rma, *items, **options):
    return receive_parcel(STAFF, rma.pk, room.house.id, list(items), **options)


def refused(kind, call, field, code=None):
    """The call is refused and writes nothing."""
    before = (Receipt.objects.count(), list(ReturnLine.objects.order_by("pk").values()))
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.field == field
    assert code is None or caught.value.code == code
    assert (Receipt.objects.count(), list(ReturnLine.objects.order_by("pk").values())) == before


def expired(room, order, quantity, monkeypatch):
    room.configure(expiry_days="5")
    rma = room.approved(order, quantity)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=10))
    assert expire_return(rma.pk)
    return rma


def test_a_parcel_after_the_expiry_is_taken_in(room, monkeypatch):
    order = room.make_shipped(3)
    rma = expired(room, order, 2, monkeypatch)
    assert units(order) == (0, 0, 0, 3)
    arrives(room, rma, (room.keys(rma)[0], 1))
    rma.refresh_from_db()
    assert rma.state == "RECEIVING"
    assert units(order) == (0, 1, 0, 2)
    (event,) = events("return.received")
    assert [(line["received"], line["late"]) for line in event["lines"]] == [(1, 1)]


def test_late_units_that_another_return_has_taken_are_refused(room, monkeypatch):
    order = room.make_shipped(2)
    rma = expired(room, order, 2, monkeypatch)
    room.request(order, 1)
    (key,) = room.keys(rma)
    refused(Conflict, lambda: arrives(room, rma, (key, 2)), "lines.0.quantity", "UNRETURNABLE")
    arrives(room, rma, (key, 1))
    assert units(order) == (1, 1, 0, 0)


def test_missing_units_come_after_all(room):
    order = room.make_shipped(2)
    rma = room.approved(order, 2)
    room.receive(rma, 1)
    room.inspect(rma, 1, disposition="SEND_BACK")
    close_return(STAFF, rma.pk)
    (key,) = room.keys(rma)
    refused(Conflict, lambda: arrives(room, rma, (key, 1)), "state")
    reopen_return(MANAGER, rma.pk, "Found in the yard.")
    arrives(room, rma, (key, 1))
    assert units(order) == (0, 2, 0, 0)
    assert ReturnLine.objects.get(rma=rma).missing == 0


def test_a_kept_unit_that_is_sent_all_the_same(room):
    order = room.make_shipped(2)
    rma = room.approved(order, 2)
    (key,) = room.keys(rma)
    keep_units(STAFF, rma.pk, [(key, 2)])
    assert units(order) == (0, 0, 2, 0)
    arrives(room, rma, (key, 1))
    assert units(order) == (0, 1, 1, 0)
    (event,) = events("return.received")
    assert event["lines"][0]["unkept"] == 1


def test_a_kept_unit_that_was_paid_for_is_paid_for_once(room):
    order = room.make_shipped(2, price=1000)
    rma = room.approved(order, 2)
    (key,) = room.keys(rma)
    keep_units(STAFF, rma.pk, [(key, 2)])
    send_refund(refund_return(STAFF, rma.pk).pk)
    if room.data.returned_fulfillments:
        assert [parcel.status for parcel in room.data.shop.fulfillments(order.id)] == ["REFUNDED"]
    arrives(room, rma, (key, 1))
    line = ReturnLine.objects.get(pk=key)
    assert (line.kept, line.received, line.advanced, line.credited) == (1, 1, 1, 2)
    if room.data.returned_fulfillments:
        parcels = room.data.shop.fulfillments(order.id)
        states = sorted((parcel.status, parcel.lines[0].quantity) for parcel in parcels)
        assert states == [("REFUNDED", 1), ("REFUNDED_AND_RETURNED", 1)]
    room.inspect(rma, 1)
    with pytest.raises(Conflict) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "NOTHING_TO_REFUND"
    assert room.payment(order).refunded == 2000
    assert close_return(STAFF, rma.pk).state == "CLOSED"


def test_a_kept_unit_that_was_exchanged_comes_back_after_all(room):
    order = room.make_shipped(2, price=1000)
    new = room.data.make_variant(price=1000, stock={room.house: 3})
    item = Item(2, order.lines[0].id, resolution="EXCHANGE", exchange_variant_id=new.id)
    rma = request_return(STAFF, order.id, [item])
    approve_return(STAFF, rma.pk)
    (key,) = room.keys(rma)
    keep_units(STAFF, rma.pk, [(key, 2)])
    exchange_return(STAFF, rma.pk)
    arrives(room, rma, (key, 1))
    line = ReturnLine.objects.get(pk=key)
    assert (line.kept, line.received, line.advanced) == (1, 1, 1)
    if room.data.returned_fulfillments:
        (parcel,) = room.data.shop.fulfillments(order.id)
        assert (parcel.status, ReceiptLine.objects.get().shop_fulfillment_id) == ("REPLACED", parcel.id)
    before = room.on_hand(order)
    room.inspect(rma, 1)
    assert room.on_hand(order) == before + 1
    assert close_return(STAFF, rma.pk).state == "CLOSED"


def test_more_units_than_asked_for_need_leave(room):
    order = room.make_shipped(4)
    rma = room.approved(order, 1)
    (key,) = room.keys(rma)
    refused(Invalid, lambda: arrives(room, rma, (key, 3)), "lines.0.quantity", "OVER_RECEIPT")
    arrives(room, rma, (key, 3), accept_unexpected=True)
    line = ReturnLine.objects.get(pk=key)
    assert (line.requested, line.approved, line.received) == (3, 3, 3)
    assert units(order) == (0, 3, 0, 1)
    (event,) = events("return.received")
    assert event["lines"][0]["unexpected"] == 2
    again = lambda: arrives(room, rma, (key, 2), accept_unexpected=True)  # noqa: E731
    refused(Conflict, again, "lines.0.quantity", "UNRETURNABLE")


def test_a_line_that_nobody_asked_for(room):
    order = room.make_shipped(2, 1)
    first, second = sorted(order.lines, key=lambda line: -line.quantity)
    rma = room.approved(order, 2)
    item = (second.id, 1)
    refused(NotFound, lambda: arrives(room, rma, item), "lines.0.orderLineId")
    arrives(room, rma, (first.id, 2), item, accept_unexpected=True)
    lines = list(ReturnLine.objects.filter(rma=rma).order_by("position"))
    assert [(line.line_id, line.received, line.reason_code) for line in lines] == [
        (first.id, 2, "UNSPECIFIED"),
        (second.id, 1, "UNANNOUNCED"),
    ]
    assert lines[1].requested == lines[1].approved == 1
    room.inspect(rma, 2, 1)
    refund = refund_return(STAFF, rma.pk)
    assert refund.net + refund.tax == 3000


def test_units_that_were_declined_are_sent_all_the_same(room):
    order = room.make_shipped(3)
    rma = room.request(order, 3)
    (key,) = room.keys(rma)
    approve_return(STAFF, rma.pk, [(key, 1)])
    arrives(room, rma, (key, 3), accept_unexpected=True)
    line = ReturnLine.objects.get(pk=key)
    assert (line.requested, line.approved, line.declined, line.received) == (5, 3, 2, 3)
    assert units(order) == (0, 3, 0, 0)


def test_lines_may_be_named_by_the_order_and_are_filled_in_turn(room):
    order = room.make_shipped(4)
    (parcel,) = room.data.shop.fulfillments(order.id)
    items = [Item(1, fulfillment_line_id=parcel.lines[0].id), Item(2, order.lines[0].id)]
    rma = request_return(STAFF, order.id, items)
    approve_return(STAFF, rma.pk)
    arrives(room, rma, (order.lines[0].id, 2))
    received = list(
        ReturnLine.objects.filter(rma=rma).order_by("position").values_list("received", flat=True)
    )
    assert received == [1, 1]
    both = [(order.lines[0].id, 1), (room.keys(rma)[1], 1)]
    refused(Invalid, lambda: arrives(room, rma, *both), "lines", "DUPLICATE")


def test_what_cannot_be_meant_is_refused(room):
    order, other = room.make_shipped(2), room.make_shipped(1)
    rma = room.approved(order, 2)
    (key,) = room.keys(rma)
    cases = [
        (Required, [], "lines"),
        (NotFound, [(uuid4(), 1)], "lines.0.returnLineId"),
        (NotFound, [(key, 1), (other.lines[0].id, 1)], "lines.1.orderLineId"),
        (Invalid, [(key, 1), (key, 1)], "lines.1.returnLineId"),
        (Invalid, [(key, 0)], "lines.0.quantity"),
        (Invalid, [(key, -1)], "lines.0.quantity"),
        (Invalid, [(key, 10**9)], "lines.0.quantity"),
        (Invalid, [(key, True)], "lines.0.quantity"),
    ]
    for kind, items, field in cases:
        refused(kind, lambda items=items: arrives(room, rma, *items), field)
    refused(Invalid, lambda: arrives(room, rma, (key, 1), tracking_number="x" * 256), "trackingNumber")
    gone = lambda: receive_parcel(STAFF, rma.pk, order.id, [(key, 1)])  # noqa: E731
    refused(NotFound, gone, "warehouseId")
    assert rma.state == Return.objects.get(pk=rma.pk).state == "APPROVED"


def test_the_parcels_number_is_kept(room):
    rma = room.approved(room.make_shipped(1), 1)
    arrives(room, rma, (room.keys(rma)[0], 1), tracking_number=" 1Z999 ")
    assert Receipt.objects.get().tracking_number == "1Z999"
    assert events("return.received")[0]["trackingNumber"] == "1Z999"


def test_units_of_two_parcels_come_back_in_one(room):
    order = room.data.make_order([(room.data.make_variant(stock={room.house: 4}), 4)])
    for number in ("A", "B"):
        item = ShipItem(order.lines[0].id, room.house.id, 2)
        room.data.shop.fulfill(order.id, [item], tracking_number=number)
    rma = room.approved(order, 3)
    arrives(room, rma, (room.keys(rma)[0], 3))
    rows = list(ReceiptLine.objects.order_by("pk"))
    assert sorted(row.quantity for row in rows) == [1, 2]
    if room.data.returned_fulfillments:
        by_id = {parcel.id: parcel for parcel in room.data.shop.fulfillments(order.id)}
        for row in rows:
            shown = by_id[row.shop_fulfillment_id]
            assert (shown.status, shown.lines[0].quantity) == ("RETURNED", row.quantity)
        assert {by_id[row.shop_fulfillment_id].tracking_number for row in rows} == {"A", "B"}


def test_a_parcel_nobody_announced(room):
    order = room.make_shipped(3, price=1000)
    line = order.lines[0].id
    rma = receive_unannounced(STAFF, order.id, room.house.id, [(line, 2)], tracking_number="T-1")
    assert rma.state == "RECEIVING"
    (row,) = ReturnLine.objects.filter(rma=rma)
    assert (row.requested, row.approved, row.received, row.reason_code) == (2, 2, 2, "UNANNOUNCED")
    assert units(order) == (0, 2, 0, 1)
    assert list(LedgerEntry.objects.values_list("verb", flat=True).order_by("pk")) == [
        "request",
        "approve",
        "receive",
    ]
    (event,) = events("return.requested")
    assert (event["state"], event["unannounced"]) == ("RECEIVING", True)
    assert events("return.approved") == []
    before = room.on_hand(order)
    room.inspect(rma, 2)
    assert room.on_hand(order) == before + 2
    refund = refund_return(STAFF, rma.pk)
    assert refund.net + refund.tax == 2000


def test_what_was_not_with_the_customer_cannot_come_unannounced(room):
    order, other = room.make_shipped(2), room.make_shipped(1)
    room.request(order, 1)
    line = order.lines[0].id
    cases = [
        (Invalid, [(line, 2)], "lines.0.quantity"),
        (NotFound, [(other.lines[0].id, 1)], "lines.0.orderLineId"),
        (Invalid, [(line, 1), (line, 1)], "lines.1"),
        (Required, [], "lines"),
    ]
    for kind, items, field in cases:
        call = lambda items=items: receive_unannounced(STAFF, order.id, room.house.id, items)  # noqa: E731
        refused(kind, call, field)
    refused(NotFound, lambda: receive_unannounced(STAFF, order.id, "x", [(line, 1)]), "warehouseId")
    refused(NotFound, lambda: receive_unannounced(STAFF, "x", room.house.id, [(line, 1)]), "orderId")
    assert Return.objects.count() == 1


def test_nothing_of_it_stays_when_the_shop_refuses(room, monkeypatch):
    order = room.make_shipped(1)

    def broken(*args, **kwargs):
        raise OpsError("The shop is down.")

    monkeypatch.setattr(type(room.data.shop), "mark_returned", broken)
    with pytest.raises(OpsError):
        receive_unannounced(STAFF, order.id, room.house.id, [(order.lines[0].id, 1)])
    assert not Return.objects.exists()
    assert events("return.requested") == []


def test_unannounced_units_are_judged_like_others(room):
    order = room.make_shipped(1)
    rma = receive_unannounced(STAFF, order.id, room.house.id, [(order.lines[0].id, 1)])
    inspect_return(STAFF, rma.pk, [Judgement(room.keys(rma)[0], 1, "SEND_BACK")])
    assert close_return(STAFF, rma.pk).state == "CLOSED"
    # It is with the customer again, but came back once: whoever wants it back must reopen.
    assert units(order) == (0, 1, 0, 0)
