"""Two verbs at once on one return: one of them is first, the other sees what it did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.returns.models import LedgerEntry, Return, ReturnableLine
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.expire_return import expire_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.message_return import message_return
from saleor_plugins.returns.usecases.reopen_return import reopen_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.track_return import track_return
from tests.integration.returns.rooms import MANAGER, STAFF, events

ROUNDS = 8


def both(*calls):
    """Run the calls at once; answers the code of each one's error, "" for none."""
    gate = Barrier(len(calls))

    def run(call):
        try:
            gate.wait(20)
            call()
        except OpsError as error:
            return error.code
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def overdue(room):
    rma = room.approved(room.make_shipped(2), 2)
    Return.objects.filter(pk=rma.pk).update(expires=clock.now() - timedelta(days=1))
    return rma


def now_of(rma):
    return Return.objects.get(pk=rma.pk)


def test_the_clock_and_a_scan(committed_room):
    for _ in range(ROUNDS):
        rma = overdue(committed_room)
        _, scan = both(
            lambda: expire_return(rma.pk), lambda: track_return(STAFF, rma.pk, "", "1", scanned=True)
        )
        found = now_of(rma)
        assert (found.state, found.scanned is None, scan) in (
            ("EXPIRED", True, "CONFLICT"),
            ("APPROVED", False, ""),
        )


@pytest.mark.parametrize("verb", ["keep", "cancel"])
def test_the_clock_and_a_person(committed_room, verb):
    for _ in range(ROUNDS):
        rma = overdue(committed_room)
        (key,) = committed_room.keys(rma)
        person = {
            "keep": lambda: keep_units(STAFF, rma.pk, [(key, 2)]),
            "cancel": lambda: cancel_return(STAFF, rma.pk),
        }[verb]
        _, code = both(lambda: expire_return(rma.pk), person)
        done = {"keep": "APPROVED", "cancel": "CANCELED"}[verb]
        assert (now_of(rma).state, code) in (("EXPIRED", "CONFLICT"), (done, ""))
        account = ReturnableLine.objects.get(order=rma.order_id)
        assert (account.reserved, account.kept) == ((0, 2) if (verb, code) == ("keep", "") else (0, 0))


def test_two_sweeps(committed_room):
    for _ in range(ROUNDS):
        rma = overdue(committed_room)
        assert both(*[lambda: expire_return(rma.pk)] * 3) == ["", "", ""]
        assert LedgerEntry.objects.filter(rma=rma, verb="expire").count() == 1
    assert len(events("return.expired")) == ROUNDS


def test_reopening_and_another_return_of_the_missing_unit(committed_room):
    room = committed_room
    for _ in range(ROUNDS):
        order = room.make_shipped(2)
        rma = room.approved(order, 2)
        room.receive(rma, 1)
        room.inspect(rma, 1, disposition="SEND_BACK")
        close_return(STAFF, rma.pk)
        item = [Item(1, order.lines[0].id)]
        reopened, asked = both(
            lambda: reopen_return(MANAGER, rma.pk, "Late."), lambda: request_return(STAFF, order.id, item)
        )
        assert (reopened, asked) in (("", ""), ("", "UNRETURNABLE"))
        account = ReturnableLine.objects.get(pk=order.lines[0].id)
        assert (account.reserved, account.returned) == (1, 1)
        assert rma.lines.get().missing == (1 if asked == "" else 0)


def test_the_same_message_twice_at_once(committed_room):
    rma = committed_room.request(committed_room.make_shipped(1), 1)
    codes = both(*[lambda: message_return(STAFF, rma.pk, "Hello.")] * 4)
    assert sorted(codes) == ["", "DUPLICATE", "DUPLICATE", "DUPLICATE"]
