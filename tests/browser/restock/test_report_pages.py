"""The stock reports and a what-if's page in a real Chromium: phone and desktop, light and dark."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from saleor_plugins.kernel import clock

from .test_supplier_page import Reader

if TYPE_CHECKING:
    from tests.integration.restock.rooms import Room

LOOKS = [("phone", "light"), ("phone", "dark"), ("desktop", "light"), ("desktop", "dark")]
DAYS = 300
# SKU, units there, cost, units sold on a good day, days of its lead time.
GOODS = (
    ("NW-JACKET-GREEN-M", 44, "74.50", 0, 14),
    ("NW-SOCKS-38", 26, "6.15", 9, 10),
    ("NW-MUG", 3, "4.80", 4, 7),
    ("NW-STOVE-2", 31, "39.00", 2, 21),
    ("NW-POLES <b>carbon</b>", 18, "52.00", 0, 7),
    ("NW-LAMP-400", 60, "17.20", 3, 7),
)


def fill(room: Room) -> None:
    """Goods that sell and goods that do not, a year of sales, forecasts that were made, suppliers judged."""
    from saleor_plugins.platform import shop
    from saleor_plugins.restock.models import DailyDemand, DemandCursor, ForecastMade, ShopFigure
    from saleor_plugins.restock.usecases.suppliers import set_reorder_policy

    today = clock.day_of(clock.now(), shop().time_zone())
    DemandCursor.objects.create(
        pk=1, zone=shop().time_zone(), since=today - timedelta(days=DAYS), through=today, full_on=today
    )
    dice = random.Random(4)
    for sku, stock, price, most, lead in GOODS:
        variant = room.data.make_variant(sku=sku, price=round(float(price) * 220), stock={room.house: stock})
        room.sells(variant, price, lead_days=lead, pack=6)
        set_reorder_policy(variant.id, None, 6, 40)
        sold = {back: dice.randint(0, most) for back in range(1, DAYS + 1)} if most else {130: 2}
        DailyDemand.objects.bulk_create(
            DailyDemand(variant_id=variant.id, country="US", day=today - timedelta(days=back), units=units)
            for back, units in sold.items()
        )
        ForecastMade.objects.bulk_create(
            ForecastMade(
                variant_id=variant.id,
                warehouse_id=room.house.id,
                made_on=today - timedelta(days=7 * week),
                days=lead,
                expected=most / 2 * lead * dice.uniform(0.8, 1.3),
                deviation=1,
            )
            for week in range(9)
            if most
        )
    for letter, least in (("A", 400_000), ("B", 100_000)):
        ShopFigure.objects.create(kind=ShopFigure.ABC, key=letter, value=least)
    deliver(room, today)


def deliver(room: Room, today: date) -> None:
    """Three suppliers: one always there, one late, one that brings half."""
    from saleor_plugins.restock.domain.order import Arrival
    from saleor_plugins.restock.models import PurchaseOrder
    from saleor_plugins.restock.usecases.receive_order import receive_order
    from saleor_plugins.restock.usecases.suppliers import create_supplier

    yesterday = today - timedelta(days=1)
    for name, late, part in (("Northwind", 0, 1.0), ("Contoso Textiles", 4, 1.0), ("Fabrikam", 0, 0.5)):
        room.supplier = create_supplier(name)
        order, (line,) = room.make_approved(60)
        arrived = [Arrival(str(line.pk), round(line.ordered * part))]
        receive_order(order.pk, "note", arrived, arrived_on=yesterday)
        PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=yesterday - timedelta(days=late))


@pytest.fixture
def room(transactional_db: None) -> Room:
    from tests.integration.restock.rooms import make_room

    found = make_room()
    fill(found)
    return found


@pytest.mark.parametrize(("size", "look"), LOOKS)
def test_reports(chromium: Any, room: Room, live_server: Any, size: str, look: str) -> None:
    from saleor_plugins.restock.domain.reports.scope import Scope
    from saleor_plugins.restock.views.reports import report_url

    staff = Reader(chromium, f"stock-{look}", size, color_scheme=look)
    page = staff.page
    page.goto(live_server.url + urlsplit(report_url(Scope())).path)
    text = staff.see("closed")
    assert "About to run out" in text
    assert page.locator("svg[role=img]").count() >= 5
    for table in page.locator("summary").all():
        table.click()
    opened = staff.see("open")
    assert "NW-POLES <b>carbon</b>" in opened
    assert "Sell it for less" in opened
    # A chart that is wider than the phone is reached by keyboard alone.
    page.locator(".chart").first.focus()
    assert page.evaluate("document.activeElement.className") == "chart"
    with page.expect_download() as file:
        page.get_by_role("link", name="About to run out as CSV").click()
    assert file.value.suggested_filename == "restock-running-out.csv"
    staff.context.close()


def test_the_reports_need_no_script(chromium: Any, room: Room, live_server: Any) -> None:
    from saleor_plugins.restock.domain.reports.scope import Scope
    from saleor_plugins.restock.views.reports import report_url

    staff = Reader(chromium, "stock-plain", "phone", script=False)
    staff.page.goto(live_server.url + urlsplit(report_url(Scope(dead_days=364))).path)
    assert "Fewer than 364 days of sales are known." in staff.see("short")
    staff.context.close()


@pytest.mark.parametrize(("size", "look"), LOOKS)
def test_a_what_if(chromium: Any, room: Room, tmp_path: Path, size: str, look: str) -> None:
    from saleor_plugins.restock.reports.backtest import page as drawn
    from saleor_plugins.restock.usecases.backtest import ask_backtest, run_backtest

    row = run_backtest(ask_backtest(90, queue=False, services=[95]).pk)
    assert row
    file = tmp_path / "what-if.html"
    file.write_text(drawn(row.result), encoding="utf-8")
    staff = Reader(chromium, f"whatif-{look}", size, color_scheme=look)
    staff.page.goto(file.as_uri())
    text = staff.see("page")
    assert "Ours, by cost" in text
    assert "Who knows the future" in text
    staff.context.close()
