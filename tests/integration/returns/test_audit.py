"""Each counter that is broken is the one difference that is told; a clean history tells none."""

from __future__ import annotations

import csv
import io
import json
import random
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.errors import NotFound, OpsError
from saleor_plugins.platform.port import AskerKind, OrderStatus
from saleor_plugins.returns.audit.page import one_moment
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import Inspection, RefundPart, Return
from saleor_plugins.returns.schema import view
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.audit import audit_all, audit_order
from saleor_plugins.returns.usecases.cancel_exchange import cancel_exchange
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.follow_up import follow_up
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.receive_unannounced import receive_unannounced
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.send_refund import send_refund
from tests.integration.returns.rooms import STAFF
from tests.shopdata import request

LINE, ORDER, RLINE = "ops_returns_returnableline", "ops_returns_orderledger", "ops_returns_returnline"
RECEIPT, PAYMENT, PART = "ops_returns_receiptline", "ops_returns_paymentledger", "ops_returns_refundpart"
REFUND, ALLOCATION = "ops_returns_refund", "ops_returns_refundallocation"
ONE_ITEM = f"(SELECT id FROM {ALLOCATION} WHERE component = 'ITEM' ORDER BY unit LIMIT 1)"


@contextmanager
def without_triggers():
    """What a person with the database's password, or a defect below it, may do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def told(room):
    """An order of eight: three went the whole way, one is put aside, one kept, one awaited; shipping paid."""
    room.configure(refund_shipping="proportional")
    order = room.make_shipped(8, price=1000, shipping=800)
    rma = room.approved(order, 6)
    room.receive(rma, 4)
    room.inspect(rma, 3)
    send_refund(refund_return(STAFF, rma.pk).pk)
    room.inspect(rma, 1, disposition="QUARANTINE")
    keep_units(STAFF, rma.pk, [(room.keys(rma)[0], 1)])
    assert list(audit_all()) == []
    with connection.cursor() as cursor:
        # What waits for the commit is asked now: the breaks below shall be seen by the audit alone.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return room


def differences():
    return {(found.what, found.field) for found in audit_all() if not found.unseen}


BREAKS = [
    ("credited", f"UPDATE {LINE} SET credited = credited + 1", {("OrderLine", "credited")}),
    ("credited net", f"UPDATE {LINE} SET credited_net = credited_net - 1", {("OrderLine", "credited_net")}),
    ("credited tax", f"UPDATE {LINE} SET credited_tax = 1, paid_tax = 1", {("OrderLine", "credited_tax")}),
    ("reserved", f"UPDATE {LINE} SET reserved = reserved + 1", {("OrderLine", "reserved")}),
    ("returned", f"UPDATE {LINE} SET returned = returned + 1", {("OrderLine", "returned")}),
    ("kept", f"UPDATE {LINE} SET kept = kept + 1", {("OrderLine", "kept")}),
    ("requested", f"UPDATE {RLINE} SET requested = requested + 1", {("OrderLine", "reserved")}),
    (
        "received",
        f"UPDATE {RLINE} SET received = received + 1",
        {("ReturnLine", "received"), ("OrderLine", "returned"), ("OrderLine", "reserved")},
    ),
    (
        "accepted",
        f"UPDATE {RLINE} SET accepted = accepted - 1, rejected = rejected + 1",
        {("ReturnLine", "accepted"), ("ReturnLine", "rejected")},
    ),
    ("a return's credit", f"UPDATE {RLINE} SET credited = credited + 1", {("ReturnLine", "credited")}),
    ("settled", f"UPDATE {RLINE} SET settled = settled - 1", {("ReturnLine", "settled")}),
    ("judged", f"UPDATE {RECEIPT} SET judged = judged - 1", {("ReceiptLine", "judged")}),
    ("restocked", f"UPDATE {RECEIPT} SET restocked = restocked - 1", {("ReceiptLine", "restocked")}),
    (
        "a parcel's units",
        f"UPDATE {RECEIPT} SET quantity = quantity + 1",
        {("ReturnLine", "received"), ("ReturnLine", "receipts")},
    ),
    (
        "what was moved",
        "UPDATE ops_returns_inspection SET moved = 0 WHERE moved > 0",
        {("ReceiptLine", "restocked"), ("Return", "restocked")},
    ),
    (
        "a lost inspection",
        "DELETE FROM ops_returns_inspection WHERE disposition = 'QUARANTINE'",
        {("ReceiptLine", "judged"), ("ReturnLine", "accepted")},
    ),
    ("returns", f"UPDATE {ORDER} SET returns = returns + 1", {("Order", "returns")}),
    ("refunds", f"UPDATE {ORDER} SET refunds = refunds + 1", {("Order", "refunds")}),
    (
        "shipping net",
        f"UPDATE {ORDER} SET shipping_credited_net = shipping_credited_net - 1",
        {("Order", "shipping_credited_net")},
    ),
    (
        "shipping tax",
        f"UPDATE {ORDER} SET shipping_credited_tax = 1, shipping_tax = 1",
        {("Order", "shipping_credited_tax")},
    ),
    (
        "an exchange's credit",
        f"UPDATE {ORDER} SET exchange_credit = 5, origin_id = order_id",
        {("Order", "exchange_credit")},
    ),
    ("state", "UPDATE ops_returns_return SET state = 'CLOSED'", {("Return", "state")}),
    ("pending", f"UPDATE {PAYMENT} SET pending = pending + 1", {("Payment", "pending")}),
    ("ours", f"UPDATE {PAYMENT} SET ours = ours - 1", {("Payment", "ours")}),
    (
        "refunded",
        f"UPDATE {PAYMENT} SET refunded = refunded + 1",
        {("Payment", "given_back")},
    ),
    ("a refund's net", f"UPDATE {REFUND} SET net = net + 1", {("Refund", "net"), ("Refund", "parts")}),
    ("a refund's tax", f"UPDATE {REFUND} SET tax = tax + 1", {("Refund", "tax"), ("Refund", "parts")}),
    (
        "a refund's state",
        f"UPDATE {REFUND} SET state = 'FAILED'",
        {("Refund", "state"), ("ReturnLine", "settled")},
    ),
    (
        "a part's amount",
        f"UPDATE {PART} SET amount = amount + 1",
        {("Refund", "parts"), ("Payment", "ours"), ("Payment", "refunded")},
    ),
    (
        "a part's state",
        f"UPDATE {PART} SET state = 'UNKNOWN'",
        {("Refund", "state"), ("Payment", "pending"), ("Payment", "ours")},
    ),
    (
        "a lost allocation",
        f"DELETE FROM {ALLOCATION} WHERE id = {ONE_ITEM}",
        {
            ("OrderLine", "credited"),
            ("OrderLine", "credited_net"),
            ("OrderLine", "allocations"),
            ("ReturnLine", "credited"),
            ("ReturnLine", "settled"),
            ("Refund", "net"),
        },
    ),
    (
        "an allocation's amount",
        f"UPDATE {ALLOCATION} SET net = net - 1 WHERE id = {ONE_ITEM}",
        {("OrderLine", "credited_net"), ("Refund", "net")},
    ),
    (
        "an invented gift card",
        f"UPDATE {PART} SET kind = 'STORE_CREDIT', payment_id = NULL, target_id = 'R2lmdENhcmQ6OTk5'",
        {("STORE_CREDIT", "exists"), ("Payment", "ours")},
    ),
    ("a payment that is gone", f"UPDATE {PAYMENT} SET payment_id = 'UGF5bWVudDo5OTk5OTk='", None),
    (
        "an order that is gone",
        f"UPDATE {ORDER} SET order_id = 'T3JkZXI6OTk5OTk5OQ=='",
        None,
    ),
    (
        "history",
        "UPDATE ops_returns_ledgerentry SET data = '{\"lines\": [], \"restocked\": []}' WHERE verb = 'receive'",
        {("ReturnLine", "receipts")},
    ),
    (
        "history of stock",
        "UPDATE ops_returns_ledgerentry SET data = '{\"restocked\": []}' WHERE verb = 'inspect'",
        {("Return", "restocked")},
    ),
]


@pytest.mark.parametrize(("name", "sql", "expected"), BREAKS, ids=[name for name, _, _ in BREAKS])
def test_what_is_broken_is_what_is_told(told, name, sql, expected):
    with without_triggers() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0
        found = differences()
        if expected is None:
            assert (name.split()[1].capitalize(), "exists") in found
        else:
            # Where the shop shows returned parcels it has fewer units in them than ours.
            shown = name == "a parcel's units" and told.data.returned_fulfillments
            assert found == expected | ({("OrderLine", "shown_as_returned")} if shown else set())


def test_followups_beyond_what_was_put_aside_are_told(told):
    inspection = Inspection.objects.get(disposition="QUARANTINE")
    row = follow_up(STAFF, inspection.pk, 1, "SCRAP")
    assert differences() == set()
    with without_triggers() as cursor:
        cursor.execute("UPDATE ops_returns_followup SET quantity = 2 WHERE id = %s", [row.pk])
        assert differences() == {("Inspection", "followed")}


def exchanged(room, order, new):
    item = Item(1, order.lines[0].id, resolution="EXCHANGE", exchange_variant_id=new.id)
    rma = request_return(STAFF, order.id, [item])
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    room.inspect(rma, 1)
    made = exchange_return(STAFF, rma.pk)
    send_refund(made.refund.pk)
    return rma, made


def test_what_refunds_became_is_looked_for(room):
    order = room.make_shipped(3, price=1000)
    new = room.data.make_variant(price=600, stock={room.house: 5})
    _, made = exchanged(room, order, new)
    refund_return(STAFF, room.accepted(order, 1).pk, to=PartKind.STORE_CREDIT)
    assert list(audit_all(size=1)) == []
    part = RefundPart.objects.get(kind="STORE_CREDIT")
    with without_triggers() as cursor:
        cursor.execute(f"UPDATE {PART} SET target_id = 'R2lmdENhcmQ6OTk5' WHERE kind = 'STORE_CREDIT'")
        (found,) = audit_all()
        assert (found.what, found.id, found.field) == ("STORE_CREDIT", "R2lmdENhcmQ6OTk5", "exists")
        cursor.execute(f"UPDATE {PART} SET target_id = %s WHERE id = %s", [part.target_id, part.pk])
        cursor.execute(f"UPDATE {PART} SET target_id = 'T3JkZXI6OTk5OTk5OQ==' WHERE kind = 'EXCHANGE'")
        assert differences() == {("EXCHANGE", "exists"), ("Order", "exchange_credit")}
        (credit,) = audit_order(made.order_id)
        assert (credit.stored, credit.rebuilt) == (600, 0)


def test_a_cancelled_exchange_is_clean(room):
    order = room.make_shipped(2, price=1000)
    new = room.data.make_variant(price=1000, stock={room.house: 5})
    rma, made = exchanged(room, order, new)
    room.data.set_status(room.data.shop.order(made.order_id), OrderStatus.CANCELED)
    send_refund(cancel_exchange(STAFF, rma.pk, made.order_id).pk)
    assert room.payment(order).refunded == 1000
    assert list(audit_all(size=1)) == list(audit_all()) == []


def test_refunds_made_elsewhere_are_unseen_until_the_next_one(told):
    room = told
    order_id = Return.objects.get().order_id
    room.data.refund_elsewhere(room.data.shop.order(order_id), 100)
    (found,) = audit_order(order_id)
    assert (found.what, found.field, found.unseen) == ("Payment", "given_back", True)
    assert found.rebuilt == found.stored + 100
    refund_return(STAFF, Return.objects.get().pk)
    assert audit_order(order_id) == []


def test_returned_fulfilments_that_vanish_from_saleor_are_told(told):
    if not told.data.returned_fulfillments:
        pytest.skip("This Saleor has no returned fulfilments.")
    rows = told.data.model("order.Fulfillment").objects.filter(status__contains="returned")
    assert rows.delete()[0]
    assert {field for what, field in differences()} == {"shown_as_returned", "with_customer_or_back"}


def walk(room, dice, orders=4, steps=100):
    """A random but honest life of some orders."""
    shipped = [
        room.make_shipped(*(dice.randint(1, 4) for _ in range(2)), shipping=300) for _ in range(orders)
    ]

    def rma():
        return dice.choice(list(Return.objects.all()))

    def request_some():
        room.request(dice.choice(shipped), dice.randint(0, 2), dice.randint(0, 2))

    def receive():
        one, order = rma(), dice.choice(shipped)
        if dice.random() < 0.3:
            items = [(order.lines[0].id, dice.randint(1, 2))]
            receive_unannounced(STAFF, order.id, room.house.id, items)
        else:
            keys = [(key, dice.randint(1, 3)) for key in room.keys(one)]
            receive_parcel(STAFF, one.pk, room.house.id, keys, accept_unexpected=dice.random() < 0.5)

    def inspect():
        one = rma()
        kinds = ["RESTOCK", "RESTOCK", "REFURBISH", "QUARANTINE", "SCRAP", "SEND_BACK"]
        wanted = [Judgement(key, 1, dice.choice(kinds), grade="B") for key in room.keys(one)]
        inspect_return(STAFF, one.pk, wanted)

    def keep():
        one = rma()
        keep_units(STAFF, one.pk, [(room.keys(one)[0], 1)])

    def later():
        piles = list(Inspection.objects.all())
        follow_up(STAFF, dice.choice(piles).pk, 1, dice.choice(["RESTOCK", "SCRAP"]))

    acts = [
        request_some,
        lambda: approve_return(STAFF, rma().pk),
        receive,
        receive,
        inspect,
        inspect,
        keep,
        later,
        lambda: refund_return(STAFF, rma().pk),
        drain,
        lambda: close_return(STAFF, rma().pk),
    ]
    done = 0
    for _ in range(steps):
        try:
            dice.choice(acts)()
            done += 1
        except (OpsError, IndexError):
            continue
    return done


@pytest.mark.parametrize("seed", range(4))
def test_a_clean_history_tells_nothing(committed_room, seed):
    dice = random.Random(seed)
    committed_room.configure(refund_shipping=dice.choice(["none", "standard", "proportional"]))
    done = walk(committed_room, dice)
    assert done > 15
    assert [str(found) for found in audit_all(size=2)] == []


def count(size=100):
    with CaptureQueriesContext(connection) as queries:
        list(audit_all(size=size))
    return len(queries)


def test_the_queries_of_a_page_are_constant(room):
    for _ in range(2):
        room.accepted(room.make_shipped(1), 1)
    few = count()
    for _ in range(6):
        room.accepted(room.make_shipped(2, 1), 2, 1)
    assert count() == few


def test_it_cannot_write(committed_room):
    with pytest.raises(DatabaseError, match="read-only"), one_moment():
        Return.objects.update(state="CLOSED")


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("returns_audit", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return stopped.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command(told):
    number = Return.objects.get().order.number
    code, out, err = run()
    assert (code, out) == (0, "")
    assert "1 orders" in err
    assert "0 differences" in err
    with without_triggers() as cursor:
        cursor.execute(f"UPDATE {LINE} SET kept = kept + 1, returned = returned - 1")
        code, out, _ = run("--order", number)
        assert code == 1
        assert f"Order {number}: OrderLine " in out
        assert "kept is 2, should be 1" in out
        _, out, _ = run("--format", "json", "--limit", "1")
        (row,) = [json.loads(line) for line in out.splitlines()]
        assert (row["field"], row["stored"], row["rebuilt"]) == ("returned", 3, 4)
        _, out, _ = run("--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        assert [(row["field"], row["number"]) for row in rows] == [("returned", number), ("kept", number)]
        cursor.execute(f"UPDATE {LINE} SET kept = kept - 1, returned = returned + 1")
    assert run("--order", "no such order")[0] == 2
    for wrong in ("0", "-1", "x"):
        with pytest.raises(CommandError):
            run("--limit", wrong)


def test_a_spreadsheet_runs_nothing_of_it(told):
    with without_triggers() as cursor:
        cursor.execute(f"UPDATE {ORDER} SET number = '=1+1', returns = 9")
        _, out, _ = run("--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["number"], row["stored"]) == ("'=1+1", "9")


def test_what_is_unseen_is_no_difference_unless_asked_for(told):
    order = told.data.shop.order(Return.objects.get().order_id)
    told.data.refund_elsewhere(order, 100)
    assert run()[0] == 0
    assert "(not seen yet)" in run()[1]
    assert run("--strict")[0] == 1


def test_the_api_tells_of_one_order(told):
    order_id = Return.objects.get().order_id
    query = "query($id: ID!) { returnsAudit(orderId: $id) { what field stored rebuilt unseen orderNumber } }"

    def ask(*permissions):
        token = told.data.make_asker(AskerKind.STAFF, *permissions)[1]
        body = {"query": query, "variables": {"id": order_id}}
        return json.loads(view(request(token, body)).content)

    assert ask("MANAGE_ORDERS")["data"]["returnsAudit"] == []
    with without_triggers() as cursor:
        cursor.execute(f"UPDATE {LINE} SET kept = kept + 1")
        (found,) = ask("MANAGE_ORDERS")["data"]["returnsAudit"]
        cursor.execute(f"UPDATE {LINE} SET kept = kept - 1")
    assert (found["what"], found["field"], found["stored"], found["rebuilt"]) == (
        "OrderLine",
        "kept",
        "2",
        "1",
    )
    assert "errors" in ask("MANAGE_PRODUCTS")


def test_an_order_without_returns_is_clean_and_one_that_is_not_is_not_found(room):
    order = room.make_shipped(1)
    assert audit_order(order.id) == []
    with pytest.raises(NotFound):
        audit_order("nothing")
