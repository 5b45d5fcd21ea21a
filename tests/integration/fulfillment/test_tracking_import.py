"""Tracking numbers from files: checked whole, written whole or not at all."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.fulfillment.models import Shipment, ShipmentEvent
from saleor_plugins.fulfillment.usecases.change_shipment import cancel_shipment, mark_delivered
from saleor_plugins.fulfillment.usecases.tracking_import import CHUNK, plan_import
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import ShipItem
from tests.integration.fulfillment.parcels import carrier, sent
from tests.integration.fulfillment.queries import done, refused
from tests.integration.fulfillment.test_parcels import split

IMPORT = """mutation($csv: String!, $dry: Boolean, $skip: Boolean) {
  trackingImport(csv: $csv, dryRun: $dry, skipBad: $skip) {
  lines applied problems { line column message code } errors { field message code } } }"""
HEAD = "order,fulfillment,tracking_number,carrier,status,time\n"


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of the command."""
    out, errors = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_tracking", *arguments, stdout=out, stderr=errors)
    return int(ended.value.code or 0), out.getvalue(), errors.getvalue()


def stored(row: Shipment) -> tuple[str, str]:
    found = Shipment.objects.get(pk=row.pk)
    return found.tracking_number, found.state


def number(router, row: Shipment) -> str:
    return router.shop.order(row.order_id).number


def test_numbers_carriers_and_states_are_set(router, staff) -> None:
    post = carrier("Post")
    one, two = sent(router), sent(router)
    at = (clock.now() - timedelta(hours=1)).isoformat()
    csv = f"{HEAD}{number(router, one)},,1Z,post,,\n,{two.fulfillment_id},2Z,Post,delivered,{at}\n"
    answer = done(router.ask(IMPORT, staff, csv=csv), "trackingImport")
    assert (answer["lines"], answer["applied"], answer["problems"]) == (2, 2, [])
    assert stored(one) == ("1Z", "CREATED") and stored(two) == ("2Z", "DELIVERED")
    assert Shipment.objects.filter(carrier=post).count() == 2
    assert router.shop.fulfillments(one.order_id)[0].tracking_number == "1Z"
    events = ShipmentEvent.objects.filter(shipment=two, source="CSV").order_by("pk")
    assert [(row.verb, row.state) for row in events] == [("track", "CREATED"), ("deliver", "DELIVERED")]
    count = ShipmentEvent.objects.count()
    assert done(router.ask(IMPORT, staff, csv=csv), "trackingImport")["applied"] == 2
    assert ShipmentEvent.objects.count() == count


def test_one_bad_line_stops_all(router, staff) -> None:
    row = sent(router)
    csv = f"{HEAD}{number(router, row)},,1Z,,,\n999999,,2Z,,,\n,,3Z,,,\n"
    answer = done(router.ask(IMPORT, staff, csv=csv), "trackingImport")
    assert answer["applied"] == 0 and stored(row) == ("", "CREATED")
    assert [(bad["line"], bad["column"], bad["code"]) for bad in answer["problems"]] == [
        (3, "order", "NOT_FOUND"),
        (4, "order", "REQUIRED"),
    ]
    answer = done(router.ask(IMPORT, staff, csv=csv, skip=True), "trackingImport")
    assert (answer["applied"], len(answer["problems"])) == (1, 2)
    assert stored(row) == ("1Z", "CREATED")


def test_a_dry_run_changes_nothing(router, staff) -> None:
    row = sent(router)
    csv = f"{HEAD}{number(router, row)},,1Z,,DELIVERED,\n"
    answer = done(router.ask(IMPORT, staff, csv=csv, dry=True), "trackingImport")
    assert (answer["applied"], answer["problems"], stored(row)) == (0, [], ("", "CREATED"))


def test_a_parcel_that_no_hook_reported_is_found(router, staff) -> None:
    here = router.w.make_warehouse("Here")
    order = router.w.make_order([(router.w.make_variant(stock={here: 1}), 1)])
    router.shop.fulfill(order.id, [ShipItem(order.lines[0].id, here.id, 1)])
    csv = f"order;tracking_number\n#{order.number};1Z\n"
    assert done(router.ask(IMPORT, staff, csv=csv, dry=True), "trackingImport")["problems"] == []
    assert not Shipment.objects.exists()
    assert done(router.ask(IMPORT, staff, csv=csv), "trackingImport")["applied"] == 1
    assert Shipment.objects.get().tracking_number == "1Z"


def test_problems_that_only_the_shop_knows(router, staff) -> None:
    several = split(router, 2)
    gone, arrived = sent(router, "G"), sent(router, "A")
    cancel_shipment(gone.pk)
    mark_delivered(arrived.pk)
    empty = router.w.make_order([(router.w.make_variant(), 1)])
    first = Shipment.objects.filter(order_id=several.id).first()
    lines = [
        f"{several.number},,X,,,",
        f",{gone.fulfillment_id},,,DELIVERED,",
        f",{arrived.fulfillment_id},NEW,,,",
        f"{empty.number},,X,,,",
        f",{first.fulfillment_id},1,Nobody,,",
        f",{first.fulfillment_id},1,,,",
        f",{first.fulfillment_id},2,,,",
        f",{to_global('Fulfillment', 999999)},1,,,",
        "notanumber,,1,,,",
    ]
    plan = plan_import(io.StringIO(HEAD + "\n".join(lines)))
    assert [(row.line, row.column, row.code) for row in plan.problems] == [
        (2, "order", "AMBIGUOUS"),
        (3, "", "CONFLICT"),
        (4, "", "CONFLICT"),
        (5, "order", "NOT_FOUND"),
        (6, "carrier", "NOT_FOUND"),
        (8, "tracking_number", "DUPLICATE"),
        (9, "fulfillment", "NOT_FOUND"),
        (10, "order", "NOT_FOUND"),
    ]
    assert len(plan.steps) == 1


def test_a_bad_file_is_refused(router, staff) -> None:
    for csv in ("", "colour\nred\n", HEAD + "1,,1,,,\n" * 1001):
        assert refused(router.ask(IMPORT, staff, csv=csv), "trackingImport") == [("csv", "INVALID")]


def test_the_command(router, tmp_path: Path) -> None:
    row = sent(router)
    file = tmp_path / "numbers.csv"
    file.write_text(f"\ufeff{HEAD}{number(router, row)},,1Z,,,\n,,3Z,,,\n")
    code, out, errors = run(str(file))
    assert code == 1 and "line 3, order: Name the order or the fulfilment." in errors
    assert "2 lines: 1 good, 1 bad, 0 written." in out and "Nothing was changed." in out
    code, out, _ = run(str(file), "--skip-bad", "--dry-run")
    assert code == 1 and stored(row) == ("", "CREATED") and "Dry run" in out
    code, out, _ = run(str(file), "--skip-bad")
    assert code == 1 and stored(row) == ("1Z", "CREATED") and "1 written" in out
    file.write_text(f"{HEAD}{number(router, row)},,2Z,,,\n")
    assert run(str(file))[0] == 0 and stored(row) == ("2Z", "CREATED")
    assert run(str(tmp_path / "none.csv"))[0] == 2
    file.write_bytes(b"order,status\n\xff\xfe\n")
    assert run(str(file))[0] == 1


def test_a_parcel_that_changed_after_the_check_is_told_and_the_others_are_written(
    router, tmp_path: Path, monkeypatch
) -> None:
    from saleor_plugins.fulfillment.management.commands import import_tracking

    one, two = sent(router), sent(router)
    file = tmp_path / "numbers.csv"
    file.write_text(f"{HEAD},{one.fulfillment_id},1,,,\n,{two.fulfillment_id},2,,,\n")
    check = import_tracking.plan_import

    def late(*arguments, **named):
        plan = check(*arguments, **named)
        mark_delivered(one.pk)
        return plan

    monkeypatch.setattr(import_tracking, "plan_import", late)
    code, out, errors = run(str(file))
    assert code == 1 and "line 2, state" in errors and "1 written" in out
    assert stored(two) == ("2", "CREATED") and stored(one) == ("", "DELIVERED")


def test_ten_thousand_lines(router, tmp_path: Path, count_queries) -> None:
    rows = Shipment.objects.bulk_create(
        Shipment(
            order_id=to_global("Order", 10**6 + place), fulfillment_id=to_global("Fulfillment", place),
            warehouse_id="", items=[], created=clock.now(),
        )
        for place in range(1, 10_001)
    )  # fmt: skip
    lines = [f",{row.fulfillment_id},N{place},,," for place, row in enumerate(rows, 2)]
    lines[4999] = lines[4999].replace(",,,", ",,LOST,", 1).replace("N5001", "N5001")
    file = tmp_path / "many.csv"
    file.write_text(HEAD + "\n".join(lines))
    with count_queries() as seen:
        code, out, errors = run(str(file), "--dry-run")
    assert code == 1 and "10,000 lines: 9,999 good, 1 bad, 0 written." in out
    assert "line 5001" in errors and "10,000 lines checked" in errors
    assert len(seen) <= 3 * (10_000 // CHUNK) + 3
    assert not ShipmentEvent.objects.exists()


@pytest.fixture
def count_queries():
    return lambda: CaptureQueriesContext(connection)
