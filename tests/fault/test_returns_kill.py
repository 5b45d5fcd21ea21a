"""A worker dies between the gateway's refund and our commit, at every step: one refund, recorded."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.returns.domain.reconcile import GRACE
from saleor_plugins.returns.models import LedgerEntry, PaymentLedger, Refund, RefundPart
from saleor_plugins.returns.tasks.desk import find_overdue
from saleor_plugins.returns.usecases import reconcile_refund, send_refund, settle_refund
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.resolve_refund import resolve_refund
from tests.fault.returns_api import MUTATIONS, Caller, changed, tables
from tests.fault.returns_scenes import SCENES
from tests.integration.returns.rooms import STAFF, events, make_room

KILLS = 50


class Killed(BaseException):
    """The process is gone: nothing catches it, open transactions roll back."""


def dies(call=None):
    """A stand-in that does what `call` does, and then the worker is no more."""

    def run(*args, **kwargs):
        if call:
            call(*args, **kwargs)
        raise Killed

    return run


# Where the worker dies, in the order in which it works.
STEPS = {
    "while it claims": lambda: mock.patch.object(send_refund.books, "move_part", dies()),
    "claimed, before the call": lambda: mock.patch.object(send_refund, "_call", dies()),
    "the gateway gave": lambda: mock.patch.object(send_refund, "_call", dies(send_refund._call)),
    "while it settles": lambda: mock.patch.object(settle_refund, "conclude", dies()),
    "concluded, before the commit": lambda: mock.patch.object(
        settle_refund, "conclude", dies(settle_refund.conclude)
    ),
    "settled, before the event is done": lambda: mock.patch.object(
        send_refund, "settle_part", dies(send_refund.settle_part)
    ),
    "while it reconciles": lambda: mock.patch.object(reconcile_refund, "settle_part", dies()),
}


@pytest.fixture
def at(monkeypatch):
    """`at(minutes)`: that much later than now."""
    real = clock.now
    return lambda minutes: monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=minutes))


def work(kill=None):
    """A worker takes what is due, and maybe dies; answers whether it did."""
    with kill() if kill else contextlib.nullcontext():
        try:
            drain(strict=False)
        except Killed:
            return True
    return False


def recover(room, rma, at, dice):
    """Time goes by, workers come and die, and a person asks again for what left no trace."""
    minutes = 0
    for round_ in range(8):
        minutes += int(GRACE.total_seconds() // 60) + 1
        at(minutes)
        find_overdue()
        again = round_ < 2 and dice.random() < 0.5
        work(dice.choice(list(STEPS.values())) if again else None)
        refund = Refund.objects.get(rma=rma)
        if refund.state == "SUCCEEDED":
            return
        ask_again(room, rma, refund)
    raise AssertionError("never finished")


def ask_again(room, rma, refund):
    """A person says what the gateway knows of a call that left no trace, before it is asked again."""
    for part in RefundPart.objects.filter(refund=refund, state="UNKNOWN"):
        with pytest.raises(Conflict):
            refund_return(STAFF, rma.pk)
        happened = room.data.shop.payments(rma.order_id)[0].refunded > part.before
        resolve_refund(STAFF, refund.pk, part.payment_id, happened, "asked the gateway")
    refund.refresh_from_db()
    if refund.state == "FAILED":
        refund_return(STAFF, rma.pk)


@pytest.mark.parametrize("seed", range(KILLS))
def test_one_refund_each_and_recorded(transactional_db, at, seed):
    dice = random.Random(seed)
    room = make_room()
    order = room.make_shipped(3, price=dice.randint(1, 5000))
    rma = room.refunded(order, dice.randint(1, 3))
    amount = Refund.objects.get(rma=rma).net + Refund.objects.get(rma=rma).tax
    name = list(STEPS)[seed % (len(STEPS) - 1)]
    assert work(STEPS[name])
    recover(room, rma, at, dice)
    payment = room.payment(order)
    assert payment.refunded == amount, name
    part, ledger = RefundPart.objects.get(), PaymentLedger.objects.get()
    assert part.state == "SUCCEEDED"
    assert (ledger.pending, ledger.refunded, ledger.ours) == (0, amount, amount)
    assert len(events("return.refunded")) == 1


def test_money_that_moved_without_a_trace_is_never_asked_for_again_by_the_machine(transactional_db, at):
    """The worker dies inside Saleor, after the gateway acted and before Saleor wrote it down."""
    room = make_room()
    order = room.make_shipped(1)
    rma = room.refunded(order, 1)
    adapter, asked = type(room.data.shop), []

    def acts_and_dies(self, *args, **kwargs):
        asked.append(args)
        raise Killed

    with mock.patch.object(adapter, "_gateway_refund", acts_and_dies):
        with pytest.raises(Killed):
            drain()
        for minutes in (10, 30, 60, 24 * 60):
            at(minutes)
            find_overdue()
            drain(strict=False)
    assert len(asked) == 1
    assert Refund.objects.get(rma=rma).state == "PENDING"
    assert RefundPart.objects.get().state == "UNKNOWN"
    (told,) = LedgerEntry.objects.filter(rma=rma, verb="refund_unclear")
    assert told.data["message"] == reconcile_refund.ABSENT
    with pytest.raises(Conflict) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "UNCLEAR", "nor by a person who has not asked the gateway"
    drain(strict=False)
    assert len(asked) == 1


# An attempt at a code counts whatever becomes of its answer.
COUNTED = {"returnAccessConfirm"}


@pytest.mark.parametrize("name", sorted({*MUTATIONS} - COUNTED))
def test_a_step_that_dies_before_its_commit_never_was(transactional_db, name):
    """Restock, exchange, store credit and all others: either everything of it is there, or nothing."""
    room = make_room()
    caller = Caller(room)
    variables = SCENES[name](room)
    before = tables()

    def dies_at_commit():
        connection.connection.close()
        raise Killed

    with mock.patch.object(connection, "commit", dies_at_commit), contextlib.suppress(BaseException):
        caller.do(name, key="once", **variables)
    connection.close()
    connection.connect()
    assert changed(before) == []
    assert caller.do(name, key="once", **variables)["errors"] == []
    assert changed(before) != []
