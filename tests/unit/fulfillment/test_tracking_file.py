"""Tracking files and carriers' messages: every mistake has its line or its field, and nothing else stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.carriers.scans import MOST_EVENTS, read_events
from saleor_plugins.fulfillment.domain.parcels.tracking_file import Problem, TrackingLine, read_tracking
from saleor_plugins.kernel.errors import Invalid

# A machine that is busy is no fault of the code.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = {"trackingNumber": "1Z", "status": "DELIVERED", "at": "2026-03-01T10:00:00+01:00", "id": "7"}


def read(text: str) -> list[TrackingLine | Problem]:
    return list(read_tracking(text.splitlines(keepends=True), NOW))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_lines_are_read_whatever_separates_them(mark: str) -> None:
    text = "\ufeffOrder,Fulfillment,tracking_number,carrier,status,time\n".replace(",", mark)
    text += "#12,,1Z9,DHL,out for delivery,2026-03-01T10:00:00Z\n\n,RnU=,2Z,,,\n".replace(",", mark)
    assert read(text) == [
        TrackingLine(2, "12", "", "1Z9", "DHL", "OUT_FOR_DELIVERY", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        TrackingLine(4, "", "RnU=", "2Z", "", "", None),
    ]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (",,1Z,,,", "order", "REQUIRED"),
        ("1,,,,,", "tracking_number", "REQUIRED"),
        ("1,,1Z,,LOST,", "status", "INVALID"),
        ("1,,1Z,,CREATED,", "status", "INVALID"),
        ("1,,1Z,,CANCELED,", "status", "INVALID"),
        ("1,,1Z,,,2026-03-01T10:00:00Z", "time", "INVALID"),
        ("1,,1Z,,DELIVERED,yesterday", "time", "INVALID"),
        ("1,,1Z,,DELIVERED,2026-03-01T10:00:00", "time", "INVALID"),
        ("1,,1Z,,DELIVERED,2026-03-09T10:00:00Z", "time", "INVALID"),
        (f"1,,{'1' * 256},,,", "tracking_number", "INVALID"),
        ("1,,1\x00Z,,,", "tracking_number", "INVALID"),
        ("1,,1Z", "", "INVALID"),
    ],
)
def test_a_bad_line_says_where(line: str, column: str, code: str) -> None:
    text = f"order,fulfillment,tracking_number,carrier,status,time\n2,,2Z,,,\n{line}\n3,,3Z,,,\n"
    first, bad, last = read(text)
    assert isinstance(first, TrackingLine) and isinstance(last, TrackingLine)
    assert isinstance(bad, Problem)
    assert (bad.line, bad.column, bad.code) == (3, column, code)


@pytest.mark.parametrize(
    "heading", ["", "tracking_number", "order", "order,tracking_number,colour", "order,order,status"]
)
def test_a_bad_heading_stops_at_once(heading: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(f"{heading}\n1,2\n")
    assert refused.value.field == "csv"


@UNHURRIED
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_lines_or_problems(text: str) -> None:
    for row in read(f"order,tracking_number,status,time\n{text}"):
        assert isinstance(row, TrackingLine | Problem)


def test_events_become_scans() -> None:
    (found,) = read_events({"events": [{**GOOD, "description": "left\nwith x", "place": "Bonn"}]}, NOW)
    assert (found.tracking_number, found.scan.state, found.scan.external_id) == ("1Z", "DELIVERED", "7")
    assert found.scan.at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (found.scan.description, found.scan.place) == ("left with x", "Bonn")


def test_an_event_without_an_id_is_the_same_when_it_comes_again() -> None:
    row = {**GOOD, "id": None}
    one, again, other = read_events({"events": [row, dict(row), {**row, "status": "RETURNED"}]}, NOW)
    assert one.scan.external_id == again.scan.external_id != other.scan.external_id
    assert one.scan.external_id.startswith("made:")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"trackingNumber": ""}, "events[0].trackingNumber"),
        ({"trackingNumber": 12}, "events[0].trackingNumber"),
        ({"trackingNumber": "1\n2"}, "events[0].trackingNumber"),
        ({"status": "LOST"}, "events[0].status"),
        ({"status": None}, "events[0].status"),
        ({"at": "soon"}, "events[0].at"),
        ({"at": "2026-03-01T10:00:00"}, "events[0].at"),
        ({"at": (NOW + timedelta(days=2)).isoformat()}, "events[0].at"),
        ({"id": "x" * 151}, "events[0].id"),
        ({"id": {"$ne": 1}}, "events[0].id"),
        ({"description": ["x"]}, "events[0].description"),
        ({"colour": "red"}, "events[0]"),
    ],
)
def test_a_bad_event_names_its_field(change: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_events({"events": [{**GOOD, **change}]}, NOW)
    assert refused.value.field == field


@pytest.mark.parametrize("body", [None, [], "x", {}, {"events": []}, {"events": {}}, {"events": [1]}])
def test_a_bad_body_is_refused(body: object) -> None:
    with pytest.raises(Invalid):
        read_events(body, NOW)


def test_too_many_events_are_refused() -> None:
    assert len(read_events({"events": [GOOD] * MOST_EVENTS}, NOW)) == MOST_EVENTS
    with pytest.raises(Invalid):
        read_events({"events": [GOOD] * (MOST_EVENTS + 1)}, NOW)
