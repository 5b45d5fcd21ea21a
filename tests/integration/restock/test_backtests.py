"""What-if runs over real demand rows: compared, shown, refused, and nothing written but the run."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, Invalids
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import AskerKind, Variant
from saleor_plugins.restock.models import (
    Backtest,
    DailyDemand,
    DemandCursor,
    PurchaseOrder,
    StockMovement,
    Suggestion,
)
from saleor_plugins.restock.schema import view
from saleor_plugins.restock.usecases.backtest import ask_backtest, run_backtest
from saleor_plugins.restock.usecases.suppliers import set_reorder_policy
from tests.shopdata import request

from .rooms import Room

DAYS = 300
RUN = """mutation($days: Int!) { restockBacktestRun(days: $days, services: [95], covers: [{low: 9, high: 30}]) {
  backtest { id state } errors { field code } } }"""
READ = """query($id: ID!) { restockBacktest(id: $id) { state done total since until needs columns {
  key title cost { amount currency } fill overClairvoyant stockValue { amount } orderLines } } }"""
CANCEL = """mutation($id: ID!) { restockBacktestCancel(id: $id) {
  backtest { state error } errors { field code } } }"""


@pytest.fixture
def sold(room: Room) -> Variant:
    """Three hundred days of demand for a variant that the supplier sells in packs of six."""
    variant: Variant = room.data.make_variant(stock={room.house: 5})
    room.sells(variant, pack=6)
    set_reorder_policy(variant.id, None, 5, 30)
    today = clock.day_of(clock.now(), shop().time_zone())
    dice = random.Random(1)
    DailyDemand.objects.bulk_create(
        DailyDemand(
            variant_id=variant.id, country="US", day=today - timedelta(days=back), units=dice.randint(0, 4)
        )
        for back in range(1, DAYS + 1)
    )
    DemandCursor.objects.create(
        pk=1, zone=shop().time_zone(), since=today - timedelta(days=DAYS), through=today, full_on=today
    )
    return variant


def ask(room: Room, query: str, permission: str = "MANAGE_PRODUCTS", **variables: Any) -> dict[str, Any]:
    token = room.data.make_asker(AskerKind.STAFF, permission)[1]
    answer = view(request(token, {"query": query, "variables": variables}), "")
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_rules_stand_side_by_side_and_nothing_else_is_written(room: Room, sold: Variant) -> None:
    asked = ask(room, RUN, days=90)["data"]["restockBacktestRun"]["backtest"]
    assert asked["state"] == "QUEUED"
    drain()
    found = ask(room, READ, id=asked["id"])["data"]["restockBacktest"]
    assert (found["state"], found["done"], found["total"], found["needs"]) == ("DONE", 1, 1, 1)
    columns = {column["key"]: column for column in found["columns"]}
    assert {"cost", "service-95", "limits", "cover-9-30", "cover-14-42", "clairvoyant"} <= set(columns)
    assert all(column["orderLines"] > 0 for column in columns.values())
    least = min(float(column["cost"]["amount"]) for column in columns.values())
    assert float(columns["clairvoyant"]["cost"]["amount"]) == least > 0
    assert columns["clairvoyant"]["fill"] == 1.0
    assert 0.5 < columns["cost"]["fill"] <= 1.0
    assert not PurchaseOrder.objects.exists()
    assert not Suggestion.objects.exists()
    assert not StockMovement.objects.exists()
    assert room.on_hand(sold.id) == 5


def test_the_same_question_has_the_same_answer(room: Room, sold: Variant) -> None:
    results = []
    for _ in range(2):
        row = run_backtest(ask_backtest(60, queue=False).pk)
        assert row
        results.append(row.result)
    assert results[0] == results[1]


def test_more_days_than_are_known_are_refused_by_name(room: Room, sold: Variant) -> None:
    with pytest.raises(Invalid) as caught:
        ask_backtest(280)
    assert caught.value.field == "days"
    assert str(DAYS) in caught.value.message
    with pytest.raises(Invalids) as many:
        ask_backtest(10, warehouse_id="nowhere", services=[12], covers=[(42, 14)])
    assert [each.field for each in many.value.errors] == ["days", "warehouseId", "services.0", "covers.0"]
    assert not Backtest.objects.exists()


def test_without_a_history_there_is_nothing_to_replay(room: Room) -> None:
    with pytest.raises(Invalid, match="0 days of demand are known"):
        ask_backtest(60)


def test_only_staff_who_manage_products_ask_and_stop(room: Room, sold: Variant) -> None:
    refused = ask(room, RUN, "MANAGE_ORDERS", days=60)
    assert "PERMISSION_DENIED" in json.dumps(refused)
    assert not Backtest.objects.exists()
    key = ask(room, RUN, days=60)["data"]["restockBacktestRun"]["backtest"]["id"]
    stopped = ask(room, CANCEL, id=key)["data"]["restockBacktestCancel"]
    assert stopped["backtest"] == {"state": "FAILED", "error": "Cancelled."}
    again = ask(room, CANCEL, id=key)["data"]["restockBacktestCancel"]
    assert again["errors"] == [{"field": "id", "code": "CONFLICT"}]
    drain()
    assert Backtest.objects.get().attempts == 0


def test_switched_off_meanwhile(room: Room, sold: Variant) -> None:
    ask(room, RUN, days=60)
    room.data.configure_plugin("saleor_plugins.restock", active=False)
    drain()
    assert Backtest.objects.get().error == "Restocking was switched off."


def test_the_command_shows_and_writes_what_was_found(room: Room, sold: Variant, tmp_path: Path) -> None:
    out, err = StringIO(), StringIO()
    files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "csv", "json")}
    options = [f"--{kind}={path}" for kind, path in files.items()]
    call_command("backtest_restock", "--days=60", "--cover=7/21", *options, stdout=out, stderr=err)
    shown = out.getvalue()
    assert "Ours, by cost" in shown
    assert "Min/max 7/21 days" in shown
    page = files["html"].read_text()
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert page.count("<svg") == 2
    assert json.loads(files["json"].read_text())["needs"] == 1
    lines = files["csv"].read_text().splitlines()
    assert len(lines) == 1 + len(json.loads(files["json"].read_text())["columns"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--cover=14"], "cover: Must be two numbers"),
        (["--days=1"], "days: Must be"),
        (["--service=4"], "services.0"),
    ],
)
def test_the_command_names_what_is_wrong(room: Room, sold: Variant, options: list[str], said: str) -> None:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("backtest_restock", *options, stdout=StringIO(), stderr=err)
    assert ended.value.code == 1
    assert said in err.getvalue()
