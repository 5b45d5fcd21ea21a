"""Forecasts against what sold, suppliers against what they owed; and all reports over the API, as files, pages."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import AskerKind, Variant
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.domain.reports.scope import Scope
from saleor_plugins.restock.models import (
    DailyDemand,
    DemandCursor,
    ForecastMade,
    KitPart,
    PurchaseOrder,
    PurchaseOrderLine,
    ShopFigure,
)
from saleor_plugins.restock.schema import view
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.report_forecasts import forecast_report
from saleor_plugins.restock.usecases.report_suppliers import supplier_report
from saleor_plugins.restock.views.reports import report_url
from tests.shopdata import request

from .rooms import Room

READ = """query($first: Int!) { restockReport {
  deadStock(first: $first) { count units value { amount currency } rows { sku onHand idleDays remedies } }
  runningOut(first: $first) { count rows { sku cover wait missed onOrder due waiting step } }
  stockValue { abc xyz units value { amount } unpriced }
  forecasts { whole { wape bias } weeks { of count } classes { of } }
  suppliers { supplier punctual fill } url } }"""


@pytest.fixture
def today(room: Room) -> date:
    found = clock.day_of(clock.now(), shop().time_zone())
    DemandCursor.objects.create(
        pk=1, zone=shop().time_zone(), since=found - timedelta(days=730), through=found, full_on=found
    )
    return found


def expect(variant: Variant, house: Any, made_on: date, expected: float, days: int = 7) -> None:
    ForecastMade.objects.create(
        variant_id=variant.id,
        warehouse_id=house.id,
        made_on=made_on,
        days=days,
        expected=expected,
        deviation=1,
    )


def sold(variant: Variant, day: date, units: int, country: str = "US", returned: int = 0) -> None:
    DailyDemand.objects.create(
        variant_id=variant.id, day=day, country=country, units=units, returned=returned
    )


def test_a_forecast_is_held_against_the_days_it_was_for(room: Room, today: date) -> None:
    one, two = (room.data.make_variant(stock={room.house: 1}) for _ in range(2))
    week, before = today - timedelta(days=7), today - timedelta(days=14)
    expect(one, room.house, week, 12)
    expect(two, room.house, week, 4)
    expect(one, room.house, before, 5)
    expect(one, room.house, today - timedelta(days=3), 99)  # not over yet
    sold(one, week, 6)
    sold(one, week + timedelta(days=6), 5, returned=1)
    sold(one, before - timedelta(days=1), 50)  # before it was made
    sold(two, today, 50)  # after its days
    sold(two, week, 6)
    found = forecast_report(Scope())
    assert set(found.weeks) == {week, before}
    assert (found.weeks[week].expected, found.weeks[week].actual) == (16, 16)
    assert (found.weeks[week].wape, found.weeks[week].bias) == (4 / 16, 0)
    assert found.weeks[before].wape is None
    assert (found.whole.count, found.whole.expected, found.whole.actual) == (3, 21, 16)
    assert found.warehouses == {room.house.name: found.whole}
    assert found.classes == {}
    ShopFigure.objects.create(kind=ShopFigure.ABC, key="A", value=1e12)
    assert forecast_report(Scope()).classes == {"C": found.whole}


def test_warehouses_share_what_sold_and_kits_are_their_parts(room: Room, today: date) -> None:
    far = room.data.make_warehouse(country="PL", countries=["PL"])
    part = room.data.make_variant(stock={room.house: 1, far: 1})
    kit = room.data.make_variant(stock={room.house: 1})
    KitPart.objects.create(kit_id=kit.id, part_id=part.id, quantity=3)
    week = today - timedelta(days=7)
    for house in (room.house, far):
        expect(part, house, week, 4)
    sold(kit, week, 1, "PL")
    sold(part, week, 2, "PL")
    sold(part, week, 4, "BR")  # nobody's country: shared
    found = forecast_report(Scope()).warehouses
    assert {name: sums.actual for name, sums in found.items()} == {far.name: 7, room.house.name: 2}
    only = forecast_report(Scope(warehouse_id=far.id))
    assert (only.whole.actual, only.whole.off) == (7, 3)


def due(order: PurchaseOrder, day: date) -> None:
    PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=day)


def test_suppliers_are_judged_by_the_day_last_agreed(
    room: Room, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    order, (line, late) = made(room, monkeypatch, now - timedelta(days=20), 10, 8)
    day = today - timedelta(days=10)
    due(order, day)
    receive_order(order.pk, "one", [Arrival(str(line.pk), line.ordered, damaged=0)], arrived_on=day)
    receive_order(order.pk, "two", [Arrival(str(late.pk), 3)], arrived_on=day + timedelta(days=4))
    receive_order(
        order.pk, "three", [Arrival(str(late.pk), 1, damaged=2)], arrived_on=day + timedelta(days=8)
    )
    (found,) = supplier_report(Scope())
    whole = line.ordered + late.ordered
    assert (found.orders, found.lines, found.ordered) == (1, 2, whole)
    assert (found.on_time, found.arrived, found.damaged) == (line.ordered, line.ordered + 4, 2)
    assert found.late_days == pytest.approx((3 * 4 + 1 * 8) / 4)
    assert found.lead_days == pytest.approx((line.ordered * 10 + 3 * 14 + 1 * 18) / (line.ordered + 4))
    assert (found.punctual, found.fill) == (line.ordered / whole, (line.ordered + 4) / whole)
    due(order, today)
    assert supplier_report(Scope()) == []
    due(order, today - timedelta(days=40))
    assert supplier_report(Scope(days=30)) == []
    assert supplier_report(Scope())[0].on_time == 0


def made(
    room: Room, monkeypatch: pytest.MonkeyPatch, at: datetime, *needs: int
) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: at)
        return room.make_approved(*needs)


def test_without_a_day_the_lead_time_says_when(
    room: Room, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, (line,) = made(room, monkeypatch, clock.now() - timedelta(days=9), 10)
    PurchaseOrder.objects.update(expected_on=None)
    PurchaseOrderLine.objects.update(expected_on=None)
    assert [(row.ordered, row.arrived) for row in supplier_report(Scope())] == [(line.ordered, 0)]
    room.supplier.lead_days = 30
    room.supplier.save()
    assert supplier_report(Scope()) == []
    PurchaseOrder.objects.filter(pk=order.pk).update(state="CANCELED", expected_on=today - timedelta(days=1))
    assert supplier_report(Scope()) == []


@pytest.fixture
def busy(room: Room, today: date) -> Variant:
    """A dead variant, one that runs out with a name that would be markup and a formula, and forecasts."""
    dead = room.data.make_variant(stock={room.house: 7})
    low: Variant = room.data.make_variant(stock={room.house: 2})
    room.sells(dead, "4.00")
    room.sells(low, "3.00", lead_days=10)
    for back in range(1, 92):
        sold(low, today - timedelta(days=back), 2)
    expect(low, room.house, today - timedelta(days=14), 21)
    return low


def ask(room: Room, query: str, permission: str = "MANAGE_PRODUCTS", **variables: Any) -> dict[str, Any]:
    token = room.data.make_asker(AskerKind.STAFF, permission)[1]
    found: dict[str, Any] = json.loads(
        view(request(token, {"query": query, "variables": variables}), "").content
    )
    return found


def test_all_of_it_over_graphql(room: Room, busy: Variant) -> None:
    found = ask(room, READ, first=5)["data"]["restockReport"]
    assert found["deadStock"]["value"] == {"amount": "28.00", "currency": "USD"}
    assert found["deadStock"]["rows"][0]["remedies"] == ["DISCOUNT"]
    (row,) = found["runningOut"]["rows"]
    assert (row["sku"], row["cover"], row["wait"], row["step"]) == (
        busy.sku,
        pytest.approx(2 / 3),
        10.0,
        "ORDER",
    )
    assert found["forecasts"]["whole"] == {"wape": 0.5, "bias": 0.5}
    assert sum(float(cell["value"]["amount"]) for cell in found["stockValue"]) == 34.0
    assert found["suppliers"] == []
    refused = ask(room, READ, first=101)
    assert "Must be from 1 to 100" in json.dumps(refused["errors"])
    assert "errors" in ask(room, READ, "MANAGE_ORDERS", first=5)
    wrong = ask(room, "{ restockReport(deadDays: 1, days: 999) { url } }")
    assert "Must be from 7 to 364" in json.dumps(wrong["errors"])


def test_the_stock_is_looked_through_once(room: Room, busy: Variant) -> None:
    def counted(query: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert "errors" not in ask(room, query)
        return len(seen)

    dead = "{ restockReport { deadStock { count } } }"
    counted(dead)  # what Saleor keeps in memory is there from now on
    assert counted("{ restockReport { deadStock { count } runningOut { count } } }") == counted(dead)


def test_the_signed_link_opens_a_page_and_files_for_an_hour(
    room: Room, busy: Variant, at: Any, client: Client
) -> None:
    path = urlsplit(ask(room, READ, first=1)["data"]["restockReport"]["url"]).path
    page = client.get(path)
    text = page.content.decode()
    assert page.status_code == 200
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store"
    assert busy.sku in text
    assert text.count("<svg") >= 4
    file = client.get(path + "running-out.csv")
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert busy.sku in lines[1]
    assert client.get(path + "nothing.csv").status_code == 404
    assert client.get(path + "dead.svg").status_code == 404
    assert client.get(path[:-5] + "xxxx/").status_code == 404
    assert client.post(path).status_code == 405


def test_the_page_without_a_link_needs_the_permission(room: Room, busy: Variant, client: Client) -> None:
    path = urlsplit(report_url(Scope())).path.split("open/")[0]
    assert client.get(path).status_code == 403
    assert client.get(path + "dead.csv").status_code == 403


@pytest.mark.parametrize("age", [3599, 3601])
def test_a_link_ends(room: Room, client: Client, monkeypatch: pytest.MonkeyPatch, age: int) -> None:
    import time

    path = urlsplit(report_url(Scope())).path
    later = time.time() + age
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get(path).status_code == (200 if age < 3600 else 410)


def test_the_command_shows_and_writes(room: Room, busy: Variant, tmp_path: Path) -> None:
    out = StringIO()
    call_command("restock_report", stdout=out)
    assert "About to run out" in out.getvalue()
    assert busy.sku in out.getvalue()
    files = [tmp_path / "r.html", tmp_path / "r.json"]
    call_command("restock_report", f"--html={files[0]}", f"--json={files[1]}", stdout=StringIO())
    assert "<script" not in files[0].read_text()
    assert ".csv" not in files[0].read_text()
    assert json.loads(files[1].read_text())["running-out"][0]["SKU"] == busy.sku
    shown = StringIO()
    call_command("restock_report", "--csv=value", stdout=shown)
    assert len(shown.getvalue().splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--dead-days=3"], "deadDays: Must be from 7"),
        (["--warehouse=nowhere"], "warehouseId:"),
        (["--csv=dead"], "deadDays: Fewer than 90 days"),
    ],
)
def test_the_command_names_what_is_wrong(room: Room, options: list[str], said: str) -> None:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("restock_report", *options, stdout=StringIO(), stderr=err)
    assert ended.value.code == 1
    assert said in err.getvalue()
