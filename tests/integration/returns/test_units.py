"""No unit is lost or invented: who may ask for which, where they are, and what Saleor's stock says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from saleor_plugins.delivery import emit
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, InsufficientStock, Invalid, NotFound, OpsError, Required
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import Inspection, ReturnableLine, ReturnLine
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.returnable_lines import returnable_lines
from tests.integration.returns.rooms import STAFF, events


def available(order):
    return [line.available for line in returnable_lines(STAFF, order.id)]


def test_units_are_reserved_by_a_request_and_free_again_when_it_is_declined_or_cancelled(room):
    order = room.make_shipped(3)
    assert available(order) == [3]
    first = room.request(order, 2)
    assert available(order) == [1]
    second = room.request(order, 1)
    decline_return(STAFF, first.pk, "Worn.")
    approve_return(STAFF, second.pk)
    cancel_return(STAFF, second.pk)
    assert available(order) == [3]
    assert [event["reason"] for event in events("return.declined")] == ["Worn."]


def test_more_than_was_shipped_is_refused(room):
    order = room.make_shipped(3)
    room.request(order, 2)
    with pytest.raises(Invalid) as caught:
        room.request(order, 2)
    assert (caught.value.field, caught.value.code) == ("lines.0.quantity", "UNRETURNABLE")


def test_what_was_not_shipped_cannot_come_back(room):
    order = room.data.make_order([(room.data.make_variant(stock={room.house: 2}), 2)])
    assert available(order) == [0]
    with pytest.raises(Invalid):
        room.request(order, 1)


def test_a_cancelled_parcel_was_not_shipped(room):
    order = room.make_shipped(2)
    (parcel,) = room.data.shop.fulfillments(order.id)
    room.data.shop.cancel_fulfillment(parcel.id, warehouse_id=room.house.id)
    assert available(order) == [0]


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
def test_senseless_quantities_are_refused_and_nothing_is_written(room, quantity):
    order = room.make_shipped(2)
    with pytest.raises(Invalid) as caught:
        room.request(order, quantity or 0) if quantity else request_return(
            STAFF, order.id, [Item(0, order.lines[0].id)]
        )
    assert caught.value.field == "lines.0.quantity"
    assert not ReturnLine.objects.exists()


def test_lines_must_be_of_this_order_and_named_once(room):
    order, other = room.make_shipped(2), room.make_shipped(2)
    mine = order.lines[0].id
    cases = [
        ([], Required, "lines"),
        ([Item(1, other.lines[0].id)], NotFound, "lines.0.orderLineId"),
        ([Item(1, mine), Item(1, mine)], Invalid, "lines.1"),
        ([Item(1)], Invalid, "lines.0"),
        ([Item(1, mine, mine)], Invalid, "lines.0"),
        ([Item(1, "", other.lines[0].id)], NotFound, "lines.0.fulfillmentLineId"),
        ([Item(1, mine, reason="x" * 501)], Invalid, "lines.0.reason"),
    ]
    for items, kind, field in cases:
        with pytest.raises(kind) as caught:
            request_return(STAFF, order.id, items)
        assert caught.value.field == field
    assert available(order) == [2]


def test_a_line_of_a_parcel_can_be_named(room):
    order = room.make_shipped(3)
    (parcel,) = room.data.shop.fulfillments(order.id)
    rma = request_return(STAFF, order.id, [Item(2, fulfillment_line_id=parcel.lines[0].id)])
    assert ReturnLine.objects.get(rma=rma).line_id == order.lines[0].id
    with pytest.raises(Invalid):
        request_return(STAFF, order.id, [Item(4, fulfillment_line_id=parcel.lines[0].id)])


def test_shoppers_have_a_window_and_staff_decide(room):
    room.configure(return_window_days="14", auto_approve=True)
    asker, _ = room.data.make_asker(AskerKind.CUSTOMER)
    old = room.make_shipped(1, user_id=asker.id)
    sent = clock.now() - timedelta(days=15)
    room.sent_at(old, sent)
    with pytest.raises(Invalid) as caught:
        request_return(asker, old.id, [Item(1, old.lines[0].id)])
    assert (caught.value.field, caught.value.code) == ("lines.0", "WINDOW_CLOSED")
    zone = room.data.shop.time_zone()
    assert str(clock.day_of(sent, zone) + timedelta(days=14)) in caught.value.message
    assert returnable_lines(asker, old.id)[0].window_open is False
    # What staff let in late waits for somebody who approves it.
    assert room.request(old, 1).state == "REQUESTED"


def test_an_old_order_that_was_sent_today_may_come_back(room):
    asker, _ = room.data.make_asker(AskerKind.CUSTOMER)
    order = room.make_shipped(1, user_id=asker.id, created=clock.now() - timedelta(days=99))
    assert request_return(asker, order.id, [Item(1, order.lines[0].id)]).state == "REQUESTED"


def test_the_window_opens_with_the_delivery(room):
    asker, _ = room.data.make_asker(AskerKind.CUSTOMER)
    order = room.make_shipped(2, user_id=asker.id)
    room.sent_at(order, clock.now() - timedelta(days=31))
    (parcel,) = room.data.shop.fulfillments(order.id)
    with pytest.raises(Invalid):
        request_return(asker, order.id, [Item(1, order.lines[0].id)])
    emit("shipment.delivered", {"orderId": order.id, "fulfillmentId": parcel.id})
    drain()
    assert returnable_lines(asker, order.id)[0].window_open
    assert request_return(asker, order.id, [Item(1, order.lines[0].id)]).state == "REQUESTED"


def test_the_window_is_counted_in_the_shops_days(room, settings, monkeypatch):
    room.configure(return_window_days="1")
    asker, _ = room.data.make_asker(AskerKind.CUSTOMER)
    order = room.make_shipped(3, user_id=asker.id)
    # Ten in the evening of the seventh in New York; the night after is an hour short.
    room.sent_at(order, datetime(2026, 3, 8, 3, 0, tzinfo=UTC))
    settings.TIME_ZONE = "America/New_York"
    item = [Item(1, order.lines[0].id)]
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 9, 3, 59, tzinfo=UTC))
    assert request_return(asker, order.id, item).state == "REQUESTED"
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 9, 4, 1, tzinfo=UTC))
    with pytest.raises(Invalid) as caught:
        request_return(asker, order.id, item)
    assert "2026-03-08" in caught.value.message
    settings.TIME_ZONE = "UTC"
    assert request_return(asker, order.id, item).state == "REQUESTED"


def test_what_the_customer_wants_is_kept(room):
    order = room.make_shipped(3)
    other = room.data.make_variant(price=500, stock={room.house: 5})
    item = Item(1, order.lines[0].id, "", "The seam is open", "DEFECTIVE", "EXCHANGE", other.id)
    line = ReturnLine.objects.get(rma=request_return(STAFF, order.id, [item]))
    assert (line.reason_code, line.reason, line.resolution) == ("DEFECTIVE", "The seam is open", "EXCHANGE")
    assert line.exchange_variant_id == other.id
    (event,) = events("return.requested")
    assert event["requestedBy"] == "STAFF"
    assert event["lines"][0]["reasonCode"] == "DEFECTIVE"
    assert event["lines"][0]["exchangeVariantId"] == other.id
    assert "seam" not in str(event)


def test_wishes_that_make_no_sense_are_refused(room):
    order = room.make_shipped(1)
    mine, other = order.lines[0].id, room.data.make_variant(price=500, stock={room.house: 5})
    cases = [
        (Item(1, mine, reason_code="UGLY"), Invalid, "reasonCode"),
        (Item(1, mine, reason_code="UNANNOUNCED"), Invalid, "reasonCode"),
        (Item(1, mine, resolution="CASH"), Invalid, "resolution"),
        (Item(1, mine, resolution="EXCHANGE"), Required, "exchangeVariantId"),
        (Item(1, mine, exchange_variant_id=other.id), Invalid, "exchangeVariantId"),
        (Item(1, mine, resolution="EXCHANGE", exchange_variant_id=order.id), OpsError, "exchangeVariantId"),
        (
            Item(1, mine, resolution="EXCHANGE", exchange_variant_id=to_global("ProductVariant", 10**8)),
            NotFound,
            "exchangeVariantId",
        ),
    ]
    for item, kind, field in cases:
        with pytest.raises(kind) as caught:
            request_return(STAFF, order.id, [item])
        assert caught.value.field == f"lines.0.{field}"
    assert available(order) == [1]


def test_what_is_sold_out_cannot_be_had_in_exchange(room):
    order = room.make_shipped(1)
    gone = room.data.make_variant(price=500, stock={room.house: 0})
    with pytest.raises(InsufficientStock) as caught:
        item = Item(1, order.lines[0].id, resolution="EXCHANGE", exchange_variant_id=gone.id)
        request_return(STAFF, order.id, [item])
    assert caught.value.field == "lines.0.exchangeVariantId"


def test_the_line_that_asks_for_one_too_many_is_named(room):
    order = room.make_shipped(5, 4, 3, 2, 1)
    last = room.data.make_variant(price=500, stock={room.house: 3})
    mine = sorted(order.lines, key=lambda line: -line.quantity)
    wanted = [Item(1, line.id, resolution="EXCHANGE", exchange_variant_id=last.id) for line in mine]
    wanted[1] = Item(1, mine[1].id)
    with pytest.raises(InsufficientStock) as caught:
        request_return(STAFF, order.id, wanted)
    assert caught.value.field == "lines.4.exchangeVariantId"
    assert request_return(STAFF, order.id, wanted[:4]).state == "REQUESTED"


def test_a_rule_may_approve(room):
    room.configure(auto_approve=True)
    assert room.request(room.make_shipped(1), 1).state == "APPROVED"
    assert len(events("return.requested")) == len(events("return.approved")) == 1


def test_parcels_arrive_in_part_and_never_more_than_approved(room):
    order = room.make_shipped(3)
    rma = room.request(order, 3)
    with pytest.raises(Conflict):
        room.receive(rma, 1)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    room.receive(rma, 1)
    with pytest.raises(Invalid) as caught:
        room.receive(rma, 2)
    assert (caught.value.field, caught.value.code) == ("lines.0.quantity", "OVER_RECEIPT")
    line = ReturnableLine.objects.get(pk=order.lines[0].id)
    assert (line.shipped, line.reserved, line.returned) == (3, 1, 2)
    with pytest.raises(Conflict):
        cancel_return(STAFF, rma.pk)


def test_saleor_shows_the_return_and_keeps_the_tracking(room):
    order = room.make_shipped(2)
    rma = room.request(order, 1)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    parcels = room.data.shop.fulfillments(order.id)
    assert [p.tracking_number for p in parcels if p.status == "FULFILLED"] == ["TRACK-1"]
    if room.data.returned_fulfillments:
        returned = [line.quantity for p in parcels if p.status == "RETURNED" for line in p.lines]
        assert returned == [1]
    assert available(order) == [1]
    room.request(order, 1)
    assert available(order) == [0]


def test_units_returned_in_saleors_own_screens_are_gone(room):
    if not room.data.returned_fulfillments:
        pytest.skip("This Saleor has no returns of its own.")
    from saleor_plugins.platform.port import ReturnedItem

    order = room.make_shipped(3)
    mine = room.request(order, 1)
    (parcel,) = room.data.shop.fulfillments(order.id)
    room.data.shop.mark_returned(order.id, [ReturnedItem(parcel.lines[0].id, 2)])
    assert available(order) == [0]
    approve_return(STAFF, mine.pk)
    room.receive(mine, 1)
    assert available(order) == [0]


def test_restocking_moves_saleors_stock_once(room):
    order = room.make_shipped(3)
    rma = room.request(order, 3)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 2)
    before = room.on_hand(order)
    room.inspect(rma, 1)
    room.inspect(rma, 1)
    assert room.on_hand(order) == before + 2
    with pytest.raises(Invalid) as caught:
        room.inspect(rma, 1)
    assert caught.value.code == "OVER_INSPECTION"
    assert room.on_hand(order) == before + 2
    assert sum(Inspection.objects.values_list("moved", flat=True)) == 2


@pytest.mark.parametrize("disposition", ["REFURBISH", "QUARANTINE", "SCRAP", "SEND_BACK"])
def test_nothing_else_reaches_the_stock(room, disposition):
    order = room.make_shipped(1)
    rma = room.request(order, 1)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    before = room.on_hand(order)
    room.inspect(rma, 1, disposition=disposition)
    assert room.on_hand(order) == before


def test_what_goes_back_to_the_customer_is_not_credited(room):
    rma = room.request(room.make_shipped(1), 1)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    room.inspect(rma, 1, disposition="SEND_BACK")
    with pytest.raises(Conflict) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "NOTHING_TO_REFUND"
    assert close_return(STAFF, rma.pk).state == "CLOSED"


def test_restocking_chooses_the_warehouse(room):
    order = room.make_shipped(2)
    other = room.data.make_warehouse(country="DE", countries=["DE"])
    room.configure(restock_into="FIXED", restock_warehouse=other.id)
    rma = room.request(order, 2)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 2)
    room.inspect(rma, 1)
    (key,) = room.keys(rma)
    inspect_return(STAFF, rma.pk, [Judgement(key, 1, "RESTOCK", room.house.id)])
    stocks = {s.warehouse_id: s.on_hand for s in room.data.shop.stocks([order.lines[0].variant_id])}
    assert stocks == {other.id: 1, room.house.id: 1}


def test_a_failure_while_restocking_writes_nothing(room, monkeypatch):
    order = room.make_shipped(1)
    rma = room.request(order, 1)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    monkeypatch.setattr(type(room.data.shop), "move_stock", _broken)
    with pytest.raises(OpsError):
        room.inspect(rma, 1)
    assert not Inspection.objects.exists()
    assert ReturnLine.objects.get(rma=rma).accepted == 0
    assert not events("return.inspected")


def _broken(*args, **kwargs):
    raise NotFound("gone", field="warehouseId")


def test_a_deleted_variant_can_come_back_but_not_into_stock(room):
    order = room.make_shipped(1)
    room.data.drop_variant(order)
    rma = room.request(order, 1)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    room.inspect(rma, 1, disposition="SCRAP")
    assert ReturnLine.objects.get(rma=rma).accepted == 1


def test_unknown_warehouses_are_refused(room):
    order = room.make_shipped(1)
    rma = room.request(order, 1)
    approve_return(STAFF, rma.pk)
    with pytest.raises(NotFound) as caught:
        receive_parcel(STAFF, rma.pk, order.id, [(room.keys(rma)[0], 1)])
    assert caught.value.field == "warehouseId"


def test_missing_units_are_free_again_after_closing(room):
    order = room.make_shipped(2)
    rma = room.request(order, 2)
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    with pytest.raises(Conflict) as caught:
        close_return(STAFF, rma.pk)
    assert caught.value.code == "NOT_INSPECTED"
    room.inspect(rma, 1, disposition="SEND_BACK")
    close_return(STAFF, rma.pk)
    assert available(order) == [1]
    assert events("return.closed")[0]["missing"][0]["quantity"] == 1
