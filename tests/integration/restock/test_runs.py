"""A run's own life: one at a time for each scope, taken over when dead, rehearsed without a trace."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from saleor_plugins.delivery import Message, Retry
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.kernel.ids import new_id
from saleor_plugins.restock.models import (
    DailyDemand,
    PurchaseOrder,
    PurchaseOrderLine,
    RestockRun,
    ShopFigure,
    Suggestion,
)
from saleor_plugins.restock.tasks import runs as tasks
from saleor_plugins.restock.usecases import suggest as module
from saleor_plugins.restock.usecases.suggest import suggest

from .rooms import Room, events


def running(minutes: int, warehouse_id: str = "") -> RestockRun:
    at = clock.now() - timedelta(minutes=minutes)
    return RestockRun.objects.create(started=at, seen_at=at, warehouse_id=warehouse_id)


def test_a_run_says_how_far_it_came_and_what_it_found(room: Room) -> None:
    for _ in range(2):
        room.make_low()
    done = suggest()
    row = RestockRun.objects.get()
    assert (row.state, row.done, row.total, row.needs) == ("DONE", 2, 2, 2)
    (told,) = events("restock.suggested")
    assert (told["variants"], told["needs"], len(told["purchaseOrderIds"])) == (2, 2, len(done.order_ids))
    suggest(variant_ids=[room.low[0].id])
    assert RestockRun.objects.count() == 1, "a look at named variants is no run"


def test_one_run_at_a_time_for_each_scope(room: Room) -> None:
    room.make_low()
    running(5)
    with pytest.raises(Conflict):
        suggest()
    assert not Suggestion.objects.exists()
    suggest(warehouse_id=room.house.id)
    assert Suggestion.objects.count() == 1


def test_a_dead_run_is_taken_over_and_cannot_go_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = running(11)
    room.make_low()
    suggest()
    dead.refresh_from_db()
    assert (dead.state, Suggestion.objects.count()) == ("FAILED", 1)
    real = module.draft_orders

    def overtaken(*args: object, **kwargs: object) -> object:
        RestockRun.objects.filter(state="RUNNING").update(state="FAILED")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "draft_orders", overtaken)
    with pytest.raises(Conflict):
        suggest()


def test_a_run_that_fails_says_why_and_frees_its_scope(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.make_low()
    monkeypatch.setattr(module, "draft_orders", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        suggest()
    row = RestockRun.objects.get()
    assert (row.state, row.error) == ("FAILED", "ZeroDivisionError: division by zero")
    monkeypatch.undo()
    suggest()
    assert PurchaseOrderLine.objects.count() == 1


def test_a_worker_waits_for_the_run_before_it(room: Room) -> None:
    running(1)
    message = Message(id=new_id(), topic="restock.run_due", data={}, attempt=1, created=clock.now())
    with pytest.raises(Retry):
        tasks.replenish(message)


def test_a_dry_run_tells_everything_and_writes_nothing(room: Room) -> None:
    variant = room.make_low(2, 20, pack=12)
    room.sell_daily(variant, 1, days=3)
    out = StringIO()
    call_command("suggest_restock", "--dry-run", stdout=out, stderr=StringIO())
    assert f" x {variant.sku}" in out.getvalue()
    assert "1 variants, 1 needs; nothing was written." in out.getvalue()
    for model in (Suggestion, PurchaseOrder, RestockRun, ShopFigure, DailyDemand):
        assert not model.objects.exists(), model
    assert events("purchase_order.proposed") == events("restock.suggested") == []
    out = StringIO()
    call_command("suggest_restock", "--dry-run", "--json", stdout=out, stderr=StringIO())
    rehearsed = json.loads(out.getvalue())
    out = StringIO()
    call_command("suggest_restock", "--json", stdout=out, stderr=StringIO())
    written = json.loads(out.getvalue())
    assert (rehearsed["written"], written["written"]) == (False, True)
    assert [row["lines"] for row in rehearsed["orders"]] == [row["lines"] for row in written["orders"]]
    assert PurchaseOrderLine.objects.get().ordered % 12 == 0


def test_the_command_names_what_is_not_there(room: Room) -> None:
    errors = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("suggest_restock", "--warehouse", "nowhere", stdout=StringIO(), stderr=errors)
    assert caught.value.code == 1
    assert "no such warehouse" in errors.getvalue()
