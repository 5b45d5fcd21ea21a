"""Rate cards as files: the commands, the API's CSV fields, 20,000 rows, what is wrong."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from saleor_plugins.fulfillment import store
from saleor_plugins.fulfillment.models import Rate, RateCard, RateZone
from tests.integration.fulfillment.queries import done, refused

CSV = "{ rateCardCsv(card: %s) { rates zones } }"
IMPORT = """mutation($card: String!, $currency: String, $rates: String!, $zones: String, $activate: Boolean,
    $dryRun: Boolean) {
  rateCardImport(card: $card, currency: $currency, rates: $rates, zones: $zones, activate: $activate,
      dryRun: $dryRun) {
    card { name active rateCount zoneCount }
    rateChanges { added changed removed same } zoneChanges { added changed removed same }
    errors { field message code } } }"""
RATES = """warehouse;destination;zone;service;up to km;up to grams;base;per kg;transit days
;DE;;;;1000;4,90;0,50;2
;DE;;;;;7,90;0,50;2
Berlin;;South;=Express;300;;19,00;0;1
;;;;;;25;2;
"""
ZONES = "zone,country,postalPrefix\nSouth,DE,8\nSouth,AT,\n"


@pytest.fixture
def berlin(router):
    return router.w.make_warehouse("Berlin", country="DE")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "rates.csv").write_bytes(RATES.replace("\n", "\r\n").encode("utf-8-sig"))
    (tmp_path / "zones.csv").write_text(ZONES)
    return str(tmp_path / "rates.csv"), str(tmp_path / "zones.csv")


def run(command: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output, errors."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_dry_run_says_what_would_change_and_changes_nothing(berlin, files) -> None:
    rates, zones = files
    arguments = ("import_rates", rates, "--card", "DHL", "--currency", "EUR", "--zones", zones)
    code, out, _ = run(*arguments, "--activate", "--dry-run")
    assert code == 0
    assert out.splitlines() == [
        'New card "DHL" in EUR, active.',
        "Rates: 4 added, 0 changed, 0 removed, 0 the same.",
        "Zones: 2 added, 0 changed, 0 removed, 0 the same.",
        "Dry run: nothing was changed.",
    ]
    assert not RateCard.objects.exists()
    code, _, told = run(*arguments, "--activate")
    assert (code, RateCard.objects.get().is_active) == (0, True)
    assert "Checking 4 rates" in told and "Writing 4 rates" in told
    code, out, _ = run("import_rates", rates, "--card", "DHL", "--zones", zones)
    assert "Rates: 0 added, 0 changed, 0 removed, 4 the same." in out
    Path(rates).write_text("base,destination,upToGrams\n5,DE,1000\n9,FR,\n")
    code, out, _ = run("import_rates", rates, "--card", "DHL", "--dry-run")
    assert "Rates: 1 added, 1 changed, 3 removed, 0 the same." in out
    assert Rate.objects.count() == 4


def test_out_and_in_again_changes_nothing(berlin, files, tmp_path) -> None:
    rates, zones = files
    run("import_rates", rates, "--card", "DHL", "--currency", "EUR", "--zones", zones)
    keys = set(Rate.objects.values_list("pk", flat=True)) | set(RateZone.objects.values_list("pk", flat=True))
    _, text, _ = run("export_rates", "--card", "DHL")
    assert f"{berlin.id},Berlin,,,South,'=Express,300,,19.00,0.00,0.00,1\r\n" in text
    _, places, _ = run("export_rates", "--card", "DHL", "--zones")
    Path(rates).write_text(text, newline="")
    Path(zones).write_text(places, newline="")
    _, out, _ = run("import_rates", rates, "--card", "DHL", "--zones", zones)
    assert "Rates: 0 added, 0 changed, 0 removed, 4 the same." in out
    assert "Zones: 0 added, 0 changed, 0 removed, 2 the same." in out
    after = set(Rate.objects.values_list("pk", flat=True)) | set(
        RateZone.objects.values_list("pk", flat=True)
    )
    assert after == keys
    assert Rate.objects.get(zone="South").service == "=Express"


def test_bad_lines_are_all_named_and_nothing_is_written(berlin, files) -> None:
    rates, zones = files
    Path(rates).write_text("base,destination,zone\n1,DE,\nx,UK,\n2,,North\n\n1,234.5,DE\n")
    Path(zones).write_text("zone,country\nSouth,ZZ\n")
    code, out, err = run("import_rates", rates, "--card", "DHL", "--currency", "EUR", "--zones", zones)
    assert (code, out) == (1, "")
    said = [line for line in err.splitlines() if ": Line" in line]
    assert said == [
        f"{rates}: Line 3, base: Must be a number such as 4.90.",
        f"{rates}: Line 3, destination: Must be a country code such as DE, or empty for any.",
        f"{rates}: Line 4, zone: The card has no such zone.",
        f"{rates}: Line 6, destination: Must be a country code such as DE, or empty for any.",
        f"{rates}: Line 6, zone: The card has no such zone.",
        f"{zones}: Line 2, country: Must be a country code such as DE, or empty for any.",
    ]
    assert err.splitlines()[-1] == "Nothing was changed."
    assert not RateCard.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("/no/such/file", "--card", "X"), 2, "No such file"),
        (("/", "--card", "X"), 2, "directory"),
        (("RATES", "--card", "X"), 1, "currency: Must be a currency code"),
        (("RATES", "--card", " "), 1, "card: Must have from 1 to 100"),
        (("RATES", "--card", "a\x00b", "--currency", "EUR"), 1, "card: Must have from 1 to 100"),
        (("RATES", "--card", "X", "--currency", "EUR"), 1, "Line 4, zone: The card has no such zone."),
    ],
)
def test_what_cannot_be_done_says_so(berlin, files, arguments, code, said) -> None:
    found, _, err = run("import_rates", *(files[0] if each == "RATES" else each for each in arguments))
    assert found == code and said in err
    assert not RateCard.objects.exists()


def test_a_file_in_another_encoding_names_its_line(berlin, files) -> None:
    Path(files[0]).write_bytes("base,service\n1,x\n2,Größe\n".encode("cp1252"))
    code, _, err = run("import_rates", files[0], "--card", "X", "--currency", "EUR")
    assert code == 1 and f"{files[0]}: Line 3: is not UTF-8. Save the file as CSV UTF-8." in err


def test_the_standard_input_is_a_file_too(berlin, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"base\n5\n")))
    code, out, _ = run("import_rates", "-", "--card", "X", "--currency", "JPY", "--verbosity", "0")
    assert code == 0 and "1 added" in out
    assert Rate.objects.get().base == 5


def test_export_of_nothing(berlin) -> None:
    assert run("export_rates", "--card", "X") == (1, "", "No such rate card.\n")


def test_twenty_thousand_rows(router, staff, berlin, django_assert_max_num_queries) -> None:
    lines = [f"{n % 90}.{n % 100:02},DE,S{n // 100},{n % 100 + 1}" for n in range(20_000)]
    text = "base,destination,service,upToGrams\n" + "\n".join(lines)
    with django_assert_max_num_queries(45):
        answer = router.ask(IMPORT, staff, card="Big", currency="EUR", rates=text, activate=True)
    payload = done(answer, "rateCardImport")
    assert payload["card"] == {"name": "Big", "active": True, "rateCount": 20_000, "zoneCount": 0}
    changed = text.replace("1.01,DE,S0,2\n", "1.02,DE,S0,2\n")
    with django_assert_max_num_queries(40):
        answer = router.ask(IMPORT, staff, card="Big", rates=changed)
    assert done(answer, "rateCardImport")["rateChanges"] == {
        "added": 0,
        "changed": 1,
        "removed": 0,
        "same": 19_999,
    }
    found = store.table("Big")
    assert found is not None and len(found.rates) == 20_000


def test_over_the_api_a_file_is_checked_the_same_way(router, staff, berlin) -> None:
    nowhere = "base,warehouse\n1,Nowhere\n1,Berlin\n"
    answer = router.ask(IMPORT, staff, card="DHL", currency="EUR", rates=nowhere)
    assert refused(answer, "rateCardImport") == [("rates.2.warehouse", "NOT_FOUND")]
    answer = router.ask(IMPORT, staff, card="DHL", currency="EUR", rates="base\nx\n", zones="zone\nA\n")
    assert refused(answer, "rateCardImport") == [("rates.2.base", "INVALID"), ("zones.1", "INVALID")]
    values: dict[str, Any] = {"card": "DHL", "currency": "EUR", "rates": RATES, "zones": ZONES}
    dry = done(router.ask(IMPORT, staff, **values, dryRun=True), "rateCardImport")
    assert dry["card"] is None and dry["rateChanges"]["added"] == 4
    assert not RateCard.objects.exists()
    payload = done(router.ask(IMPORT, staff, **values), "rateCardImport")
    assert payload["card"]["rateCount"] == 4 and payload["zoneChanges"]["added"] == 2
    csv = router.ask(CSV % '"DHL"', staff)["data"]["rateCardCsv"]
    again = {"card": "Copy", "currency": "EUR", **csv}
    assert done(router.ask(IMPORT, staff, **again), "rateCardImport")["rateChanges"]["added"] == 4
    assert router.ask(CSV % '"Copy"', staff)["data"]["rateCardCsv"] == csv
    (error,) = router.ask(CSV % '"None"', staff)["errors"]
    assert error["extensions"]["exception"] == {"code": "NOT_FOUND", "field": "card"}
