"""The reports as GraphQL, page, CSV and SVG, and who may see them."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import ReturnableLine, ReturnLine

from .rooms import Room

pytestmark = pytest.mark.django_db
BASE = "/plugins/saleor_plugins.returns/"
EVIL = '=HYPERLINK("http://x")<script>alert(1)</script>'
QUERY = """query($since: DateTime!, $until: DateTime!, $country: String!) {
  returnsReport(since: $since, until: $until, country: $country) {
    url unreceivedUnits
    rates { sold returned rate variants { sku sold returned rate reasons { reasonCode returned rate } } }
    costs { currency steps { step total amount { amount } } }
    times { stage count p50 p90 }
    deadlines { overdue soon later rows { number law due daysLeft withheld units } }
    unreceived { number units value { amount currency } }
    dispositions { disposition units grades { grade units } }
    retained { currency refunded { amount } share }
    customers { customers units rows { key userId orders returns units share cumulative } }
  } }"""


@pytest.fixture
def told(room: Room) -> Room:
    """An order of 4 and 2 units of which 2 and 1 came back, and one of 3 that nobody returned."""
    ReturnLine.objects.filter(rma=room.refunded(room.make_shipped(4, 2), 2, 1)).update(
        reason_code="TOO_SMALL"
    )
    room.make_shipped(3)
    ReturnableLine.objects.update(sku=EVIL, name="-2+3")
    return room


@pytest.fixture
def token(room: Room) -> str:
    return str(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])


def span() -> dict[str, str]:
    now = clock.now()
    return {"since": (now - timedelta(days=9)).isoformat(), "until": (now + timedelta(days=1)).isoformat()}


def get(client: Any, path: str, token: str = "", **more: str) -> Any:
    values = "&".join(f"{name}={quote(value)}" for name, value in {**span(), **more}.items())
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    return client.get(f"{BASE}reports/{path}?{values}", **headers)


def ask(client: Any, token: str, **more: str) -> Any:
    body = json.dumps({"query": QUERY, "variables": {**span(), "country": "", **more}})
    found = client.post(
        f"{BASE}graphql/", body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}"
    )
    return json.loads(found.content)


def test_all_of_it(told: Room, token: str, client: Any) -> None:
    found = ask(client, token)["data"]["returnsReport"]
    rates = found["rates"]
    assert (rates["sold"], rates["returned"], rates["rate"]) == (9, 3, pytest.approx(1 / 3))
    assert [(row["sold"], row["returned"], row["rate"]) for row in rates["variants"]] == [
        (4, 2, 0.5), (2, 1, 0.5)
    ]  # fmt: skip
    assert rates["variants"][0]["reasons"] == [{"reasonCode": "TOO_SMALL", "returned": 2, "rate": 0.5}]
    steps = {step["step"]: step["amount"]["amount"] for step in found["costs"][0]["steps"]}
    assert steps["RETURNED"] == steps["REFUNDED"] == steps["COST"] == "30.00"
    assert [stage["stage"] for stage in found["times"]] == ["APPROVAL", "TRANSPORT", "INSPECTION", "DECISION"]
    assert found["dispositions"] == [{"disposition": "RESTOCK", "units": 3, "grades": []}]
    assert found["retained"][0]["share"] == 0
    assert found["customers"]["rows"][0]["units"] == 3
    assert found["unreceivedUnits"] == 0
    assert ask(client, token, country="FR")["data"]["returnsReport"]["rates"]["sold"] == 0


def test_a_link_opens_page_and_files_without_a_token(told: Room, token: str, client: Any) -> None:
    url = urlsplit(ask(client, token)["data"]["returnsReport"]["url"]).path
    page = client.get(url)
    assert page.status_code == 200
    text = page.content.decode()
    assert "<script" not in text
    assert "HYPERLINK" in text
    assert "script" not in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store"
    for name in ("rates", "costs", "times", "deadlines", "dispositions", "retained", "customers"):
        picture = client.get(f"{url}{name}.svg")
        assert picture.status_code == 200, name
        assert picture["Content-Type"] == "image/svg+xml"
        assert b"<style>" in picture.content
        assert b"<script" not in picture.content
    for name in ("rates", "unreceived", "customers"):
        assert client.get(f"{url}{name}.csv").status_code == 200
    assert client.get(f"{url}unreceived.svg").status_code == 404
    assert client.get(f"{url}nothing.csv").status_code == 404
    assert client.get(url.replace("open/", "open/x")).status_code == 404


def test_a_link_ends(told: Room, token: str, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    url = urlsplit(ask(client, token)["data"]["returnsReport"]["url"]).path
    monkeypatch.setattr("saleor_plugins.returns.views.reports.AGE", -1)
    assert client.get(url).status_code == 410


def test_csv_runs_nothing(told: Room, token: str, client: Any) -> None:
    answer = get(client, "rates.csv", token)
    file = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(file))
    assert header[:3] == ["Variant", "SKU", "Product"]
    assert [row[1:6] for row in rows] == [
        ["'" + EVIL, "'-2+3", "4", "TOO_SMALL", "2"], ["'" + EVIL, "'-2+3", "2", "TOO_SMALL", "1"]
    ]  # fmt: skip
    assert answer["Content-Disposition"] == 'attachment; filename="returns-rates.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_who_may_not(told: Room, client: Any) -> None:
    _, customer = told.data.make_asker(AskerKind.CUSTOMER)
    _, other = told.data.make_asker(AskerKind.STAFF, "MANAGE_PRODUCTS")
    for token in ("", customer, other, "rubbish"):
        for path in ("", "rates.csv", "costs.svg"):
            assert get(client, path, token).status_code == 403
        assert ask(client, token)["errors"][0]["extensions"]["exception"]["code"] == "PERMISSION_DENIED"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"since": ""}, "since"),
        ({"since": "2026-02-30T00:00:00Z"}, "since"),
        ({"since": "2026-01-01T00:00:00"}, "since"),
        ({"until": "2020-01-01T00:00:00Z"}, "until"),
        ({"since": "1990-01-01T00:00:00Z"}, "since"),
        ({"country": "Germany"}, "country"),
        ({"channel": "x" * 300}, "channel"),
    ],
)
def test_bad_input_names_its_field(room: Room, token: str, client: Any, more: Any, field: str) -> None:
    answer = get(client, "", token, **more)
    assert answer.status_code == 400
    assert answer.content.decode().startswith(f"{field}: ")


def test_only_what_is_selected_is_counted(told: Room, token: str, client: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        get(client, "times.csv", token)
    assert not any("returnableline" in query["sql"] for query in queries)
    assert client.post(f"{BASE}reports/").status_code == 405


def test_the_command_writes_all_of_it(told: Room, tmp_path: Path) -> None:
    call_command("returns_report", folder=tmp_path, stderr=io.StringIO())
    written = {path.name for path in tmp_path.iterdir()}
    assert {"index.html", "rates.csv", "rates.svg", "costs.svg", "unreceived.csv"} <= written
    assert "HYPERLINK" in (tmp_path / "index.html").read_text()
    out = io.StringIO()
    call_command("returns_report", csv="dispositions", stdout=out)
    assert out.getvalue().lstrip("\ufeff").splitlines()[1] == '"RESTOCK","Back in stock","",3'
    with pytest.raises(SystemExit):
        call_command("returns_report", csv="rates", country="Germany", stderr=io.StringIO())
