"""Goods in: Saleor's stock, our ledger and the order agree, whatever arrives and however often."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from saleor_plugins.kernel.errors import Conflict, Invalid, KeyReused, NotFound, OpsError, Required
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import PurchaseOrder, PurchaseOrderLine, Receipt, StockMovement
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.audit import audit
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.suggest import suggest

from .rooms import Room, events


def arrival(line: PurchaseOrderLine, quantity: int) -> Arrival:
    return Arrival(str(line.pk), quantity)


def state(order: PurchaseOrder) -> str:
    return PurchaseOrder.objects.get(pk=order.pk).state


def booked(line: PurchaseOrderLine) -> int:
    return sum(StockMovement.objects.filter(line=line).values_list("quantity", flat=True))


def test_a_part_and_the_rest_move_stock_and_ledger_alike(room: Room) -> None:
    order, (first, second) = room.make_approved(10, 5)
    receive_order(order.pk, "note 1", [arrival(first, 4)], by="VXNlcjox")
    assert state(order) == "PARTLY_RECEIVED"
    receive_order(order.pk, "note 2", [arrival(second, 5), arrival(first, 6)])
    assert state(order) == "RECEIVED"
    assert (room.on_hand(first.variant_id), room.on_hand(second.variant_id)) == (10, 5)
    assert (booked(first), booked(second)) == (10, 5)
    assert audit() == []
    call_command("restock_audit")
    assert [event["reference"] for event in events("stock.received")] == ["note 1", "note 2"]
    (told,) = events("purchase_order.received")
    assert told["state"] == "RECEIVED"
    assert Receipt.objects.get(reference="note 1").by == "VXNlcjox"


def test_the_same_delivery_note_twice_is_one_delivery(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    first = receive_order(order.pk, "note 1", [arrival(line, 4)])
    again = receive_order(order.pk, " note 1 ", [arrival(line, 4)])
    assert again.pk == first.pk
    assert (room.on_hand(line.variant_id), booked(line)) == (4, 4)
    assert len(events("stock.received")) == 1


def test_a_repeated_note_is_answered_even_when_the_order_is_done(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    first = receive_order(order.pk, "note 1", [arrival(line, 10)])
    assert receive_order(order.pk, "note 1", [arrival(line, 10)]).pk == first.pk
    assert room.on_hand(line.variant_id) == 10


def test_a_note_with_other_lines_is_refused(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note 1", [arrival(line, 4)])
    with pytest.raises(KeyReused) as caught:
        receive_order(order.pk, "note 1", [arrival(line, 5)])
    assert caught.value.field == "reference"
    assert room.on_hand(line.variant_id) == 4


@pytest.mark.parametrize(
    ("reference", "quantity", "kind", "field"),
    [
        ("", 1, Required, "reference"),
        ("x" * 101, 1, Invalid, "reference"),
        ("note", 0, Invalid, "lines.0.quantity"),
        ("note", -3, Invalid, "lines.0.quantity"),
        ("note", 11, Invalid, "lines.0.quantity"),
    ],
)
def test_what_cannot_be_booked_changes_nothing(
    room: Room, reference: str, quantity: int, kind: type[OpsError], field: str
) -> None:
    order, (line,) = room.make_approved(10)
    with pytest.raises(kind) as caught:
        receive_order(order.pk, reference, [arrival(line, quantity)])
    assert caught.value.field == field
    assert (room.on_hand(line.variant_id), state(order)) == (0, "APPROVED")
    assert not Receipt.objects.exists()


def test_a_line_of_another_order_is_refused(room: Room) -> None:
    first, _ = room.make_approved(10)
    _, (other,) = room.make_approved(5)
    with pytest.raises(NotFound) as caught:
        receive_order(first.pk, "note", [arrival(other, 1)])
    assert caught.value.field == "lines.0.lineId"
    assert room.on_hand(other.variant_id) == 0


def test_one_bad_line_books_none(room: Room) -> None:
    order, (first, second) = room.make_approved(10, 5)
    with pytest.raises(Invalid):
        receive_order(order.pk, "note", [arrival(first, 10), arrival(second, 6)])
    assert (room.on_hand(first.variant_id), booked(first)) == (0, 0)


def test_more_than_ordered_within_the_tolerance(room: Room) -> None:
    room.configure(over_receipt_percent="10")
    order, (line,) = room.make_approved(20)
    with pytest.raises(Invalid):
        receive_order(order.pk, "note 1", [arrival(line, 23)])
    receive_order(order.pk, "note 2", [arrival(line, 22)])
    assert (room.on_hand(line.variant_id), state(order)) == (22, "RECEIVED")
    assert audit() == []


def test_a_draft_takes_no_goods(room: Room) -> None:
    order = room.make_draft(5)
    with pytest.raises(Conflict):
        receive_order(order.pk, "note", [arrival(order.lines.get(), 1)])


def test_after_cancelling_nothing_arrives_and_the_need_is_free_again(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note 1", [arrival(line, 4)])
    cancel_order(order.pk, reason="Supplier is closed", by="VXNlcjox")
    with pytest.raises(Conflict):
        receive_order(order.pk, "note 2", [arrival(line, 1)])
    assert room.on_hand(line.variant_id) == 4
    (told,) = events("purchase_order.canceled")
    assert told["lines"][0]["received"] == 4
    suggest()
    fresh = PurchaseOrderLine.objects.get(open=True)
    assert (fresh.variant_id, fresh.ordered) == (line.variant_id, 6)


@pytest.mark.parametrize("verb", [approve_order, cancel_order])
def test_verbs_in_the_wrong_state_are_refused(room: Room, verb: object) -> None:
    order, _ = room.make_approved(10)
    cancel_order(order.pk)
    with pytest.raises(Conflict) as caught:
        verb(order.pk)  # type: ignore[operator]
    assert caught.value.field == "state"


def test_a_variant_deleted_meanwhile_is_named(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    room.data.drop_variant(room.data.make_order([(room.low[-1], 1)], allocate=False, paid=False))
    with pytest.raises(NotFound) as caught:
        receive_order(order.pk, "note", [arrival(line, 10)])
    assert caught.value.field == "lines.0.lineId"
    assert state(order) == "APPROVED"


@pytest.mark.parametrize("table", ["receipt", "stockmovement"])
@pytest.mark.parametrize("change", ["UPDATE ops_restock_{} SET at = now()", "DELETE FROM ops_restock_{}"])
def test_the_ledger_refuses_changes(room: Room, table: str, change: str) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 10)])
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


def test_the_database_refuses_more_than_ordered(room: Room) -> None:
    _, (line,) = room.make_approved(10)
    with pytest.raises(IntegrityError, match="restock_line_units"), transaction.atomic():
        PurchaseOrderLine.objects.filter(pk=line.pk).update(received=11, open=False)


def test_the_audit_sees_a_counter_that_left_its_ledger(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [arrival(line, 3)])
    PurchaseOrderLine.objects.filter(pk=line.pk).update(received=4)
    assert [(found.kind, found.id) for found in audit()] == [("PurchaseOrderLine", str(line.pk))]
    with pytest.raises(SystemExit) as caught:
        call_command("restock_audit")
    assert caught.value.code == 1
