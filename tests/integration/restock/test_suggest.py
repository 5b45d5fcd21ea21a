"""From stock and demand to draft orders: right, explained, and never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.restock.models import PurchaseOrder, PurchaseOrderLine, Suggestion
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.replenish import replenish
from saleor_plugins.restock.usecases.suggest import suggest
from saleor_plugins.restock.usecases.suppliers import create_supplier, set_reorder_policy, update_supplier

from .rooms import Room, events


def lines() -> list[tuple[str, int]]:
    return sorted(PurchaseOrderLine.objects.filter(open=True).values_list("variant_id", "ordered"))


def test_a_variant_below_its_minimum_is_proposed_without_any_sales(room: Room) -> None:
    variant = room.make_low(stock=2, minimum=20, pack=12)
    done = suggest()
    suggestion = Suggestion.objects.get()
    assert (suggestion.reorder_point, suggestion.need, suggestion.quantity) == (20, 18, 24)
    assert "You keep at least 20 units here: that is the reorder point." in suggestion.explanation
    assert lines() == [(variant.id, 24)]
    order = PurchaseOrder.objects.get(pk=done.order_ids[0])
    assert (order.state, order.supplier, order.warehouse_id) == ("DRAFT", room.supplier, room.house.id)
    assert [event["number"] for event in events("purchase_order.proposed")] == [order.number]


def test_sales_become_demand_become_an_order(room: Room) -> None:
    variant = room.data.make_variant(stock={room.house: 10})
    room.sells(variant, price="1000.00", lead_days=14)
    room.sell_daily(variant, 3)
    replenish()
    found = Suggestion.objects.get()
    assert found.demand_per_day == pytest.approx(3, abs=0.1)
    assert (found.lead_days, found.review_days) == (14, 1)
    assert 45 <= found.reorder_point <= 110, "a fortnight's demand and its risk"
    assert found.quantity == found.target - 10
    assert lines() == [(variant.id, found.quantity)]


def test_what_is_promised_to_orders_does_not_count_as_stock(room: Room) -> None:
    variant = room.make_low(stock=25, minimum=20)
    room.data.make_order([(variant, 10)])
    suggest()
    found = Suggestion.objects.get()
    assert (found.on_hand, found.allocated, found.quantity) == (25, 10, 5)


def test_a_second_run_changes_nothing(room: Room) -> None:
    for _ in range(3):
        room.make_low()
    suggest()
    before = lines()
    for _ in range(3):
        suggest()
    assert lines() == before
    assert PurchaseOrder.objects.count() == 1
    assert Suggestion.objects.count() == 3
    assert len(events("purchase_order.proposed")) == 1


def test_a_draft_follows_the_need_until_it_is_gone(room: Room) -> None:
    variant, other = room.make_low(stock=2), room.make_low(stock=2)
    suggest()
    room.data.set_stock(variant, room.house, 8)
    suggest()
    assert dict(lines()) == {variant.id: 12, other.id: 18}
    room.data.set_stock(variant, room.house, 20)
    suggest()
    assert dict(lines()) == {other.id: 18}
    room.data.set_stock(other, room.house, 20)
    suggest()
    assert lines() == []
    assert PurchaseOrder.objects.get().state == "CANCELED"
    assert Suggestion.objects.count() == 0


def test_what_is_ordered_is_not_ordered_again_however_late_it_is(room: Room) -> None:
    variant = room.make_low(stock=2)
    (order_id,) = suggest().order_ids
    approve_order(order_id)
    suggest()
    assert lines() == [(variant.id, 18)]
    assert Suggestion.objects.count() == 0, "on order covers it"


def test_a_need_that_grew_past_its_order_is_drafted_as_much_as_is_missing(room: Room) -> None:
    variant = room.make_low(stock=2)
    (order_id,) = suggest().order_ids
    approve_order(order_id)
    set_reorder_policy(variant.id, None, 50)
    suggest()
    assert lines() == [(variant.id, 18), (variant.id, 30)]
    suggest()
    assert lines() == [(variant.id, 18), (variant.id, 30)]
    assert Suggestion.objects.get().on_order == 18


def test_without_a_supplier_the_need_is_still_told(room: Room) -> None:
    variant = room.data.make_variant(stock={room.house: 0})
    set_reorder_policy(variant.id, room.house.id, 5)
    suggest()
    assert Suggestion.objects.get().flags == ["NO_SUPPLIER"]
    assert lines() == []


def test_a_draft_moves_when_another_supplier_becomes_cheaper_or_inactive(room: Room) -> None:
    variant = room.make_low(price="4.00")
    suggest()
    cheap = create_supplier("Bolt")
    room.sells(variant, price="3.99", supplier=cheap)
    suggest()
    line = PurchaseOrderLine.objects.get(open=True)
    assert (line.order.supplier, line.price) == (cheap, 399)
    assert PurchaseOrder.objects.get(supplier=room.supplier).state == "CANCELED"
    update_supplier(cheap.pk, active=False)
    suggest()
    assert PurchaseOrderLine.objects.get(open=True).order.supplier == room.supplier


def test_currencies_and_warehouses_have_orders_of_their_own(room: Room) -> None:
    other = room.data.make_warehouse(country="DE")
    variant, euro = room.make_low(), room.make_low(currency="EUR")
    room.data.set_stock(variant, other, 0)
    suggest()
    assert set(PurchaseOrder.objects.values_list("warehouse_id", "currency")) == {
        (room.house.id, "USD"), (room.house.id, "EUR"), (other.id, "USD"),
    }  # fmt: skip
    assert len(lines()) == 3
    assert euro.id in dict(lines())


def test_demand_is_shared_by_who_serves_the_country(room: Room) -> None:
    berlin = room.data.make_warehouse(country="DE", countries=["DE"])
    variant = room.data.make_variant(stock={room.house: 0, berlin: 0})
    room.sells(variant)
    room.sell_daily(variant, 4)
    replenish()
    only = Suggestion.objects.get()
    assert only.warehouse_id == room.house.id
    assert only.demand_per_day == pytest.approx(4, abs=0.1)


def test_a_warehouse_or_variants_can_be_asked_for(room: Room) -> None:
    first, second = room.make_low(), room.make_low()
    other = room.data.make_warehouse(country="DE")
    room.data.set_stock(first, other, 0)
    suggest(warehouse_id=other.id)
    assert list(PurchaseOrderLine.objects.values_list("variant_id", "warehouse_id")) == [(first.id, other.id)]
    suggest(variant_ids=[second.id])
    assert PurchaseOrderLine.objects.filter(open=True).count() == 2
    suggest(warehouse_id=room.house.id)
    assert PurchaseOrderLine.objects.filter(open=True).count() == 3


def test_what_is_not_there_is_named(room: Room) -> None:
    with pytest.raises(NotFound) as caught:
        suggest(warehouse_id="nowhere")
    assert caught.value.field == "warehouseId"
    with pytest.raises(NotFound) as caught:
        suggest(variant_ids=[room.make_low().id, "nothing"])
    assert caught.value.field == "variantIds.1"
    assert lines() == []


def test_a_variant_that_left_the_catalogue_leaves_its_draft(room: Room) -> None:
    variant, other = room.make_low(), room.make_low()
    suggest()
    order = room.data.make_order([(variant, 1)], paid=False)
    room.data.drop_variant(order)
    suggest()
    assert [line for line, _ in lines()] == [other.id]


def test_a_variant_that_lies_nowhere_yet_is_ordered_to_where_it_is_wanted(room: Room) -> None:
    variant = room.data.make_variant()
    room.sells(variant)
    set_reorder_policy(variant.id, room.house.id, 5)
    suggest()
    assert lines() == [(variant.id, 5)]
    suggest()
    assert lines() == [(variant.id, 5)]


def test_a_policy_names_its_field_when_refused(room: Room) -> None:
    variant = room.make_low()
    for minimum, maximum, field in ((-1, None, "minimum"), (5, 4, "maximum"), (0, 10**7, "maximum")):
        with pytest.raises(Invalid) as caught:
            set_reorder_policy(variant.id, None, minimum, maximum)
        assert caught.value.field == field


def test_the_database_refuses_a_second_draft_line(room: Room) -> None:
    room.make_low()
    suggest()
    line = PurchaseOrderLine.objects.get()
    second = PurchaseOrder.objects.create(
        number=1,
        supplier=room.supplier,
        warehouse_id=room.house.id,
        currency="CHF",
        created=line.order.created,
    )
    line.pk, line.order = None, second
    with pytest.raises(IntegrityError, match="ops_restock_line_one_draft"), transaction.atomic():
        line.save(force_insert=True)


def test_a_page_costs_the_same_queries_however_many_variants(room: Room) -> None:
    def count(more: int) -> int:
        for _ in range(more):
            room.data.make_sale(room.make_low(stock=1), 1, clock.now() - timedelta(days=1))
        with CaptureQueriesContext(connection) as queries:
            replenish()
        return len(queries)

    count(2)
    assert count(1) == count(12)
