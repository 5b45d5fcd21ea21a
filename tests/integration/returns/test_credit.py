"""Fees, store credit, advances, goodwill, gift cards, and payments that cannot give any more."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from saleor_plugins.delivery.models import Delivery, Event
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.domain.reconcile import GRACE
from saleor_plugins.returns.models import LedgerEntry, PaymentLedger, Refund, RefundPart, ReturnLine
from saleor_plugins.returns.tasks.desk import find_overdue
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.estimate_refund import estimate_refund
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.resolve_refund import resolve_refund
from saleor_plugins.returns.usecases.send_refund import send_refund
from tests.integration.returns.rooms import MANAGER, STAFF, events

CARD = PartKind.STORE_CREDIT


@pytest.fixture
def room(committed_room):
    return committed_room


@pytest.fixture
def later(monkeypatch):
    """`later()`: so much time went by that no worker is at it any more."""
    real = clock.now
    return lambda: monkeypatch.setattr(clock, "now", lambda: real() + GRACE + timedelta(minutes=1))


def because(room, order, quantity, reason, **more):
    """A return of units of the first line that were accepted."""
    rma = request_return(STAFF, order.id, [Item(quantity, order.lines[0].id, reason_code=reason, **more)])
    approve_return(STAFF, rma.pk)
    room.receive(rma, quantity)
    return room.inspect(rma, quantity)


def refused(call, *arguments, **options):
    with pytest.raises((Invalid, Conflict)) as caught:
        call(*arguments, **options)
    return caught.value.code


def cards():
    return list(RefundPart.objects.filter(kind="STORE_CREDIT").values_list("amount", "state"))


def rows(event):
    return [(row["component"], row["amount"]) for row in event["rows"]]


def test_fees_are_kept_and_the_estimate_said_so(room):
    room.configure(restocking_fee_percent="10", label_fee="4.00")
    order = room.make_shipped(2, price=1000)
    asked = [(order.lines[0].id, 2, "CHANGED_MIND")]
    assert estimate_refund(STAFF, order.id, asked).plan.charge.gross == 1400
    rma = because(room, order, 2, "CHANGED_MIND")
    refund_return(STAFF, rma.pk)
    drain()
    assert room.payment(order).refunded == 1400
    (event,) = events("return.refunded")
    assert rows(event) == [("FEE", "-2.00"), ("ITEM", "20.00"), ("LABEL", "-4.00")]
    assert (event["lines"][0]["quantity"], ReturnLine.objects.get().settled) == (2, 2)


@pytest.mark.parametrize("reason", ["DEFECTIVE", "WITHDRAWAL"])
def test_fault_and_law_cost_nothing(room, reason):
    room.configure(restocking_fee_percent="10", label_fee="4.00")
    order = room.make_shipped(1, price=1000)
    assert estimate_refund(STAFF, order.id, [(order.lines[0].id, 1, reason)]).plan.charge.gross == 1000
    refund_return(STAFF, because(room, order, 1, reason).pk)
    drain()
    assert room.payment(order).refunded == 1000


def test_postage_is_taken_once_per_return_and_never_more_than_is_left(room):
    room.configure(label_fee="15.00")
    order = room.make_shipped(3, price=1000)
    rma = room.request(order, 3)
    approve_return(STAFF, rma.pk)
    for expected in (0, 1000, 2000):
        room.receive(rma, 1)
        room.inspect(rma, 1)
        refund_return(STAFF, rma.pk)
        drain()
        assert room.payment(order).refunded == expected
    close_return(STAFF, rma.pk)


def test_policy_is_the_returns_own(room):
    rma = room.accepted(room.make_shipped(1, price=1000), 1)
    room.configure(restocking_fee_percent="50")
    assert refund_return(STAFF, rma.pk).net == 1000


def test_only_the_standard_delivery_comes_back(room):
    room.configure(refund_shipping="standard", standard_shipping="3.00")
    order = room.make_shipped(1, price=1000, shipping=499)
    room.refunded(order, 1)
    drain()
    assert room.payment(order).refunded == 1300


def test_store_credit_is_a_gift_card_and_its_code_is_nowhere(room):
    order = room.make_shipped(1, price=1000)
    rma = room.accepted(order, 1)
    refund_return(STAFF, rma.pk, to=CARD)
    drain()
    assert cards() == [(1000, "SUCCEEDED")]
    assert room.payment(order).refunded == 0
    assert refused(refund_return, STAFF, rma.pk, to=CARD) == "NOTHING_TO_REFUND"
    (event,) = events("return.refunded")
    assert event["parts"] == [
        {"kind": "STORE_CREDIT", "state": "SUCCEEDED", "amount": "10.00", "currency": "USD"}
    ]
    from saleor.giftcard.models import GiftCard

    (card,) = GiftCard.objects.all()
    assert card.current_balance_amount == 10
    told = [
        *Event.objects.values_list("data", flat=True),
        *LedgerEntry.objects.values_list("data", flat=True),
    ]
    assert card.code not in json.dumps(told)
    close_return(STAFF, rma.pk)


def test_the_customer_is_sent_the_gift_card_once(room):
    order = room.make_shipped(1, price=1000)
    refund_return(STAFF, room.accepted(order, 1).pk, to=CARD)
    drain()
    drain()
    sent = Delivery.objects.filter(subscriber="returns.gift_card")
    assert [row.state for row in sent] == ["DONE"]
    if not room.data.channels:  # 3.x leaves mails to a plugin
        code = room.data.model("giftcard.GiftCard").objects.get().code
        assert [mail[0] for mail in room.data.mails() if code in "".join(mail)] == [order.email]


def test_each_line_goes_as_its_customer_wished(room):
    order = room.make_shipped(2, price=1000)
    rma = because(room, order, 1, "STYLE", resolution="STORE_CREDIT")
    refund_return(STAFF, rma.pk)
    drain()
    assert (cards(), room.payment(order).refunded) == ([(1000, "SUCCEEDED")], 0)
    other = because(room, order, 1, "STYLE", resolution="STORE_CREDIT")
    refund_return(STAFF, other.pk, to=PartKind.PAYMENT)
    drain()
    assert room.payment(order).refunded == 1000


def test_store_credit_for_what_nobody_paid_needs_a_manager(room):
    order = room.make_shipped(1, price=1000, paid=False)
    rma = room.accepted(order, 1)
    assert refused(refund_return, STAFF, rma.pk, to=CARD, reason="Please.") == "ABOVE_CEILING"
    assert refused(refund_return, MANAGER, rma.pk, to=CARD) == "ABOVE_CEILING"
    assert not Refund.objects.exists()
    refund_return(MANAGER, rma.pk, to=CARD, reason="Paid in cash.")
    assert cards() == [(1000, "SUCCEEDED")]


def test_more_than_earned_needs_a_reason_and_a_manager(room):
    order = room.make_shipped(2, price=1000)
    rma = room.accepted(order, 1)
    assert refused(refund_return, STAFF, rma.pk, 1200, reason="Sorry.") == "ABOVE_CREDIT"
    assert refused(refund_return, MANAGER, rma.pk, 1200) == "ABOVE_CREDIT"
    assert refused(refund_return, MANAGER, rma.pk, 2001, reason="Sorry.") == "ABOVE_CEILING"
    refund_return(MANAGER, rma.pk, 1200, reason="Sorry.")
    drain()
    assert room.payment(order).refunded == 1200
    assert rows(events("return.refunded")[0]) == [("ADJUSTMENT", "2.00"), ("ITEM", "10.00")]


def test_kept_units_are_refunded_before_anything_arrives(room):
    order = room.make_shipped(2, price=1000)
    rma = room.request(order, 2)
    approve_return(STAFF, rma.pk)
    assert refused(refund_return, STAFF, rma.pk) == "NOTHING_TO_REFUND"
    keep_units(STAFF, rma.pk, [(room.keys(rma)[0], 2)])
    refund_return(STAFF, rma.pk)
    drain()
    assert room.payment(order).refunded == 2000
    close_return(STAFF, rma.pk)
    states = {parcel.status for parcel in room.data.shop.fulfillments(order.id)}
    assert states == ({"REFUNDED"} if room.data.channels else {"FULFILLED"})


def test_an_advance_is_paid_once(room):
    order = room.make_shipped(2, price=1000)
    rma = room.request(order, 2)
    approve_return(STAFF, rma.pk)
    key = room.keys(rma)[0]
    assert refused(refund_return, STAFF, rma.pk, advance=[(key, 3)]) == "OVER_ADVANCE"
    refund_return(STAFF, rma.pk, advance=[(key, 1)])
    drain()
    assert room.payment(order).refunded == 1000
    room.receive(rma, 2)
    room.inspect(rma, 2)
    refund_return(STAFF, rma.pk)
    drain()
    assert room.payment(order).refunded == 2000
    assert refused(refund_return, STAFF, rma.pk) == "NOTHING_TO_REFUND"
    close_return(STAFF, rma.pk)


def test_a_payment_that_cannot_give_any_more_is_replaced(room):
    order = room.make_shipped(2, price=1000, paid=False)
    first, second = room.data.make_payment(order, 1000), room.data.make_payment(order, 1000)
    rma = room.refunded(order, 1)
    room.data.shop.refund(order.id, first.id, 1000, key="elsewhere")
    drain()
    assert Refund.objects.get().state == "FAILED"
    refund_return(STAFF, rma.pk)
    drain()
    assert [payment.refunded for payment in room.data.shop.payments(order.id)] == [1000, 1000]
    assert sorted(RefundPart.objects.values_list("payment", "state")) == sorted(
        [(first.id, "REPLACED"), (second.id, "SUCCEEDED")]
    )
    assert len(events("return.refunded")) == 1


def test_when_no_payment_can_staff_may_choose_store_credit(room):
    order = room.make_shipped(1, price=1000)
    rma = room.refunded(order, 1)
    with room.data.answering("refuses"):
        drain()
    refund_return(STAFF, rma.pk, to=CARD)
    drain()
    assert (cards(), room.payment(order).refunded) == ([(1000, "SUCCEEDED")], 0)
    assert PaymentLedger.objects.get().pending == 0
    assert Refund.objects.get().state == "SUCCEEDED"
    close_return(STAFF, rma.pk)


def test_money_that_left_elsewhere_is_not_given_as_store_credit_too(room):
    order = room.make_shipped(1, price=1000)
    rma = room.refunded(order, 1)
    room.data.shop.refund(order.id, room.payment(order).id, 1000, key="elsewhere")
    drain()
    before = list(RefundPart.objects.values_list("pk", "state"))
    assert refused(refund_return, STAFF, rma.pk) == "ABOVE_CEILING"
    assert refused(refund_return, STAFF, rma.pk, to=CARD) == "ABOVE_CEILING"
    assert list(RefundPart.objects.values_list("pk", "state")) == before


def test_a_lost_answer_that_shows_late_is_found_before_anything_is_tried_again(room, later):
    order = room.make_shipped(2, price=1000)
    rma = room.refunded(order, 1)
    with room.data.answering("times out"):
        drain()
    later()
    find_overdue()
    drain()
    assert RefundPart.objects.get().state == "UNKNOWN"
    room.data.shop.refund(order.id, room.payment(order).id, 1000, key="the one that was lost")
    assert refused(refund_return, STAFF, rma.pk) == "UNCLEAR"
    send_refund(Refund.objects.get().pk)
    assert room.payment(order).refunded == 1000
    assert RefundPart.objects.get().state == "SUCCEEDED"
    row = PaymentLedger.objects.get()
    assert (row.captured, row.pending, row.refunded, row.ours) == (2000, 0, 1000, 1000)


def test_a_late_trace_of_another_amount_needs_a_person(room, later):
    order = room.make_shipped(2, price=1000)
    rma = room.refunded(order, 1)
    with room.data.answering("times out"):
        drain()
    later()
    find_overdue()
    drain()
    room.data.shop.refund(order.id, room.payment(order).id, 400, key="elsewhere")
    assert refused(refund_return, STAFF, rma.pk) == "UNCLEAR"
    assert refused(refund_return, STAFF, rma.pk, to=CARD) == "UNCLEAR"
    assert room.payment(order).refunded == 400
    refund, payment = Refund.objects.get().pk, room.payment(order).id
    resolve_refund(STAFF, refund, payment, False, "The gateway has only 4.00.")
    assert refused(resolve_refund, STAFF, refund, payment, True, "Changed my mind.") == "CONFLICT"
    refund_return(STAFF, rma.pk)
    drain()
    assert room.payment(order).refunded == 1400


def test_a_person_may_know_that_a_lost_one_happened(room, later):
    order = room.make_shipped(1, price=1000)
    room.refunded(order, 1)
    with room.data.answering("times out"):
        drain()
    later()
    find_overdue()
    drain()
    resolve_refund(STAFF, Refund.objects.get().pk, room.payment(order).id, True, "Seen at the gateway.")
    assert Refund.objects.get().state == "SUCCEEDED"
    row = PaymentLedger.objects.get()
    assert (row.captured, row.pending, row.refunded, row.ours) == (1000, 0, 1000, 1000)
    assert len(events("return.refunded")) == 1


def test_gift_cards_get_their_part_back_last(room):
    order = room.make_shipped(2, price=1000, paid=False)
    card = room.data.make_gift_card(800)
    order = room.data.use_gift_card(order, card, 800)
    room.data.make_payment(order, 1200)
    room.refunded(order, 1)
    drain()
    assert [payment.refunded for payment in room.data.shop.payments(order.id)] == [1000, 0]
    room.refunded(order, 1)
    drain()
    assert [payment.refunded for payment in room.data.shop.payments(order.id)] == [1200, 800]
    assert Refund.objects.filter(state="SUCCEEDED").count() == 2


def test_the_shop_shows_what_was_refunded(room):
    if not room.data.channels:
        pytest.skip("Saleor 2.10 has no returned parcels.")
    order = room.make_shipped(2, price=1000)
    rma = room.accepted(order, 1)
    assert sorted(_states(room, order)) == [("FULFILLED", 0), ("RETURNED", 0)]
    refund_return(STAFF, rma.pk)
    drain()
    assert sorted(_states(room, order)) == [("FULFILLED", 0), ("REFUNDED_AND_RETURNED", 1000)]
    assert {row.tracking_number for row in room.data.shop.fulfillments(order.id)} == {"TRACK-1"}
    send = room.accepted(order, 1)
    refund_return(STAFF, send.pk)
    drain()
    assert [state for state, _ in _states(room, order)] == ["REFUNDED_AND_RETURNED"] * 2


def _states(room, order):
    return [(parcel.status, parcel.refund_amount) for parcel in room.data.shop.fulfillments(order.id)]


def test_units_kept_for_money_leave_the_others_returnable(room):
    order = room.make_shipped(3, price=1000)
    rma = room.request(order, 1)
    approve_return(STAFF, rma.pk)
    keep_units(STAFF, rma.pk, [(room.keys(rma)[0], 1)])
    refund_return(STAFF, rma.pk)
    drain()
    close_return(STAFF, rma.pk)
    room.refunded(order, 2)
    drain()
    assert room.payment(order).refunded == 3000
