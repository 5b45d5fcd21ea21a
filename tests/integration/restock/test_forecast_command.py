"""``manage.py forecast``: reads, shows, and with --dry-run writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.platform.port import Variant
from saleor_plugins.restock.models import DailyDemand, DemandCursor, KitPart
from saleor_plugins.restock.usecases.forecast_demand import forecast_demand

from .rooms import Room

At = Callable[[datetime], None]
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("forecast", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def steady(room: Room, at: At) -> Variant:
    """Two a day for two months."""
    at(NOW)
    variant: Variant = room.data.make_variant(stock={room.house: 5})
    for back in range(60):
        room.data.make_sale(variant, 2, NOW - timedelta(days=back))
    return variant


def test_it_reads_and_shows_each_need(room: Room, steady: Variant) -> None:
    out, err = run()
    heading, line = out.splitlines()
    assert heading.split()[:3] == ["SKU", "warehouse", "a"]
    assert line.split()[:1] == [steady.sku[:24]]
    assert " 2.000 " in line
    assert " 56.0 " in line
    assert err.count("read ") == 40 + 1
    assert "60 rows changed" in err
    assert "1 forecasts" in err


def test_as_json(room: Room, steady: Variant) -> None:
    out, _ = run("--json", "--days", "10", "--variant", steady.id)
    found = json.loads(out)
    assert found["variantId"] == steady.id
    assert (found["perDay"], found["expected"]) == (pytest.approx(2), pytest.approx(20))
    assert (found["soldDays"], found["unusualDay"], found["share"]) == (59, None, 1.0)


def test_a_dry_run_writes_nothing(room: Room, steady: Variant) -> None:
    with CaptureQueriesContext(connection) as queries:
        out, err = run("--dry-run")
    verbs = {query["sql"].split()[0] for query in queries}
    assert verbs <= {"SELECT", "WITH"}
    assert not DailyDemand.objects.exists()
    assert "Would read the sales of 2023-03-25 to 2026-03-20" in err
    assert " 0.000 " in out


def test_rebuild_reads_everything_again(room: Room, steady: Variant) -> None:
    run()
    DailyDemand.objects.all().delete()
    assert "36 rows changed" in run()[1]
    DailyDemand.objects.all().delete()
    assert "60 rows changed" in run("--rebuild", "--verbosity", "0")[1]
    assert DemandCursor.objects.get().reading is None


def test_a_kit_is_not_forecast_itself(room: Room, steady: Variant) -> None:
    kit = room.data.make_variant(stock={room.house: 0})
    KitPart.objects.create(kit_id=kit.id, part_id=steady.id, quantity=1)
    (page,) = forecast_demand(7)
    assert [row.variant.id for row in page] == [steady.id]


@pytest.mark.parametrize("arguments", [("--days", "0"), ("--days", "366"), ("--variant", "nobody")])
def test_what_makes_no_sense_is_refused(room: Room, at: At, arguments: tuple[str, ...]) -> None:
    at(NOW)
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 1
