"""A gateway gave and nobody heard of it: the money is held until somebody knows, and either truth can be said."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from saleor_plugins.delivery.models import Delivery
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.platform.port import RefundResult, RefundStatus
from saleor_plugins.returns.domain.reconcile import GRACE
from saleor_plugins.returns.models import LedgerEntry, PaymentLedger, Refund, RefundPart
from saleor_plugins.returns.store import books
from saleor_plugins.returns.tasks.desk import find_overdue
from saleor_plugins.returns.usecases.audit import audit_all
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.resolve_refund import resolve_refund
from saleor_plugins.returns.usecases.send_refund import send_refund
from saleor_plugins.returns.usecases.settle_refund import settle_part
from tests.integration.returns.rooms import MANAGER, STAFF
from tests.integration.returns.test_life_races import both

pytestmark = pytest.mark.usefixtures("committed_room")

ROUNDS = 8


@pytest.fixture
def room(committed_room):
    return committed_room


@pytest.fixture
def lost(room, monkeypatch):
    """`lost(order)`: a refund of one unit whose answer was lost, and of which the books show nothing for long."""
    real = clock.now

    def lose(order):
        monkeypatch.setattr(clock, "now", real)
        room.refunded(order, 1)
        with room.data.answering("times out"):
            drain()
        monkeypatch.setattr(clock, "now", lambda: real() + GRACE + timedelta(minutes=1))
        find_overdue()
        drain()
        return RefundPart.objects.latest("pk")

    return lose


def paid_twice(room):
    """Three units of 10.00, paid by 10.00 and 20.00."""
    order = room.make_shipped(3, price=1000, paid=False)
    room.data.make_payment(order, 1000)
    room.data.make_payment(order, 2000)
    return order


def say(part, happened):
    resolve_refund(STAFF, part.refund_id, part.payment_id, happened, "Asked the gateway.")


def show(room, order, part):
    """The shop hears of it at last."""
    room.data.shop.refund(order.id, part.payment_id, part.amount, key="the one that was lost")


def states():
    return list(RefundPart.objects.order_by("pk").values_list("state", flat=True))


def balances():
    rows = PaymentLedger.objects.order_by("captured")
    return [(row.captured, row.pending, row.refunded, row.ours) for row in rows]


def test_what_nobody_knows_is_nobody_elses(room, lost):
    order = paid_twice(room)
    lost(order)
    assert (states(), balances()[0]) == (["UNKNOWN"], (1000, 1000, 0, 0))
    room.refunded(order, 2)
    assert balances() == [(1000, 1000, 0, 0), (2000, 2000, 0, 0)]
    drain()
    assert states() == ["UNKNOWN", "SUCCEEDED"]


def test_what_the_gateway_refused_is_free_at_once(room):
    order = paid_twice(room)
    room.refunded(order, 1)
    with room.data.answering("refuses"):
        drain()
    assert (states(), balances()) == (["FAILED"], [(1000, 0, 0, 0), (2000, 0, 0, 0)])
    room.refunded(order, 2)
    assert balances() == [(1000, 1000, 0, 0), (2000, 1000, 0, 0)]


@pytest.mark.parametrize("story", list(permutations(["decide", "say", "show"])), ids=" ".join)
def test_given_after_all(room, lost, story):
    """In whatever order the rest is decided, a person says that it happened, and the shop's books show it."""
    order = paid_twice(room)
    part = lost(order)
    steps = {
        "decide": lambda: room.refunded(order, 2),
        "say": lambda: say(part, True),
        "show": lambda: show(room, order, part),
    }
    for name in story:
        steps[name]()
        drain()
    assert states() == ["SUCCEEDED", "SUCCEEDED"]
    assert balances() == [(1000, 0, 1000, 1000), (2000, 0, 2000, 2000)]
    assert [payment.refunded for payment in room.data.shop.payments(order.id)] == [1000, 2000]
    assert not list(audit_all())


@pytest.mark.parametrize("decided", [False, True], ids=["before", "after"])
def test_a_no_frees_the_money(room, lost, decided):
    order = paid_twice(room)
    part = lost(order)
    if decided:
        room.refunded(order, 2)
    say(part, False)
    drain()
    assert balances()[0] == (1000, 0, 0, 0)
    if not decided:
        room.refunded(order, 2)
        drain()
    refund_return(STAFF, part.refund.rma_id)
    drain()
    assert set(states()) - {"REPLACED"} == {"SUCCEEDED"}
    assert [payment.refunded for payment in room.data.shop.payments(order.id)] == [1000, 2000]


def test_who_asks_for_the_rest_waits_or_hears_that_it_is_too_much(room, lost):
    order = room.make_shipped(2, price=1000)
    part = lost(order)
    rma = room.accepted(order, 1)
    with pytest.raises(Invalid) as caught:
        refund_return(MANAGER, rma.pk, 1500, reason="Sorry.")
    assert caught.value.code == "ABOVE_CEILING"
    refund_return(STAFF, rma.pk)
    for _ in range(3):
        find_overdue()
        drain()
    assert states() == ["UNKNOWN", "RESERVED"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"DONE"}
    say(part, True)
    drain()
    assert states() == ["SUCCEEDED", "SUCCEEDED"]
    assert balances() == [(2000, 0, 2000, 2000)]


def test_a_late_trace_is_not_taken_for_another_one(room, lost):
    """The first was given, as a person knew before the books; what they show later is not the second's."""
    order = room.make_shipped(2, price=1000)
    first = lost(order)
    say(first, True)
    second = lost(order)
    show(room, order, first)
    send_refund(second.refund_id)
    assert states() == ["SUCCEEDED", "UNKNOWN"]
    assert balances() == [(2000, 1000, 1000, 1000)]
    show_both = room.data.shop.refund(order.id, second.payment_id, 1000, key="the second")
    assert show_both.status is RefundStatus.SUCCEEDED
    send_refund(second.refund_id)
    assert states() == ["SUCCEEDED", "SUCCEEDED"]


@pytest.mark.parametrize("happened", [True, False])
def test_what_was_said_stands(room, lost, happened):
    order = room.make_shipped(2, price=1000)
    part = lost(order)
    say(part, happened)
    before = states(), balances(), LedgerEntry.objects.count()
    for again in (True, False):
        with pytest.raises(Conflict):
            say(part, again)
    assert (states(), balances(), LedgerEntry.objects.count()) == before


def test_two_people_say_the_opposite_at_once(room, lost):
    for _ in range(ROUNDS):
        part = lost(room.make_shipped(2, price=1000))
        codes = both(lambda: say(part, True), lambda: say(part, False))
        assert sorted(codes) == ["", "CONFLICT"]
        part.refresh_from_db()
        given = 1000 if codes[0] == "" else 0
        assert part.state == ("SUCCEEDED" if given else "FAILED")
        row = PaymentLedger.objects.get(pk=part.payment_id)
        assert (row.pending, row.refunded, row.ours) == (0, given, given)


def test_a_person_says_it_while_the_rest_is_decided(room, lost):
    for _ in range(ROUNDS):
        order = paid_twice(room)
        part = lost(order)
        rest = room.accepted(order, 2)
        assert both(lambda: say(part, True), lambda: refund_return(STAFF, rest.pk)) == ["", ""]
        drain()
        rows = PaymentLedger.objects.filter(order=order.id).order_by("captured")
        assert [(row.pending, row.ours) for row in rows] == [(0, 1000), (0, 2000)]


def test_a_person_says_it_while_the_books_show_it(room, lost):
    for _ in range(ROUNDS):
        order = room.make_shipped(2, price=1000)
        part = lost(order)
        show(room, order, part)
        _, said = both(lambda: send_refund(part.refund_id), lambda: say(part, True))
        assert said in ("", "CONFLICT")
        row = PaymentLedger.objects.get(pk=part.payment_id)
        assert (row.pending, row.refunded, row.ours) == (0, 1000, 1000)


def test_an_answer_to_an_attempt_that_is_over_settles_no_other(room, lost):
    """A worker was away for so long that a person asked the gateway, and somebody tries again meanwhile."""
    order = room.make_shipped(2, price=1000)
    part = lost(order)
    say(part, False)
    refund_return(STAFF, part.refund.rma_id)
    with room.data.answering("times out"):
        drain()
    for status in RefundStatus:
        settle_part(part, RefundResult(status, "late"))
    assert (states(), balances()) == (["UNKNOWN"], [(2000, 1000, 0, 0)])
    (told,) = LedgerEntry.objects.filter(verb="refund_contradicted")
    assert told.data["reference"] == "late"


def test_its_history_says_once_that_a_person_must_ask(room, lost, monkeypatch):
    part = lost(room.make_shipped(1))
    for _ in range(3):
        send_refund(part.refund_id)
    assert LedgerEntry.objects.filter(verb="refund_unclear").count() == 1


def test_those_that_wait_for_a_person_hide_nobody(room, lost):
    for _ in range(3):
        lost(room.make_shipped(1))
    pages = list(books.overdue(clock.now(), size=2))
    assert [key for page in pages for key in page] == list(
        Refund.objects.order_by("pk").values_list("pk", flat=True)
    )
    assert [len(page) for page in pages] == [2, 1]
