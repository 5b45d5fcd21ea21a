"""Orders made and changed by people, drafts and what is owed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, OpsError, Required
from saleor_plugins.kernel.ids import new_id
from saleor_plugins.restock.domain.edits import Edit
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import PurchaseOrder, PurchaseOrderLine, SupplierItem
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.audit import audit
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.close_order import close_order
from saleor_plugins.restock.usecases.create_order import create_order
from saleor_plugins.restock.usecases.edit_order import edit_order
from saleor_plugins.restock.usecases.order_lines import Wanted
from saleor_plugins.restock.usecases.postpone_order import postpone_order
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.suggest import suggest
from saleor_plugins.restock.usecases.suppliers import create_supplier, update_supplier

from .rooms import Room, events

At = Callable[[datetime], None]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def create(room: Room, *wanted: Wanted, **options: Any) -> PurchaseOrder:
    return create_order(room.supplier.pk, room.house.id, wanted, **options)


def shirt(room: Room, price: str | None = "4.00") -> Any:
    variant = room.data.make_variant(stock={room.house: 0})
    if price:
        room.sells(variant, price)
    return variant


def lines(order: PurchaseOrder) -> list[tuple[str, int, int, bool]]:
    rows = order.lines.order_by("id")
    return [(row.variant_id, row.ordered, row.price, row.by_hand) for row in rows]


def again(order: PurchaseOrder) -> PurchaseOrder:
    return PurchaseOrder.objects.get(pk=order.pk)


def change(line: PurchaseOrderLine, quantity: int | None = None, price: str | None = None) -> Edit:
    return Edit(line_id=str(line.pk), quantity=quantity, price=price)


def remove(line: PurchaseOrderLine) -> Edit:
    return Edit(line_id=str(line.pk), remove=True)


# By hand


def test_an_order_by_hand_takes_the_catalogues_price_or_the_one_that_is_typed(room: Room) -> None:
    first, second = shirt(room), shirt(room, None)
    SupplierItem.objects.filter(variant_id=first.id).update(breaks=[[10, 350]], supplier_sku="AC-1")
    order = create(room, Wanted(first.id, 12), Wanted(second.id, 3, "1.25"))
    assert (order.state, order.currency) == ("DRAFT", "USD")
    assert lines(order) == [(first.id, 12, 350, True), (second.id, 3, 125, True)]
    row = order.lines.order_by("id")[0]
    assert (row.sku, row.supplier_sku) == (first.sku, "AC-1")
    assert [told["number"] for told in events("purchase_order.proposed")] == [order.number]


def test_lines_by_hand_join_the_draft_there_is_and_no_run_touches_them(room: Room) -> None:
    low = room.make_low(2, 20)
    (draft,) = suggest().order_ids
    mine = shirt(room)
    order = create(room, Wanted(mine.id, 5), Wanted(low.id, 40))
    assert order.pk == draft
    assert sorted(lines(order)) == sorted([(low.id, 40, 400, True), (mine.id, 5, 400, True)])
    suggest()
    assert sorted(lines(order)) == sorted([(low.id, 40, 400, True), (mine.id, 5, 400, True)])
    assert PurchaseOrder.objects.count() == 1


def test_a_proposal_for_another_supplier_becomes_the_persons(room: Room) -> None:
    low = room.make_low(2, 20)
    (draft,) = suggest().order_ids
    other = create_supplier("Other")
    room.sells(low, "9.00", supplier=other)
    order = create_order(other.pk, room.house.id, [Wanted(low.id, 7)])
    assert lines(order) == [(low.id, 7, 900, True)]
    assert PurchaseOrder.objects.get(pk=draft).state == "CANCELED"
    suggest()
    assert [row.order_id for row in PurchaseOrderLine.objects.filter(open=True)] == [order.pk]


def test_asking_twice_orders_once(room: Room) -> None:
    variant = shirt(room)
    order = create(room, Wanted(variant.id, 5))
    with pytest.raises(Invalid, match=str(order.number)) as caught:
        create(room, Wanted(variant.id, 5))
    assert caught.value.field == "lines.0.variantId"
    assert lines(order) == [(variant.id, 5, 400, True)]


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "kind", "field"),
    [
        (0, None, "", Invalid, "lines.0.quantity"),
        (1_000_001, None, "", Invalid, "lines.0.quantity"),
        (1, "-1", "", Invalid, "lines.0.price"),
        (1, "NaN", "", Invalid, "lines.0.price"),
        (1, "1.234", "", Invalid, "lines.0.price"),
        (1, None, "usd", Invalid, "currency"),
        (1, None, "EUR", Required, "lines.0.price"),
    ],
)
def test_what_cannot_be_ordered_is_refused_by_name(
    room: Room, quantity: int, price: str | None, currency: str, kind: type[OpsError], field: str
) -> None:
    with pytest.raises(kind) as caught:
        create(room, Wanted(shirt(room).id, quantity, price), currency=currency)
    assert caught.value.field == field
    assert not PurchaseOrder.objects.exists()


def test_unknown_things_are_refused_by_name(room: Room) -> None:
    variant = shirt(room, None)
    want = [Wanted(variant.id, 1, "1")]
    cases: list[tuple[Any, type[OpsError], str]] = [
        (lambda: create_order(new_id(), room.house.id, want), NotFound, "supplierId"),
        (lambda: create_order(room.supplier.pk, "V2FyZWhvdXNlOjk=", want), NotFound, "warehouseId"),
        (lambda: create(room, *want, Wanted("VmFyaWFudDo5", 1)), NotFound, "lines.1.variantId"),
        (lambda: create(room, *want, *want), Invalid, "lines.1.variantId"),
        (lambda: create(room), Required, "lines"),
        (lambda: create(room, *want), Required, "currency"),
    ]
    for call, kind, field in cases:
        with pytest.raises(kind) as caught:
            call()
        assert caught.value.field == field
    update_supplier(room.supplier.pk, active=False)
    with pytest.raises(Invalid) as refused:
        create(room, *want, currency="USD")
    assert refused.value.field == "supplierId"
    assert not PurchaseOrder.objects.exists()


# Drafts


def test_a_draft_is_changed_freely(room: Room) -> None:
    first, second, third = shirt(room), shirt(room), shirt(room)
    SupplierItem.objects.update(breaks=[[10, 350]])
    order = create(room, Wanted(first.id, 5), Wanted(second.id, 5, "3.33"))
    one, two = order.lines.order_by("id")
    edit_order(order.pk, [change(one, 20), change(two, 20), Edit(variant_id=third.id, quantity=1)])
    assert lines(order) == [(first.id, 20, 350, True), (second.id, 20, 333, True), (third.id, 1, 400, True)]
    edit_order(order.pk, [remove(one), change(two, price="1.00")])
    assert lines(order) == [(second.id, 20, 100, True), (third.id, 1, 400, True)]
    assert again(order).revision == 1
    assert events("purchase_order.amended") == []


def test_a_line_that_a_person_changed_is_theirs(room: Room) -> None:
    order = room.make_draft(20)
    edit_order(order.pk, [change(order.lines.get(), 3)])
    suggest()
    assert [(ordered, hand) for _, ordered, _, hand in lines(order)] == [(3, True)]


def test_a_draft_without_lines_is_no_order(room: Room) -> None:
    order = create(room, Wanted(shirt(room).id, 5))
    edit_order(order.pk, [remove(order.lines.get())], by="VXNlcjox")
    assert (again(order).state, again(order).closed_by) == ("CANCELED", "VXNlcjox")
    assert len(events("purchase_order.canceled")) == 1


@pytest.mark.parametrize("owed", [False, True])
def test_edits_that_make_no_sense_change_nothing(room: Room, owed: bool) -> None:
    variant = shirt(room)
    order = create(room, Wanted(variant.id, 5))
    line = order.lines.get()
    if owed:
        approve_order(order.pk)
    cases: list[tuple[list[Edit], type[OpsError], str]] = [
        ([], Required, "lines"),
        ([Edit()], Required, "lines.0.lineId"),
        ([Edit(line_id=str(line.pk), variant_id=variant.id)], Required, "lines.0.variantId"),
        ([change(line, 0)], Invalid, "lines.0.quantity"),
        ([change(line, 4), change(line, 5)], Invalid, "lines.1.lineId"),
        ([change(line, price="1e3")], Invalid, "lines.0.price"),
        ([Edit(line_id=str(line.pk), quantity=3, remove=True)], Invalid, "lines.0.remove"),
        ([Edit(line_id=str(new_id()), quantity=3)], NotFound, "lines.0.lineId"),
        ([Edit(variant_id=variant.id, quantity=3)], Invalid, "lines.0.variantId"),
        ([change(line, 9), Edit(variant_id="VmFyaWFudDo5", quantity=3)], NotFound, "lines.1.variantId"),
        ([Edit(variant_id=shirt(room).id)], Required, "lines.0.quantity"),
        ([Edit(variant_id=shirt(room, None).id, quantity=1)], Required, "lines.0.price"),
    ]
    for edits, kind, field in cases:
        with pytest.raises(kind) as caught:
            edit_order(order.pk, edits)
        assert caught.value.field == field, edits
    assert (lines(order), again(order).revision) == ([(variant.id, 5, 400, True)], 1)


def test_who_saw_another_revision_is_told(room: Room) -> None:
    order = approve_order(create(room, Wanted(shirt(room).id, 5)).pk)
    edit_order(order.pk, [change(order.lines.get(), 6)], revision=1)
    with pytest.raises(Conflict) as caught:
        edit_order(order.pk, [change(order.lines.get(), 7)], revision=1)
    assert caught.value.field == "revision"
    assert order.lines.get().ordered == 6


# What is owed


def test_a_sent_order_that_is_changed_is_a_new_revision(room: Room) -> None:
    room.configure(over_receipt_percent="10")
    first, second, third = shirt(room), shirt(room), shirt(room)
    order = create(room, Wanted(first.id, 5), Wanted(second.id, 5))
    approve_order(order.pk)
    PurchaseOrder.objects.filter(pk=order.pk).update(state="SENT")
    one, two = order.lines.order_by("id")
    edit_order(order.pk, [change(one, 20), remove(two), Edit(variant_id=third.id, quantity=7)])
    assert (again(order).state, again(order).revision) == ("APPROVED", 2)
    assert lines(order) == [(first.id, 20, 400, True), (third.id, 7, 400, True)]
    assert [row.tolerance for row in order.lines.order_by("id")] == [2, 0]
    assert [row.draft for row in order.lines.all()] == [False, False]
    (told,) = events("purchase_order.amended")
    assert (told["revision"], [line["ordered"] for line in told["lines"]]) == (2, [20, 7])
    assert audit() == []


def test_nothing_changed_is_no_revision(room: Room) -> None:
    order = approve_order(create(room, Wanted(shirt(room).id, 5)).pk)
    edit_order(order.pk, [change(order.lines.get(), 5, "4.00")])
    assert (again(order).revision, events("purchase_order.amended")) == (1, [])


def test_never_below_what_has_arrived(room: Room) -> None:
    order, (line, other) = room.make_approved(10, 5)
    receive_order(order.pk, "note", [Arrival(str(line.pk), 4)])
    with pytest.raises(Invalid, match="4 have arrived") as caught:
        edit_order(order.pk, [change(line, 3)])
    assert caught.value.field == "lines.0.quantity"
    edit_order(order.pk, [change(line, 4)])
    row = PurchaseOrderLine.objects.get(pk=line.pk)
    assert (row.ordered, row.open, again(order).state) == (4, False, "PARTLY_RECEIVED")
    edit_order(order.pk, [remove(other)])
    assert (again(order).state, again(order).revision) == ("RECEIVED", 3)
    assert len(events("purchase_order.received")) == 1
    assert audit() == []


def test_a_line_that_goods_came_for_stays_with_what_came(room: Room) -> None:
    order, (line, broken, _) = room.make_approved(10, 5, 7)
    receive_order(order.pk, "note", [Arrival(str(line.pk), 4), Arrival(str(broken.pk), 0, damaged=2)])
    edit_order(order.pk, [remove(line), remove(broken)])
    rows = {row.pk: (row.ordered, row.received, row.open) for row in order.lines.all()}
    assert (rows[line.pk], rows[broken.pk]) == ((4, 4, False), (5, 0, False))
    assert again(order).state == "PARTLY_RECEIVED"
    edit_order(order.pk, [change(broken, 5)])
    assert PurchaseOrderLine.objects.get(pk=broken.pk).open
    assert audit() == []


def test_a_price_changes_though_more_came_within_an_older_tolerance(room: Room) -> None:
    room.configure(over_receipt_percent="10")
    order, (line, _) = room.make_approved(20, 5)
    receive_order(order.pk, "note", [Arrival(str(line.pk), 22)])
    room.configure(over_receipt_percent="0")
    edit_order(order.pk, [change(line, price="9.99")])
    row = PurchaseOrderLine.objects.get(pk=line.pk)
    assert (row.price, row.received, row.open) == (999, 22, False)


def test_what_would_be_left_empty_is_to_be_cancelled(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    with pytest.raises(Required, match="cancel") as caught:
        edit_order(order.pk, [remove(line)])
    assert caught.value.field == "lines"
    assert lines(order)[0][1] == 10


@pytest.mark.parametrize("end", ["receive", "cancel"])
def test_what_is_finished_is_not_changed(room: Room, end: str) -> None:
    order, (line,) = room.make_approved(10)
    if end == "cancel":
        cancel_order(order.pk)
    else:
        receive_order(order.pk, "note", [Arrival(str(line.pk), 10)])
    with pytest.raises(Conflict) as caught:
        edit_order(order.pk, [change(line, 12)])
    assert caught.value.field == "state"


def test_an_order_that_shrinks_frees_the_need_and_one_that_grows_covers_it(room: Room) -> None:
    order, (line, _) = room.make_approved(10, 5)
    edit_order(order.pk, [change(line, 4)])
    suggest()
    draft = PurchaseOrderLine.objects.get(draft=True)
    assert (draft.variant_id, draft.ordered) == (line.variant_id, 6)
    edit_order(order.pk, [change(line, 10)])
    suggest()
    assert not PurchaseOrderLine.objects.filter(draft=True).exists()


# Approving


def test_nobody_approves_what_cannot_come(room: Room) -> None:
    order = room.make_draft(10, 5)
    update_supplier(room.supplier.pk, active=False)
    with pytest.raises(Invalid, match="switched off") as caught:
        approve_order(order.pk)
    assert caught.value.field == "id"
    update_supplier(room.supplier.pk, active=True)
    room.data.drop_variant(room.data.make_order([(room.low[0], 1)], allocate=False, paid=False))
    with pytest.raises(Invalid, match=room.low[0].sku):
        approve_order(order.pk)
    assert again(order).state == "DRAFT"
    edit_order(order.pk, [remove(order.lines.get(variant_id=room.low[0].id))])
    assert approve_order(order.pk).state == "APPROVED"


# Postponed, short


def test_a_postponed_arrival_is_never_ordered_again(room: Room, at: At) -> None:
    at(NOON)
    order, (line, other) = room.make_approved(10, 5)
    for on in (date(2026, 3, 20), date(2026, 9, 1), None):
        postpone_order(order.pk, on)
        suggest()
        assert PurchaseOrderLine.objects.filter(open=True).count() == 2
    at(NOON + timedelta(days=200))
    suggest()
    assert PurchaseOrderLine.objects.filter(open=True).count() == 2
    assert [told["expectedOn"] for told in events("purchase_order.postponed")] == [
        "2026-03-20",
        "2026-09-01",
        None,
    ]
    assert len(events("purchase_order.postponed")[0]["movedLineIds"]) == 2
    assert other.ordered == 5 == PurchaseOrderLine.objects.get(pk=other.pk).ordered
    assert line.ordered == 10


def test_a_line_may_come_another_day_until_the_whole_order_moves(room: Room, at: At) -> None:
    at(NOON)
    order, (line, other) = room.make_approved(10, 5)
    postpone_order(order.pk, date(2026, 3, 10))
    postpone_order(order.pk, date(2026, 3, 12), [line.pk])
    postpone_order(order.pk, date(2026, 3, 12), [line.pk])
    rows = {row.pk: row.expected_on for row in order.lines.all()}
    assert (rows[line.pk], rows[other.pk]) == (date(2026, 3, 12), None)
    assert len(events("purchase_order.postponed")) == 2, "the same day again moves nothing"
    postpone_order(order.pk, date(2026, 3, 15))
    assert {row.expected_on for row in order.lines.all()} == {None}
    assert again(order).expected_on == date(2026, 3, 15)


def test_days_that_cannot_be_expected(room: Room, at: At) -> None:
    at(NOON)
    order, (line, other) = room.make_approved(10, 5)
    receive_order(order.pk, "note", [Arrival(str(other.pk), 5)])
    cases: list[tuple[Any, type[OpsError], str]] = [
        (lambda: postpone_order(order.pk, date(2026, 3, 1)), Invalid, "on"),
        (lambda: postpone_order(order.pk, date(2029, 3, 1)), Invalid, "on"),
        (lambda: postpone_order(order.pk, date(2026, 3, 9), [line.pk, new_id()]), NotFound, "lineIds.1"),
        (lambda: postpone_order(order.pk, date(2026, 3, 9), [other.pk]), Invalid, "lineIds.0"),
        (lambda: postpone_order(new_id(), None), NotFound, "id"),
    ]
    for call, kind, field in cases:
        with pytest.raises(kind) as caught:
            call()
        assert caught.value.field == field
    cancel_order(order.pk)
    with pytest.raises(Conflict):
        postpone_order(order.pk, date(2026, 3, 9))


def test_closed_short_what_is_missing_is_noted_and_needed_again(room: Room) -> None:
    order, (line, other) = room.make_approved(10, 5)
    with pytest.raises(Conflict):
        close_order(order.pk)
    receive_order(order.pk, "note", [Arrival(str(line.pk), 4), Arrival(str(other.pk), 5)])
    with pytest.raises(Invalid) as caught:
        close_order(order.pk, reason="x" * 501)
    assert caught.value.field == "reason"
    close_order(order.pk, reason="Sold out", by="VXNlcjox")
    found = again(order)
    assert (found.state, found.closed_by, found.reason) == ("RECEIVED", "VXNlcjox", "Sold out")
    missing = order.discrepancies.get()
    assert (missing.kind, missing.quantity, missing.line_id, missing.note) == (
        "SHORT",
        6,
        line.pk,
        "Sold out",
    )
    assert len(events("purchase_order.received")) == 1
    suggest()
    assert PurchaseOrderLine.objects.get(draft=True).ordered == 6
    with pytest.raises(Conflict):
        close_order(order.pk)
    assert audit() == []
