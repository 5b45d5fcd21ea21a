"""Raw SQL against the guards: what the code must never do, the database refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from saleor_plugins.returns.usecases.send_refund import send_refund

LINE, ORDER, RETURN = "ops_returns_returnableline", "ops_returns_orderledger", "ops_returns_returnline"
RECEIPT, PAYMENT, PART = "ops_returns_receiptline", "ops_returns_paymentledger", "ops_returns_refundpart"

ATTEMPTS = [
    ("return more than was shipped", f"UPDATE {LINE} SET returned = shipped + 1"),
    ("reserve what is returned", f"UPDATE {LINE} SET reserved = shipped"),
    ("ship more than was sold", f"UPDATE {LINE} SET shipped = sold + 1"),
    ("take shipped units away", f"UPDATE {LINE} SET shipped = 0"),
    ("go below zero", f"UPDATE {LINE} SET reserved = -1"),
    ("count a credit without its row", f"UPDATE {LINE} SET credited = credited + 1"),
    ("forget a credit", f"UPDATE {LINE} SET credited = 0, credited_net = 0, credited_tax = 0"),
    ("raise what was paid", f"UPDATE {LINE} SET paid_net = paid_net + 1"),
    ("credit shipping without its row", f"UPDATE {ORDER} SET shipping_credited_net = 1"),
    ("approve more than was requested", f"UPDATE {RETURN} SET approved = requested + 1"),
    ("receive more than was approved", f"UPDATE {RETURN} SET received = approved + 1"),
    ("accept more than arrived", f"UPDATE {RETURN} SET accepted = received + 1"),
    ("keep more than was approved", f"UPDATE {RETURN} SET kept = approved + 1"),
    ("miss more than was approved", f"UPDATE {RETURN} SET missing = approved + 1"),
    ("advance what was never credited", f"UPDATE {RETURN} SET advanced = credited + 1"),
    ("decline and approve the same unit", f"UPDATE {RETURN} SET declined = requested"),
    ("ask for nothing", f"UPDATE {RETURN} SET requested = 0"),
    ("exchange what is to be refunded", f"UPDATE {RETURN} SET exchange_variant_id = 'x'"),
    ("keep what was returned", f"UPDATE {LINE} SET kept = shipped"),
    ("credit more than was accepted", f"UPDATE {RETURN} SET credited = accepted + 1"),
    ("settle more than was credited", f"UPDATE {RETURN} SET settled = credited + 1"),
    ("restock more than arrived", f"UPDATE {RECEIPT} SET restocked = restocked + 1"),
    ("forget a restock", f"UPDATE {RECEIPT} SET judged = 0, restocked = 0"),
    ("delete a parcel's line", f"DELETE FROM {RECEIPT}"),
    ("rewrite a parcel", "UPDATE ops_returns_receipt SET warehouse_id = 'x'"),
    ("delete a parcel", "DELETE FROM ops_returns_receipt"),
    ("rewrite an inspection", "UPDATE ops_returns_inspection SET moved = 0"),
    ("delete an inspection", "DELETE FROM ops_returns_inspection"),
    ("rewrite an allocation", "UPDATE ops_returns_refundallocation SET net = 0"),
    ("delete an allocation", "DELETE FROM ops_returns_refundallocation"),
    ("rewrite history", "UPDATE ops_returns_ledgerentry SET verb = 'x'"),
    ("delete history", "DELETE FROM ops_returns_ledgerentry"),
    ("reserve more than was captured", f"UPDATE {PAYMENT} SET pending = captured + 1"),
    ("refund more than was captured", f"UPDATE {PAYMENT} SET refunded = captured + 1"),
    ("hold less than nothing", f"UPDATE {PAYMENT} SET pending = -1"),
    ("a refund of nothing", f"UPDATE {PART} SET amount = 0"),
    ("fail what nobody answered", f"UPDATE {PART} SET state = 'FAILED'"),
    ("send without a trace to reconcile by", f"UPDATE {PART} SET state = 'SENT', before = NULL"),
]

COPY = "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} LIMIT 1"
COPIES = [
    ("credit a unit twice", "ops_returns_refundallocation", {}),
    ("skip a unit", "ops_returns_refundallocation", {"unit": "unit + 5"}),
    ("credit above what was paid", "ops_returns_refundallocation", {"unit": "unit + 1", "net": "10000000"}),
    ("a negative credit", "ops_returns_refundallocation", {"unit": "unit + 1", "net": "-1"}),
    ("credit a unit that did not come back", "ops_returns_refundallocation", {"unit": "unit + 1"}),
    ("judge a unit twice", "ops_returns_inspection", {}),
    ("judge beyond the parcel", "ops_returns_inspection", {"first_unit": "first_unit + quantity"}),
    ("restock without judging", "ops_returns_receiptline", {"restocked": "1", "receipt_id": "receipt_id"}),
    ("two parts of one payment", "ops_returns_refundpart", {}),
]


@pytest.fixture
def filled(committed_room):
    """An order of three with one unit that went the whole way."""
    order = committed_room.make_shipped(3, shipping=100)
    rma = committed_room.refunded(order, 1)
    send_refund(rma.refunds.get().pk)
    assert rma.refunds.get().state == "SUCCEEDED"
    return committed_room


def refused(sql: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0, "the attempt touched nothing, so it proves nothing"
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        raise AssertionError(f"allowed: {sql}")


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def test_every_update_and_delete_is_refused(filled):
    for _, sql in ATTEMPTS:
        refused(sql)


def test_every_copy_is_refused(filled):
    for _, table, changes in COPIES:
        values = {name: name for name in columns_of(table)} | {"id": "gen_random_uuid()"} | changes
        refused(COPY.format(table=table, columns=", ".join(values), values=", ".join(values.values())))


def test_two_refunds_of_a_payment_cannot_be_in_flight(committed_room):
    order = committed_room.make_shipped(2)
    for _ in range(2):
        committed_room.refunded(order, 1)
    sent = "state = 'SENT', sent = now(), before = 0"
    refused(f"UPDATE {PART} SET {sent}")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {PART} SET {sent} WHERE id = (SELECT id FROM {PART} LIMIT 1)")
        assert cursor.rowcount == 1
