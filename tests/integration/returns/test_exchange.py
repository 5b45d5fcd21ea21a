"""Exchanges on a real Saleor: what the units earned pays for new goods, and no cent is made on the way."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.errors import Conflict, InsufficientStock, Invalid, NotFound, Required
from saleor_plugins.platform.port import OrderStatus, ShipItem
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import OrderLedger, Refund, RefundPart, Return, ReturnLine
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.cancel_exchange import cancel_exchange
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.estimate_refund import estimate_refund
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from tests.integration.returns.rooms import MANAGER, STAFF, events


@pytest.fixture
def room(committed_room):
    return committed_room


def variant(room, price, stock=10):
    return room.data.make_variant(price=price, stock={room.house: stock})


def wish(room, order, new, quantity=1, **more):
    """A return whose units arrived, were accepted and wait to be exchanged for `new`."""
    item = Item(quantity, order.lines[0].id, resolution="EXCHANGE", exchange_variant_id=new.id, **more)
    rma = request_return(STAFF, order.id, [item])
    approve_return(STAFF, rma.pk)
    room.receive(rma, quantity)
    return room.inspect(rma, quantity)


def ship(room, order_id):
    order = room.data.shop.order(order_id)
    room.data.shop.fulfill(
        order_id, [ShipItem(line.id, room.house.id, line.quantity) for line in order.lines]
    )
    return room.data.shop.order(order_id)


def given(order):
    """What the order's payments gave back, all together."""
    from saleor_plugins.platform import shop

    return sum(payment.refunded for payment in shop().payments(order.id))


def send_back(room, order, *quantities):
    """The units come back for money."""
    rma = room.refunded(order, *quantities)
    drain()
    return rma


def test_the_same_price_moves_no_money(room):
    order, new = room.make_shipped(2, price=1000), variant(room, 1000)
    rma = wish(room, order, new)
    made = exchange_return(STAFF, rma.pk)
    bought = room.data.shop.order(made.order_id)
    assert (bought.total_gross, bought.is_paid, made.difference) == (0, True, 0)
    assert [(line.variant_id, line.quantity) for line in bought.lines] == [(new.id, 1)]
    assert room.data.shop.allocations(bought.id)[0].quantity == 1
    assert made.refund.state == "SUCCEEDED"
    (event,) = events("return.exchanged")
    assert (event["newOrderId"], event["amount"], event["lines"][0]["quantity"]) == (bought.id, "10.00", 1)
    assert event["parts"] == [
        {"kind": "EXCHANGE", "state": "SUCCEEDED", "amount": "10.00", "currency": "USD"}
    ]
    drain()
    assert given(order) == 0
    assert not events("return.refunded")
    close_return(STAFF, rma.pk)


def test_dearer_goods_leave_a_difference_to_pay(room):
    order, new = room.make_shipped(1, price=1000), variant(room, 1500)
    made = exchange_return(STAFF, wish(room, order, new).pk)
    bought = room.data.shop.order(made.order_id)
    assert (bought.total_gross, bought.is_paid, made.difference) == (500, False, 500)
    ledger = OrderLedger.objects.get(pk=bought.id)
    assert (ledger.origin_id, ledger.exchange_credit) == (order.id, 1000)
    assert sum(line.paid_net + line.paid_tax for line in ledger.lines.all()) == 1500


def test_cheaper_goods_give_the_rest_back(room):
    order, new = room.make_shipped(1, price=1000), variant(room, 700)
    made = exchange_return(STAFF, wish(room, order, new).pk)
    assert made.difference == -300
    assert made.refund.state == "PENDING"
    drain()
    assert given(order) == 300
    (event,) = events("return.refunded")
    assert [(part["kind"], part["amount"]) for part in event["parts"]] == [
        ("EXCHANGE", "7.00"),
        ("PAYMENT", "3.00"),
    ]
    line = ReturnLine.objects.get()
    assert (line.credited, line.settled) == (1, 1)


def test_the_rest_may_be_store_credit(room):
    order, new = room.make_shipped(1, price=1000), variant(room, 700)
    exchange_return(STAFF, wish(room, order, new).pk, to=PartKind.STORE_CREDIT)
    part = RefundPart.objects.get(kind="STORE_CREDIT")
    assert (part.amount, part.state) == (300, "SUCCEEDED")
    drain()
    assert given(order) == 0


def test_an_exchanged_unit_comes_back_for_its_whole_price(room):
    order, new = room.make_shipped(1, price=1000), variant(room, 1500)
    bought = exchange_return(STAFF, wish(room, order, new).pk).order_id
    payment = room.data.make_payment(room.data.shop.order(bought), 500)
    line = room.data.shop.order(bought).lines[0].id
    assert estimate_refund(STAFF, bought, [(line, 1)]).ceiling == 1500
    send_back(room, ship(room, bought), 1)
    assert Refund.objects.get(rma__order=bought).state == "SUCCEEDED"
    assert [row.refunded for row in room.data.shop.payments(bought) if row.id == payment.id] == [500]
    assert given(order) == 1000


def test_through_two_exchanges_the_first_payment_gives_all_of_it_back(room):
    order = room.make_shipped(2, price=1000)
    second = ship(room, exchange_return(STAFF, wish(room, order, variant(room, 1000)).pk).order_id)
    third = ship(room, exchange_return(STAFF, wish(room, second, variant(room, 800)).pk).order_id)
    drain()
    assert given(order) == 200
    send_back(room, third, 1)
    assert given(order) == 1000
    send_back(room, order, 1)
    assert given(order) == 2000 == room.payment(order).captured


def test_goodwill_does_not_eat_what_an_exchanged_unit_may_claim(room):
    order = room.make_shipped(2, price=1000)
    bought = exchange_return(STAFF, wish(room, order, variant(room, 1000)).pk).order_id
    rma = room.accepted(order, 1)
    with pytest.raises(Invalid) as caught:
        refund_return(MANAGER, rma.pk, 1500, reason="Sorry.")
    assert caught.value.code == "ABOVE_CEILING"
    refund_return(STAFF, rma.pk)
    send_back(room, ship(room, bought), 1)
    assert given(order) == 2000


def test_what_is_unpaid_buys_nothing(room):
    order = room.make_shipped(1, price=1000, paid=False)
    rma = wish(room, order, variant(room, 1000))
    with pytest.raises(Invalid) as caught:
        exchange_return(STAFF, rma.pk)
    assert caught.value.code == "ABOVE_CEILING"
    assert OrderLedger.objects.count() == 1


def test_sold_out_goods_change_nothing(room):
    order = room.make_shipped(1, price=1000)
    new = variant(room, 1000, stock=1)
    rma = wish(room, order, new)
    room.data.shop.move_stock(new.id, room.house.id, -1)
    with pytest.raises(InsufficientStock):
        exchange_return(STAFF, rma.pk)
    assert not Refund.objects.exists()
    assert not ReturnLine.objects.get().credited
    refund_return(STAFF, rma.pk, to=PartKind.PAYMENT)
    drain()
    assert given(order) == 1000


def test_a_wish_for_an_exchange_is_never_made_into_money_by_accident(room):
    rma = wish(room, room.make_shipped(1), variant(room, 1000))
    with pytest.raises(Conflict) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "EXCHANGE_WANTED"


def test_who_asked_for_money_exchanges_only_for_named_goods(room):
    rma = room.accepted(room.make_shipped(1), 1)
    with pytest.raises(Conflict) as caught:
        exchange_return(STAFF, rma.pk)
    assert caught.value.code == "NOTHING_TO_EXCHANGE"
    with pytest.raises(Required):
        exchange_return(STAFF, rma.pk, [("", 1)])
    with pytest.raises(Invalid):
        exchange_return(STAFF, rma.pk, [(variant(room, 10).id, 0)])
    exchange_return(STAFF, rma.pk, [(variant(room, 1000).id, 1)])
    with pytest.raises(Conflict):
        exchange_return(STAFF, rma.pk, [(variant(room, 1000).id, 1)])


def test_in_advance_the_new_goods_leave_before_the_old_arrive(room):
    order, new = room.make_shipped(1, price=1000), variant(room, 1000)
    item = Item(1, order.lines[0].id, resolution="EXCHANGE", exchange_variant_id=new.id)
    rma = request_return(STAFF, order.id, [item])
    approve_return(STAFF, rma.pk)
    with pytest.raises(Conflict):
        exchange_return(STAFF, rma.pk)
    exchange_return(STAFF, rma.pk, advance=[(room.keys(rma)[0], 1)])
    line = ReturnLine.objects.get()
    assert (line.advanced, line.credited, line.settled, Return.objects.get().state) == (1, 1, 1, "APPROVED")
    room.receive(rma, 1)
    room.inspect(rma, 1)
    line.refresh_from_db()
    assert (line.advanced, line.accepted, line.credited) == (0, 1, 1)
    close_return(STAFF, rma.pk)


def test_a_cancelled_exchange_gives_its_credit_back_once(room):
    order, new = room.make_shipped(1, price=1000), variant(room, 1500)
    rma = wish(room, order, new)
    bought = exchange_return(STAFF, rma.pk).order_id
    with pytest.raises(Conflict) as caught:
        cancel_exchange(STAFF, rma.pk, bought)
    assert caught.value.code == "NOT_CANCELED"
    room.data.set_status(room.data.shop.order(bought), OrderStatus.CANCELED)
    with pytest.raises(NotFound):
        cancel_exchange(STAFF, rma.pk, order.id)
    close_return(STAFF, rma.pk)
    cancel_exchange(STAFF, rma.pk, bought)
    with pytest.raises(Conflict):
        cancel_exchange(STAFF, rma.pk, bought)
    drain()
    assert given(order) == 1000
    with pytest.raises(Conflict):
        cancel_exchange(STAFF, rma.pk, bought)
    assert given(order) == 1000


def test_a_cancelled_exchange_gives_only_what_is_left_of_its_credit(room):
    order, new = room.make_shipped(2, price=1000), variant(room, 1000)
    rma = wish(room, order, new, quantity=2)
    bought = room.data.shop.order(exchange_return(STAFF, rma.pk).order_id)
    (line,) = bought.lines
    room.data.shop.fulfill(bought.id, [ShipItem(line.id, room.house.id, 1)])
    send_back(room, bought, 1)
    assert given(order) == 1000
    room.data.set_status(bought, OrderStatus.CANCELED)
    cancel_exchange(STAFF, rma.pk, bought.id)
    drain()
    assert given(order) == 2000


def test_a_refused_cancellation_is_tried_again(room):
    order = room.make_shipped(1, price=1000)
    rma = wish(room, order, variant(room, 1000))
    bought = exchange_return(STAFF, rma.pk).order_id
    room.data.set_status(room.data.shop.order(bought), OrderStatus.CANCELED)
    cancel_exchange(STAFF, rma.pk, bought)
    with room.data.answering("refuses"):
        drain()
    assert given(order) == 0
    cancel_exchange(STAFF, rma.pk, bought)
    drain()
    assert given(order) == 1000


def test_two_at_once_make_one_order(room):
    order, new = room.make_shipped(1, price=1000), variant(room, 1000)
    rma = wish(room, order, new)
    answers, start = [], threading.Barrier(2)

    def exchange():
        try:
            start.wait()
            answers.append(exchange_return(STAFF, rma.pk).order_id)
        except Conflict as error:
            answers.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=exchange) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "NOTHING_TO_EXCHANGE" in answers
    assert OrderLedger.objects.filter(origin=order.id).count() == 1


def test_the_shop_shows_an_exchange(room):
    if not room.data.channels:
        pytest.skip("Saleor 2.10 has no replaced parcels.")
    order = room.make_shipped(2, price=1000)
    exchange_return(STAFF, wish(room, order, variant(room, 1000)).pk)
    states = sorted(parcel.status for parcel in room.data.shop.fulfillments(order.id))
    assert states == ["FULFILLED", "REPLACED"]


def test_the_credit_of_an_exchange_cannot_be_raised_later(room):
    order = room.make_shipped(1, price=1000)
    bought = exchange_return(STAFF, wish(room, order, variant(room, 500)).pk).order_id
    with pytest.raises(Exception, match="refused"), transaction.atomic():
        OrderLedger.objects.filter(pk=bought).update(exchange_credit=1000)
