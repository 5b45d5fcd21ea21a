"""karrio's adapter, with karrio itself: its generic carrier needs no network, DHL's answers are recorded.

Run it where the extra is installed: ``pip install karrio karrio-generic karrio-dhl-universal jinja2``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from saleor_plugins.carriers import NotInstalled, Party, Refused, Sending
from saleor_plugins.carriers.karrio import Karrio
from saleor_plugins.kernel.errors import Invalid

VAN = {
    "display_name": "Our van",
    "custom_carrier_name": "our_van",
    "account_country_code": "DE",
    "services": [
        {
            "service_name": name, "service_code": name.lower(), "currency": "EUR", "transit_days": days,
            "active": True, "domicile": True, "international": True, "max_weight": 30, "weight_unit": "KG",
            "zones": [
                {"rate": price, "country_codes": ["DE"]}, {"rate": 3 * price, "country_codes": ["FR"]},
            ],
        }
        for name, price, days in (("Express", 9.95, 1), ("Standard", 4.9, 2))
    ],
}  # fmt: skip
HERE = Party("DE", "20095", "Hamburg", street=("Speicherstadt 1",), company="Shop")
THERE = Party("FR", "75001", "Paris", street=("1 Rue A", "2e"), name="Ada Żółć", phone="+33 1")
SENDING = Sending(HERE, THERE, 2500, "1043")
DHL = {
    "shipments": [
        {
            "id": "00340434", "service": "parcel-de", "details": {"receiver": {"name": "Ada"}},
            "status": {"statusCode": "delivered", "timestamp": "2026-03-02T14:03:00"},
            "events": [
                {"timestamp": "2026-03-02T14:03:00", "statusCode": "delivered", "description": "Delivered",
                 "location": {"address": {"addressLocality": "Paris"}}},
                {"timestamp": "2026-03-01T08:00:00", "statusCode": "transit", "description": "Sorted"},
                {"timestamp": "2026-03-01T07:00:00", "statusCode": "pre-transit", "description": "Announced"},
            ],
        }
    ]
}  # fmt: skip


def test_without_karrio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from saleor_plugins.carriers import karrio

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(karrio, "import_module", missing)
    with pytest.raises(NotInstalled) as refused:
        Karrio("generic", VAN)
    assert (refused.value.field, refused.value.code) == ("api", "NOT_INSTALLED")


@pytest.fixture
def van() -> Karrio:
    pytest.importorskip("karrio.sdk", reason="the extra carriers is not installed")
    return Karrio("generic", VAN)


def test_quotes_of_a_rate_sheet(van: Karrio) -> None:
    quotes = van.quotes(SENDING)
    assert [(row.service, row.amount, row.currency, row.transit_days) for row in quotes] == [
        ("standard", 1470, "EUR", 2),
        ("express", 2985, "EUR", 1),
    ]
    assert van.quotes(Sending(HERE, HERE, 500))[0].amount == 490


def test_what_is_too_heavy_has_no_quote(van: Karrio) -> None:
    try:
        assert van.quotes(Sending(HERE, THERE, 90_000)) == []
    except Refused as error:
        assert error.code == "CARRIER_REFUSED"


def test_a_label(van: Karrio) -> None:
    label = van.label(SENDING, "standard", "ZPL")
    assert label.tracking_number and label.format == "ZPL"
    assert label.content.strip().startswith(b"^XA")


def test_a_carrier_that_says_no(van: Karrio, monkeypatch: pytest.MonkeyPatch) -> None:
    models = van._models

    class No:
        def create(self, request: object) -> No:
            return self

        def from_(self, gateway: object) -> No:
            return self

        def parse(self) -> tuple[None, list[object]]:
            return None, [models.Message("x", "x", message="Ada Żółć has moved", code="E17")]

    monkeypatch.setattr(van._sdk, "Shipment", No())
    with pytest.raises(Refused) as refused:
        van.label(SENDING, "standard", "ZPL")
    assert "E17" in refused.value.message and "Ada" not in refused.value.message


def test_an_answer_that_was_lost_is_no_refusal(
    van: Karrio, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*arguments: object, **named: object) -> None:
        raise TimeoutError("the line is dead")

    monkeypatch.setattr(type(van._gateway.proxy), "create_shipment", broken)
    with pytest.raises(RuntimeError):
        van.label(SENDING, "standard", "ZPL")
    # karrio would print the request with its variables.
    assert "Ada" not in capfd.readouterr().err


def test_settings_that_are_none(van: Karrio) -> None:
    for kind, settings in (("nobody", {}), ("generic", {"colour": 1})):
        with pytest.raises(Invalid) as refused:
            Karrio(kind, settings)
        assert refused.value.field == "apiSettings"


def test_scans_of_a_real_carrier(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = pytest.importorskip(
        "karrio.mappers.dhl_universal.proxy", reason="karrio-dhl-universal is missing"
    )
    monkeypatch.setattr(proxy, "http", lambda **named: json.dumps(DHL))
    found = Karrio("dhl_universal", {"consumer_key": "key", "consumer_secret": "s"}).scans(["00340434"])
    assert [(row.tracking_number, row.scan.state, row.scan.at, row.scan.place) for row in found] == [
        ("00340434", "DELIVERED", datetime(2026, 3, 2, 14, 3, tzinfo=UTC), "Paris"),
        ("00340434", "IN_TRANSIT", datetime(2026, 3, 1, 8, tzinfo=UTC), ""),
    ]
    assert len({row.scan.external_id for row in found}) == 2
    # Another parcel's scans are not taken for ours.
    assert Karrio("dhl_universal", {"consumer_key": "key", "consumer_secret": "s"}).scans(["other"]) == []


def test_a_carrier_that_takes_no_label_back(van: Karrio) -> None:
    with pytest.raises(Refused):
        van.void("126123490348", "standard")


def test_a_label_that_is_taken_back(van: Karrio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some sixty carriers answer in one shape; an answer that was lost is not a no."""
    from karrio.core.models import ConfirmationDetails, Message

    answers = [
        (ConfirmationDetails("generic", "our_van", True, "Cancel"), []),
        (None, [Message("generic", "our_van", code="503")]),
        (
            ConfirmationDetails("generic", "our_van", False, "Cancel"),
            [Message("generic", "our_van", code="X1")],
        ),
    ]
    asked = []

    class Cancel:
        def cancel(self, request):
            asked.append((request.shipment_identifier, request.service))
            return self

        def from_(self, gateway):
            return self

        def parse(self):
            return answers.pop(0)

    monkeypatch.setattr(van._sdk, "Shipment", Cancel())
    van.void("S1", "standard")
    with pytest.raises(RuntimeError):
        van.void("S1", "standard")
    with pytest.raises(Refused, match="X1"):
        van.void("S1", "standard")
    assert asked == [("S1", "standard")] * 3
