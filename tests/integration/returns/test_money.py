"""No cent is lost or invented: what Saleor's payments say after refunds, refusals and silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.returns.domain.reconcile import GRACE
from saleor_plugins.returns.models import LedgerEntry, PaymentLedger, Refund, RefundPart, ReturnLine
from saleor_plugins.returns.tasks.desk import find_overdue
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.reconcile_refund import ABSENT
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.resolve_refund import resolve_refund
from saleor_plugins.returns.usecases.send_refund import send_refund
from tests.integration.returns.rooms import STAFF, events

pytestmark = pytest.mark.usefixtures("committed_room")


@pytest.fixture
def room(committed_room):
    return committed_room


@pytest.fixture
def later(monkeypatch):
    """`later()`: so much time went by that no worker is at it any more."""
    real = clock.now
    return lambda: monkeypatch.setattr(clock, "now", lambda: real() + GRACE + timedelta(minutes=1))


def balance(order):
    row = PaymentLedger.objects.get(order=order.id)
    return row.captured, row.pending, row.refunded, row.ours


def test_unit_by_unit_everything_comes_back_exactly(room):
    room.configure(refund_shipping="standard")
    order = room.make_shipped(3, 1, price=1001, shipping=499, tax_percent=23)
    for quantities in [(1, 0), (1, 0), (0, 1), (1, 0)]:
        rma = room.refunded(order, *quantities)
        drain()
        close_return(STAFF, rma.pk)
    payment = room.payment(order)
    assert payment.refunded == payment.captured == order.total_gross
    assert balance(order) == (payment.captured, 0, payment.captured, payment.captured)
    assert sum(refund.net for refund in Refund.objects.all()) == order.total_net


def test_the_story_of_a_refund(room):
    order = room.make_shipped(2, price=1000)
    rma = room.accepted(order, 1)
    refund_return(STAFF, rma.pk)
    assert balance(order)[1] == 1000
    assert room.payment(order).refunded == 0
    drain()
    (event,) = events("return.refunded")
    assert (event["amount"], event["currency"], event["rows"][0]["quantity"]) == ("10.00", "USD", 1)
    line = ReturnLine.objects.get(rma=rma)
    assert (line.credited, line.settled) == (1, 1)
    with pytest.raises(Conflict) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "NOTHING_TO_REFUND"


def test_before_the_money_is_there_nothing_closes_and_nothing_is_decided_twice(room):
    rma = room.refunded(room.make_shipped(1), 1)
    with pytest.raises(Conflict) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "REFUND_PENDING"
    with pytest.raises(Conflict) as caught:
        close_return(STAFF, rma.pk)
    assert caught.value.code == "NOT_REFUNDED"


def test_a_refund_made_elsewhere_is_seen_first(room):
    order = room.make_shipped(2, price=1000)
    payment = room.payment(order)
    room.data.shop.refund(order.id, payment.id, 1500, key="elsewhere")
    rma = room.accepted(order, 1)
    with pytest.raises(Invalid) as caught:
        refund_return(STAFF, rma.pk)
    assert (caught.value.field, caught.value.code) == ("amount", "ABOVE_CEILING")
    assert not Refund.objects.exists()
    refund_return(STAFF, rma.pk, 500)
    drain()
    assert room.payment(order).refunded == 2000
    assert balance(order) == (2000, 0, 2000, 500)


def test_a_refund_made_elsewhere_after_the_decision_fails_ours_cleanly(room):
    order = room.make_shipped(2, price=1000)
    rma = room.refunded(order, 2)
    room.data.shop.refund(order.id, room.payment(order).id, 1500, key="elsewhere")
    drain()
    assert room.payment(order).refunded == 1500
    (event,) = events("refund.failed")
    assert event["failed"][0]["paymentId"] == room.payment(order).id
    assert balance(order) == (2000, 0, 1500, 0)
    with pytest.raises(Invalid) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "ABOVE_CEILING"


@pytest.mark.parametrize(("amount", "code"), [(1001, "ABOVE_CREDIT"), (-1, "INVALID")])
def test_staff_may_give_less_and_never_more(room, amount, code):
    rma = room.accepted(room.make_shipped(2, price=1000), 1)
    with pytest.raises(Invalid) as caught:
        refund_return(STAFF, rma.pk, amount)
    assert (caught.value.field, caught.value.code) == ("amount", code)
    refund_return(STAFF, rma.pk, 700)
    drain()
    assert events("return.refunded")[0]["amount"] == "7.00"


def test_an_order_that_cost_nothing_is_settled_without_a_gateway(room):
    order = room.make_shipped(1, price=0)
    room.refunded(order, 1)
    assert events("return.refunded")[0]["amount"] == "0.00"
    assert not RefundPart.objects.exists()


def test_two_payments_share_a_refund(room):
    order = room.make_shipped(1, price=3000, paid=False)
    room.data.make_payment(order, 1000)
    room.data.make_payment(order, 2000)
    room.refunded(order, 1)
    drain()
    assert [payment.refunded for payment in room.data.shop.payments(order.id)] == [1000, 2000]
    assert len(events("return.refunded")) == 1


def test_a_refusal_is_told_and_may_be_tried_again(room):
    order = room.make_shipped(1)
    rma = room.refunded(order, 1)
    with room.data.answering("refuses"):
        drain()
    assert len(events("refund.failed")) == 1
    assert balance(order)[1:] == (0, 0, 0)
    refund_return(STAFF, rma.pk)
    drain()
    assert room.payment(order).refunded == order.total_gross
    assert RefundPart.objects.get().attempt == 2
    assert len(events("return.refunded")) == 1


@pytest.mark.parametrize("answer", ["times out", "answers nonsense"])
def test_silence_keeps_the_reservation_and_is_never_repeated_by_the_machine(room, later, answer):
    order = room.make_shipped(1)
    rma = room.refunded(order, 1)
    with room.data.answering(answer):
        drain()
    part = RefundPart.objects.get()
    assert part.state == "UNKNOWN"
    assert balance(order)[1] == order.total_gross
    send_refund(part.refund_id)
    assert room.payment(order).refunded == 0
    with pytest.raises(Conflict):
        refund_return(STAFF, rma.pk)
    later()
    find_overdue()
    drain()
    part.refresh_from_db()
    assert (part.state, part.attempt, part.message) == ("UNKNOWN", 1, ABSENT)
    assert balance(order)[1] == order.total_gross
    assert room.payment(order).refunded == 0
    with pytest.raises(Conflict) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "UNCLEAR"
    resolve_refund(STAFF, part.refund_id, room.payment(order).id, False, "The gateway knows nothing of it.")
    refund_return(STAFF, rma.pk)
    drain()
    assert room.payment(order).refunded == order.total_gross


def test_silence_after_the_money_moved_is_found_in_the_books(room):
    order = room.make_shipped(1)
    room.refunded(order, 1)
    with room.data.answering("times out"):
        drain()
    payment = room.payment(order)
    room.data.shop.refund(order.id, payment.id, order.total_gross, key="the one that was lost")
    send_refund(Refund.objects.get().pk)
    assert RefundPart.objects.get().state == "SUCCEEDED"
    assert balance(order) == (payment.captured, 0, payment.captured, payment.captured)
    assert len(events("return.refunded")) == 1


def test_another_amount_than_ours_needs_a_person(room, later):
    order = room.make_shipped(1)
    room.refunded(order, 1)
    with room.data.answering("times out"):
        drain()
    room.data.shop.refund(order.id, room.payment(order).id, 300, key="elsewhere")
    later()
    send_refund(Refund.objects.get().pk)
    part = RefundPart.objects.get()
    assert (part.state, bool(part.message)) == ("UNKNOWN", True)
    assert room.payment(order).refunded == 300
    payment = room.payment(order).id
    with pytest.raises(NotFound):
        resolve_refund(STAFF, part.refund_id, order.id, False, "Looked.")
    resolve_refund(STAFF, part.refund_id, payment, False, "The gateway has only 3.00.")
    with pytest.raises(Conflict):
        resolve_refund(STAFF, part.refund_id, payment, True, "Changed my mind.")
    assert Refund.objects.get().state == "FAILED"
    assert balance(order)[1] == 0


def test_a_person_may_know_that_it_happened(room):
    order = room.make_shipped(1)
    room.refunded(order, 1)
    with room.data.answering("times out"):
        drain()
    resolve_refund(STAFF, Refund.objects.get().pk, room.payment(order).id, True, "Seen at the gateway.")
    assert Refund.objects.get().state == "SUCCEEDED"
    assert balance(order) == (order.total_gross, 0, order.total_gross, order.total_gross)
    assert LedgerEntry.objects.get(verb="resolve").data["reason"] == "Seen at the gateway."


def test_one_refund_at_a_time_is_in_flight_per_payment(room, later):
    order = room.make_shipped(2)
    room.refunded(order, 1)
    with room.data.answering("times out"):
        drain()
    second = room.refunded(order, 1)
    drain(strict=False)
    assert [part.state for part in RefundPart.objects.order_by("pk")] == ["UNKNOWN", "RESERVED"]
    later()
    find_overdue()
    drain()
    assert [part.state for part in RefundPart.objects.order_by("pk")] == ["UNKNOWN", "RESERVED"]
    first = RefundPart.objects.get(state="UNKNOWN")
    resolve_refund(STAFF, first.refund_id, first.payment_id, False, "The gateway knows nothing of it.")
    drain()
    assert Refund.objects.get(rma=second).state == "SUCCEEDED"
    assert room.payment(order).refunded == order.total_gross // 2


def test_a_desk_that_is_switched_off_gives_nothing(room, later):
    order = room.make_shipped(1)
    room.refunded(order, 1)
    room.data.configure_plugin("saleor_plugins.returns", active=False)
    drain()
    later()
    find_overdue()
    drain()
    assert room.payment(order).refunded == 0
    room.configure()
    find_overdue()
    drain()
    assert room.payment(order).refunded == order.total_gross
