"""Refunds through Saleor 3's transactions: the payment app reports when it pleases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.returns.models import PaymentLedger, Refund, RefundPart
from saleor_plugins.returns.tasks.desk import find_overdue
from saleor_plugins.returns.usecases.refund_return import refund_return
from tests.integration.returns.rooms import STAFF, events


@pytest.fixture
def room(committed_room):
    if not committed_room.data.channels:
        pytest.skip("Only Saleor 3.x has transactions.")
    return committed_room


@pytest.fixture
def order(room):
    """A shipped order of two, charged by a transaction."""
    order = room.make_shipped(2, price=1000, paid=False)
    room.data.make_transaction(order, 2000)
    return order


def ask_and_hear_nothing(room, order):
    rma = room.refunded(order, 1)
    with room.data.payment_app("silent") as asked:
        drain()
    return rma, asked


def report(asked, kind):
    """The payment app reports, as Saleor's transactionEventReport stores it."""
    from saleor.order.utils import calculate_order_granted_refund_status

    from tests.gateways import _report

    _report(asked[0], kind)
    calculate_order_granted_refund_status(asked[0].granted_refund)


def some_time_later(monkeypatch, minutes):
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=minutes))
    find_overdue()
    drain()


def test_a_report_at_once(room, order):
    room.refunded(order, 1)
    with room.data.payment_app("agrees"):
        drain()
    assert room.payment(order).refunded == 1000
    assert RefundPart.objects.get().reference == "psp-1"


def test_a_late_report_settles_and_nobody_is_asked_twice(room, order, monkeypatch):
    _, asked = ask_and_hear_nothing(room, order)
    assert RefundPart.objects.get().state == "UNKNOWN"
    with room.data.payment_app("silent") as again:
        some_time_later(monkeypatch, 60)
    assert again == []
    assert RefundPart.objects.get().state == "UNKNOWN"
    report(asked, "refund_success")
    some_time_later(monkeypatch, 10)
    assert Refund.objects.get().state == "SUCCEEDED"
    assert room.payment(order).refunded == 1000
    ledger = PaymentLedger.objects.get()
    assert (ledger.captured, ledger.pending, ledger.refunded, ledger.ours) == (2000, 0, 1000, 1000)
    assert len(events("return.refunded")) == 1


def test_a_late_no_fails_and_may_be_tried_again(room, order, monkeypatch):
    rma, asked = ask_and_hear_nothing(room, order)
    report(asked, "refund_failure")
    some_time_later(monkeypatch, 60)
    assert Refund.objects.get().state == "FAILED"
    assert len(events("refund.failed")) == 1
    refund_return(STAFF, rma.pk)
    with room.data.payment_app("agrees"):
        drain()
    assert Refund.objects.get().state == "SUCCEEDED"
    assert room.payment(order).refunded == 1000
