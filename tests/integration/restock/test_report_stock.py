"""Dead stock, what runs out, and what the stock is worth: read back from real rows, in constant queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Variant
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.domain.reports.holdings import Holding, Remedy, Step
from saleor_plugins.restock.domain.reports.scope import Scope
from saleor_plugins.restock.models import (
    DailyDemand,
    DemandCursor,
    ForecastMade,
    KitPart,
    PurchaseOrder,
    StockAlert,
)
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.open_run import open_run
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.report_stock import (
    dead_stock,
    holdings,
    running_out,
    stock_report,
)
from saleor_plugins.restock.usecases.suppliers import set_reorder_policy

from .rooms import Room


@pytest.fixture
def today(room: Room) -> date:
    """Two years of sales are known."""
    found = clock.day_of(clock.now(), shop().time_zone())
    DemandCursor.objects.create(
        pk=1, zone=shop().time_zone(), since=found - timedelta(days=730), through=found, full_on=found
    )
    return found


def sold(variant: Variant, today: date, *back: int, units: int = 1, country: str = "US") -> None:
    DailyDemand.objects.bulk_create(
        DailyDemand(variant_id=variant.id, country=country, day=today - timedelta(days=days), units=units)
        for days in back
    )


def one(variant: Variant) -> Holding:
    (row,) = [row for row in holdings(open_run(None)) if row.variant_id == variant.id]
    return row


def test_what_did_not_sell_for_long_is_dead_at_its_cost(room: Room, today: date) -> None:
    idle, never, alive, gone = (room.data.make_variant(stock={room.house: units}) for units in (7, 3, 5, 0))
    room.sells(idle, "4.00")
    sold(idle, today, 91, 200)
    sold(alive, today, 90)
    sold(gone, today, 300)
    report = stock_report(Scope(dead_days=90))
    assert report.dead
    assert [row.variant_id for row in report.dead.rows] == [idle.id, never.id]
    assert (report.dead.count, report.dead.value, report.dead.units) == (2, 2800, 10)
    first, second = report.dead.rows
    assert (first.idle_days, first.value, first.remedies) == (91, 2800, (Remedy.DISCOUNT,))
    assert (second.idle_days, second.value) == (None, None)
    _, rows = dead_stock(Scope(dead_days=200))
    assert [row.variant_id for row in rows] == [never.id]


def test_returned_units_are_no_sale_and_a_kit_sells_its_parts(room: Room, today: date) -> None:
    part, back = (room.data.make_variant(stock={room.house: 5}) for _ in range(2))
    kit = room.data.make_variant(stock={room.house: 9})
    KitPart.objects.create(kit_id=kit.id, part_id=part.id, quantity=2)
    sold(kit, today, 3, units=4)
    sold(back, today, 3)
    DailyDemand.objects.filter(variant_id=back.id).update(returned=1)
    assert one(part).last_sale == today - timedelta(days=3)
    assert one(part).per_day == pytest.approx(8 / 91)
    assert one(back).last_sale is None
    assert kit.id not in {row.variant_id for row in holdings(open_run(None))}


def test_what_sells_elsewhere_is_sent_there(room: Room, today: date) -> None:
    far = room.data.make_warehouse(country="PL", countries=["PL"])
    variant = room.data.make_variant(stock={room.house: 6, far: 1})
    set_reorder_policy(variant.id, room.house.id, 2)
    sold(variant, today, 2, 9, country="PL")
    (row,) = dead_stock(Scope(dead_days=30))[1]
    assert (row.warehouse_id, row.sells_in) == (room.house.id, far.name)
    assert row.remedies == (Remedy.STOP, Remedy.TRANSFER)
    assert not list(dead_stock(Scope(dead_days=30, warehouse_id=far.id))[1])


def test_goods_that_came_lately_had_no_time_to_sell(room: Room, today: date) -> None:
    order, (line,) = room.make_approved(20)
    assert [row.variant_id for row in dead_stock(Scope())[1]] == []
    receive_order(order.pk, "note", [Arrival(str(line.pk), 20)])
    assert one(room.low[0]).on_hand == 20
    assert not list(dead_stock(Scope())[1])


def test_cover_is_held_against_the_lead_time_that_is_left(room: Room, today: date) -> None:
    low, fine, left_alone = (room.data.make_variant(stock={room.house: units}) for units in (9, 40, 0))
    for variant in (low, fine, left_alone):
        room.sells(variant, lead_days=10)
        sold(variant, today, *range(1, 92), units=2)
    set_reorder_policy(left_alone.id, None, 0, reorder=False)
    report = stock_report(Scope()).running_out
    (row,) = report.rows
    assert row.variant_id == low.id
    assert (row.cover, row.wait, row.missed, row.step) == (4.5, 10.0, 11.0, Step.ORDER)
    ForecastMade.objects.create(
        variant_id=fine.id, warehouse_id=room.house.id, made_on=today, days=10, expected=80, deviation=1
    )
    assert [row.per_day for row in running_out(Scope())[1]] == [2.0, 8.0]


def test_what_is_on_order_and_when(room: Room, today: date) -> None:
    order = room.make_draft(30)
    (variant,) = room.low
    sold(variant, today, *range(1, 92), units=1)
    assert one(variant).step == Step.ORDER
    approve_order(order.pk)
    PurchaseOrder.objects.update(expected_on=today)
    coming = one(variant)
    assert (coming.on_order > 0, coming.due, coming.runs_out) == (True, today, False)
    PurchaseOrder.objects.update(expected_on=today + timedelta(days=20))
    late = one(variant)
    assert (late.runs_out, late.step, late.missed) == (True, Step.HURRY, pytest.approx(20))
    PurchaseOrder.objects.update(expected_on=today - timedelta(days=1))
    overdue = one(variant)
    assert (overdue.runs_out, overdue.step, overdue.overdue) == (True, Step.CHASE, overdue.on_order)


def test_shoppers_who_wait_are_counted(room: Room, today: date) -> None:
    variant = room.data.make_variant(stock={room.house: 0})
    assert not one(variant).runs_out
    for number in range(2):
        StockAlert.objects.create(
            variant_id=variant.id, email=f"{number}@example.com", digest=str(number), state="WAITING",
            created=clock.now(),
        )  # fmt: skip
    row = one(variant)
    assert (row.waiting, row.runs_out, row.step) == (2, True, Step.ORDER)


def test_stock_value_by_class(room: Room, today: date) -> None:
    steady, unpriced = (room.data.make_variant(stock={room.house: units}) for units in (4, 6))
    room.sells(steady, "2.50")
    sold(steady, today, *range(1, 365))
    cells = {cell.xyz: cell for cell in stock_report(Scope()).cells}
    assert (cells["X"].units, cells["X"].value, cells["X"].unpriced) == (4, 1000, 0)
    assert (cells["Z"].units, cells["Z"].value, cells["Z"].unpriced) == (6, 0, 6)
    assert unpriced.id


def test_too_short_a_history_says_so(room: Room) -> None:
    room.data.make_variant(stock={room.house: 5})
    assert stock_report(Scope()).dead is None
    with pytest.raises(Invalid, match="Fewer than 90 days") as caught:
        dead_stock(Scope())
    assert caught.value.field == "deadDays"
    with pytest.raises(NotFound):
        stock_report(Scope(warehouse_id="nowhere"))


def test_the_worst_rows_are_kept_and_all_are_counted(room: Room, today: date) -> None:
    for units in (1, 5, 3):
        room.sells(room.data.make_variant(stock={room.house: units}), "1.00")
    found = stock_report(Scope(), listed=2).dead
    assert found
    assert [row.on_hand for row in found.rows] == [5, 3]
    assert (found.count, found.value) == (3, 900)
    assert stock_report(Scope(), listed=0).dead.rows == []  # type: ignore[union-attr]


def test_queries_do_not_grow_with_the_shop(room: Room, today: date) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as seen:
            stock_report(Scope())
        return len(seen)

    for variant in [room.data.make_variant(stock={room.house: 2}) for _ in range(2)]:
        room.sells(variant)
        sold(variant, today, 5)
    few = counted()
    for variant in [room.data.make_variant(stock={room.house: 2}) for _ in range(8)]:
        room.sells(variant)
        sold(variant, today, 5)
    assert counted() == few
