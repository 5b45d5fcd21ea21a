"""Deliveries that are not what was ordered: too many, broken, wrong, late, dated back, after the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from saleor_plugins.kernel.errors import Conflict, Invalid, KeyReused, NotFound, OpsError, Required
from saleor_plugins.kernel.ids import from_global, new_id
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import (
    Discrepancy,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    StockMovement,
)
from saleor_plugins.restock.store.costs import average_costs
from saleor_plugins.restock.store.lead_times import taken
from saleor_plugins.restock.usecases.audit import audit
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.receive_lines import Unordered
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.settle_discrepancy import note_discrepancy, settle_discrepancy
from saleor_plugins.restock.usecases.suggest import suggest
from saleor_plugins.restock.usecases.suppliers import update_supplier

from .rooms import Room, events

At = Callable[[datetime], None]
DOUBLED = """
INSERT INTO ops_restock_discrepancy (id, kind, variant_id, sku, quantity, stocked, note, at, settled_by,
    settled_note, line_id, order_id, receipt_id)
SELECT gen_random_uuid(), kind, variant_id, sku, quantity, 2, note, at, '', '', line_id, order_id, receipt_id
FROM ops_restock_discrepancy
"""


def arrival(line: PurchaseOrderLine, quantity: int, damaged: int = 0) -> Arrival:
    return Arrival(str(line.pk), quantity, damaged)


def odd(order: PurchaseOrder) -> list[tuple[str, int, int]]:
    rows = Discrepancy.objects.filter(order=order).order_by("id")
    return [(row.kind, row.quantity, row.stocked) for row in rows]


def state(order: PurchaseOrder) -> str:
    return PurchaseOrder.objects.get(pk=order.pk).state


# Too many


def test_too_many_are_stock_and_a_matter_for_the_supplier(room: Room) -> None:
    order, (line, other) = room.make_approved(10, 5)
    with pytest.raises(Invalid, match="acceptOver") as caught:
        receive_order(order.pk, "note", [arrival(line, 13)])
    assert caught.value.field == "lines.0.quantity"
    receive_order(order.pk, "note", [arrival(line, 13)], accept_over=True)
    assert (room.on_hand(line.variant_id), state(order)) == (13, "PARTLY_RECEIVED")
    assert PurchaseOrderLine.objects.get(pk=line.pk).received == 10
    assert odd(order) == [("OVER", 3, 3)]
    assert [told["lines"] for told in events("stock.received")] == [
        [{"variantId": line.variant_id, "quantity": 13, "onHand": 13}]
    ]
    assert average_costs([line.variant_id]) == {line.variant_id: (400, "USD")}
    receive_order(order.pk, "late", [arrival(line, 1), arrival(other, 5)], accept_over=True)
    assert (room.on_hand(line.variant_id), state(order)) == (14, "RECEIVED")
    assert audit() == []


@pytest.mark.parametrize("end", ["cancel", "receive"])
def test_goods_after_the_end_are_refused_with_a_hint_and_taken_when_asked(room: Room, end: str) -> None:
    order, (line,) = room.make_approved(10)
    if end == "cancel":
        cancel_order(order.pk, reason="too late")
    else:
        receive_order(order.pk, "all", [arrival(line, 10)])
    before, closed = state(order), PurchaseOrder.objects.get(pk=order.pk).closed_at
    lay = room.on_hand(line.variant_id)
    with pytest.raises(Conflict, match="acceptOver"):
        receive_order(order.pk, "note", [arrival(line, 4)])
    receive_order(order.pk, "note", [arrival(line, 4)], accept_over=True)
    receive_order(order.pk, "note", [arrival(line, 4)], accept_over=True)
    assert room.on_hand(line.variant_id) == lay + 4
    assert (state(order), PurchaseOrder.objects.get(pk=order.pk).closed_at) == (before, closed)
    assert odd(order) == [("OVER", 4, 4)]
    assert len(events("purchase_order.received")) == (end == "receive")
    assert audit() == []


# Broken


def test_broken_units_never_reach_the_stock_and_are_still_owed(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note 1", [arrival(line, 6, damaged=4)])
    assert (room.on_hand(line.variant_id), state(order)) == (6, "PARTLY_RECEIVED")
    assert odd(order) == [("DAMAGED", 4, 0)]
    suggest()
    assert not PurchaseOrderLine.objects.filter(draft=True).exists(), "they are still to come"
    receive_order(order.pk, "note 2", [arrival(line, 4)])
    assert (room.on_hand(line.variant_id), state(order)) == (10, "RECEIVED")
    assert audit() == []


def test_a_delivery_that_is_all_broken_moves_nothing(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 0, damaged=10)])
    assert (room.on_hand(line.variant_id), state(order)) == (0, "APPROVED")
    assert events("stock.received") == []
    assert (odd(order), audit()) == ([("DAMAGED", 10, 0)], [])


# Wrong


def test_the_wrong_goods_are_noted_and_only_stocked_when_asked(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    blue = room.data.make_variant(stock={room.house: 1})
    green = room.data.make_variant(stock={room.house: 1})
    strays = [
        Unordered(3, sku=blue.sku),
        Unordered(2, variant_id=green.id, stock=True),
        Unordered(1, sku="?"),
    ]
    receive_order(order.pk, "note", [arrival(line, 4)], unordered=strays)
    assert (room.on_hand(blue.id), room.on_hand(green.id), room.on_hand(line.variant_id)) == (1, 3, 4)
    rows = {row.sku: (row.kind, row.variant_id, row.stocked) for row in Discrepancy.objects.all()}
    assert rows == {blue.sku: ("WRONG", blue.id, 0), green.sku: ("WRONG", green.id, 2), "?": ("WRONG", "", 0)}
    assert average_costs([green.id]) == {}, "nobody knows what they cost"
    assert audit() == []


def test_a_delivery_of_nothing_that_was_ordered_leaves_the_order_open(room: Room) -> None:
    order, _ = room.make_approved(10)
    blue = room.data.make_variant(stock={room.house: 0})
    receive_order(order.pk, "note", [], unordered=[Unordered(3, variant_id=blue.id, stock=True)])
    assert (state(order), room.on_hand(blue.id)) == ("APPROVED", 3)
    suggest()
    assert not PurchaseOrderLine.objects.filter(draft=True).exists()


def test_wrong_goods_that_make_no_sense_book_nothing(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    blue = room.data.make_variant(stock={room.house: 0})
    ordered = room.low[0]
    cases: list[tuple[list[Unordered], type[OpsError], str]] = [
        ([Unordered(1)], Required, "unordered.0.sku"),
        ([Unordered(1, variant_id=blue.id, sku=blue.sku)], Required, "unordered.0.sku"),
        ([Unordered(0, sku="?")], Invalid, "unordered.0.quantity"),
        ([Unordered(-2, sku="?")], Invalid, "unordered.0.quantity"),
        ([Unordered(1, sku="?", stock=True)], NotFound, "unordered.0.sku"),
        ([Unordered(1, variant_id="VmFyaWFudDo5")], NotFound, "unordered.0.variantId"),
        ([Unordered(1, sku=ordered.sku)], Invalid, "unordered.0.sku"),
        ([Unordered(1, sku="?"), Unordered(1, sku=blue.sku), Unordered(1, variant_id=blue.id)], Invalid,
         "unordered.2.variantId"),
    ]  # fmt: skip
    for strays, kind, field in cases:
        with pytest.raises(kind) as caught:
            receive_order(order.pk, "note", [arrival(line, 4)], unordered=strays)
        assert caught.value.field == field, strays
    assert (room.on_hand(line.variant_id), Receipt.objects.count()) == (0, 0)


# When


def test_a_delivery_dated_back_counts_on_its_own_day(room: Room, at: At) -> None:
    at(datetime(2028, 2, 1, 12, tzinfo=UTC))
    order, (line,) = room.make_approved(10)
    at(datetime(2028, 3, 9, 12, tzinfo=UTC))
    receive_order(order.pk, "leap", [arrival(line, 4)], arrived_on=date(2028, 2, 29))
    receive_order(order.pk, "early", [arrival(line, 6)], arrived_on=date(2028, 1, 30))
    assert list(taken([room.supplier.pk], [line.variant_id]).values()) == [[-2, 28]]
    assert [row.arrived_on for row in Receipt.objects.order_by("id")] == [
        date(2028, 2, 29),
        date(2028, 1, 30),
    ]
    assert room.on_hand(line.variant_id) == 10


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2025, 2, 1)])
def test_days_on_which_nothing_can_have_come(room: Room, at: At, day: date) -> None:
    at(datetime(2026, 3, 2, 12, tzinfo=UTC))
    order, (line,) = room.make_approved(10)
    with pytest.raises(Invalid) as caught:
        receive_order(order.pk, "note", [arrival(line, 4)], arrived_on=day)
    assert caught.value.field == "arrivedOn"
    assert room.on_hand(line.variant_id) == 0


def test_a_late_delivery_is_the_order_it_was(room: Room, at: At) -> None:
    at(datetime(2026, 3, 2, 12, tzinfo=UTC))
    order, (line,) = room.make_approved(10)
    at(datetime(2026, 8, 2, 12, tzinfo=UTC))
    suggest()
    receive_order(order.pk, "note", [arrival(line, 10)])
    suggest()
    assert PurchaseOrderLine.objects.count() == 1
    assert (room.on_hand(line.variant_id), state(order)) == (10, "RECEIVED")


# Twice


@pytest.mark.parametrize(
    "other",
    [
        {"accept_over": True},
        {"arrived_on": date(2026, 1, 1)},
        {"unordered": [Unordered(1, sku="?")]},
        {"arrivals": 5},
        {"damaged": 1},
    ],
)
def test_the_same_note_with_anything_else_is_refused(room: Room, at: At, other: dict[str, Any]) -> None:
    at(datetime(2026, 3, 2, 12, tzinfo=UTC))
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 4)])
    arrivals = [arrival(line, other.pop("arrivals", 4), other.pop("damaged", 0))]
    with pytest.raises(KeyReused) as caught:
        receive_order(order.pk, "note", arrivals, **other)
    assert caught.value.field == "reference"
    assert (room.on_hand(line.variant_id), Receipt.objects.count()) == (4, 1)


def test_the_same_note_tomorrow_is_still_the_same_delivery(room: Room, at: At) -> None:
    at(datetime(2026, 3, 2, 12, tzinfo=UTC))
    order, (line, other) = room.make_approved(10, 5)
    first = receive_order(order.pk, "note", [arrival(line, 4), arrival(other, 5)])
    at(datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert receive_order(order.pk, "note", [arrival(other, 5), arrival(line, 4)]).pk == first.pk
    assert room.on_hand(line.variant_id) == 4


def test_two_orders_may_have_the_same_note(room: Room) -> None:
    first, (one,) = room.make_approved(10)
    second, (two,) = room.make_approved(5)
    receive_order(first.pk, "note", [arrival(one, 10)])
    receive_order(second.pk, "note", [arrival(two, 5)])
    assert (room.on_hand(one.variant_id), room.on_hand(two.variant_id)) == (10, 5)


# Gone meanwhile


def test_a_warehouse_deleted_meanwhile_is_named_and_the_order_can_end(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    room.data.model("warehouse.Warehouse").objects.filter(pk=from_global(room.house.id, "Warehouse")).delete()
    with pytest.raises(NotFound) as caught:
        receive_order(order.pk, "note", [arrival(line, 4)])
    assert caught.value.field == "id"
    assert not Receipt.objects.exists() and not StockMovement.objects.exists()
    assert cancel_order(order.pk).state == "CANCELED"
    assert audit() == []


def test_a_supplier_switched_off_meanwhile_still_delivers(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    update_supplier(room.supplier.pk, active=False)
    receive_order(order.pk, "note", [arrival(line, 10)])
    assert (room.on_hand(line.variant_id), state(order)) == (10, "RECEIVED")


def test_a_supplier_with_orders_cannot_be_deleted(room: Room) -> None:
    room.make_approved(10)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ops_restock_supplier; SET CONSTRAINTS ALL IMMEDIATE")


# Settled


def test_a_discrepancy_is_settled_once(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 6, damaged=4)])
    found = Discrepancy.objects.get()
    with pytest.raises(Required) as caught:
        settle_discrepancy(found.pk, "  ")
    assert caught.value.field == "note"
    settle_discrepancy(found.pk, "Credit note 7", by="VXNlcjox")
    settle_discrepancy(found.pk, "Credit note 7", by="VXNlcjoy")
    found.refresh_from_db()
    assert (found.settled_note, found.settled_by) == ("Credit note 7", "VXNlcjox")
    with pytest.raises(Conflict) as refused:
        settle_discrepancy(found.pk, "They send new ones")
    assert refused.value.field == "id"
    with pytest.raises(NotFound):
        settle_discrepancy(new_id(), "?")


def test_what_shows_later_is_noted_without_moving_anything(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 10)])
    note_discrepancy(order.pk, line.pk, "PRICE", 10, "Billed at 4.20")
    assert odd(order) == [("PRICE", 10, 0)]
    assert (room.on_hand(line.variant_id), state(order), audit()) == (10, "RECEIVED", [])
    cases: list[tuple[tuple[Any, ...], type[OpsError], str]] = [
        ((order.pk, line.pk, "WRONG", 1, "n"), Invalid, "kind"),
        ((order.pk, line.pk, "PRICE", 0, "n"), Invalid, "quantity"),
        ((order.pk, line.pk, "PRICE", 1, ""), Required, "note"),
        ((order.pk, line.pk, "PRICE", 1, "x" * 501), Invalid, "note"),
        ((order.pk, new_id(), "PRICE", 1, "n"), NotFound, "lineId"),
        ((new_id(), line.pk, "PRICE", 1, "n"), NotFound, "id"),
        ((room.make_draft(3).pk, line.pk, "PRICE", 1, "n"), Conflict, "state"),
    ]
    for arguments, kind, field in cases:
        with pytest.raises(kind) as caught:
            note_discrepancy(*arguments)
        assert caught.value.field == field


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ops_restock_discrepancy SET quantity = 1",
        "DELETE FROM ops_restock_discrepancy",
        "UPDATE ops_restock_discrepancy SET settled_note = 'other'",
    ],
)
def test_the_database_keeps_what_was_noted_and_settled(room: Room, change: str) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 6, damaged=4)])
    settle_discrepancy(Discrepancy.objects.get().pk, "Credit note 7")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


# The audit sees it


@pytest.mark.parametrize(
    ("break_it", "kinds"),
    [
        ("UPDATE ops_restock_purchaseorderline SET received = 5 WHERE id = %(line)s", ["PurchaseOrderLine"]),
        ("UPDATE ops_restock_purchaseorder SET state = 'CANCELED' WHERE id = %(order)s", ["PurchaseOrder"]),
        ("UPDATE ops_restock_purchaseorder SET warehouse_id = 'x' WHERE id = %(order)s", ["PurchaseOrder"]),
        (DOUBLED, ["Discrepancy"]),
    ],
)
def test_the_audit_names_what_was_tampered_with(room: Room, break_it: str, kinds: list[str]) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 4, damaged=3)])
    assert audit() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(break_it, {"line": line.pk, "order": order.pk})
    assert [found.kind for found in audit()] == kinds


def test_the_audit_sees_units_that_were_asked_for_and_not_moved(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 4)])
    receipt = Receipt.objects.get()
    receipt.pk, receipt.reference = new_id(), "forged"
    receipt.save(force_insert=True)
    assert [(found.kind, found.id) for found in audit()] == [("Receipt", str(receipt.pk))]
