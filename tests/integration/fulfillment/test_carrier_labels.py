"""Labels from a carrier's own service: bought once, and never again while nobody knows what became of the last."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from saleor_plugins.carriers import Label, NotInstalled, Quote, Refused
from saleor_plugins.carriers.scans import Reported
from saleor_plugins.delivery import relay
from saleor_plugins.fulfillment.domain.parcels.shipment import Scan, Source
from saleor_plugins.fulfillment.models import Shipment, ShipmentLabel
from saleor_plugins.fulfillment.tasks.parcels import find_polls
from saleor_plugins.fulfillment.usecases import carrier_label, carrier_set
from saleor_plugins.fulfillment.usecases.change_shipment import mark_delivered
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from tests.integration.fulfillment.parcels import BASE, carrier, sent
from tests.integration.fulfillment.queries import done, refused

ERRORS = "errors { field message code }"
QUOTES = """query($id: ID!, $c: ID!, $g: Int) { shipmentQuotes(id: $id, carrierId: $c, grams: $g) {
  service name price { amount currency } transitDays } }"""
BUY = f"""mutation($id: ID!, $c: ID!, $g: Int, $again: Boolean, $form: String, $key: String) {{
  shipmentLabelBuy(id: $id, carrierId: $c, service: "standard", grams: $g, again: $again, format: $form,
  idempotencyKey: $key) {{ trackingNumber format url {ERRORS} }} }}"""
SHIPMENTS = (
    "query($id: ID!) { shipments(orderId: $id) { trackingNumber label { state url service format } } }"
)
SET = f"""mutation($id: ID, $api: String, $settings: String) {{
  carrierSet(id: $id, name: "Bird", api: $api, apiSettings: $settings) {{ carrier {{ api }} {ERRORS} }} }}"""


class Service:
    """A carrier's service that does as it is told."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Any = None
        self.known: list[Reported] = []
        self.in_transaction = False

    def quotes(self, sending: Any) -> list[Quote]:
        self.asked.append(sending)
        return [Quote("standard", "Standard", 490, "EUR", 2)]

    def label(self, sending: Any, service: str, form: str) -> Label:
        self.asked.append(sending)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Label(f"L{len(self.asked)}", b"^XA of Ada ^XZ", form)

    def scans(self, numbers: Any) -> list[Reported]:
        self.asked.append(list(numbers))
        return self.known


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service()
    for module in (carrier_label, carrier_set):
        monkeypatch.setattr(module, "connect", lambda kind, settings: made)
    return made


@pytest.fixture
def bird(service: Service) -> Any:
    return carrier("Bird", api="generic", api_settings='{"consumer_key": "very secret"}')


def ids(row: Shipment, by: Any) -> dict[str, Any]:
    return {"id": to_global("Shipment", row.pk), "c": to_global("Carrier", by.pk), "g": 500}


def test_quotes_say_who_sends_to_whom(router, staff, service, bird) -> None:
    row = sent(router, postal_code="10001")
    (quote,) = router.ask(QUOTES, staff, **ids(row, bird))["data"]["shipmentQuotes"]
    assert quote["price"] == {"amount": "4.90", "currency": "EUR"}
    (sending,) = service.asked
    assert (sending.shipper.company, sending.recipient.name, sending.grams) == ("Here", "Ada Shopper", 500)
    assert sending.recipient.postal_code == "10001"
    assert sending.reference == router.shop.order(row.order_id).number


def test_a_weight_must_be_known(router, staff, service, bird) -> None:
    row = sent(router)
    answer = router.ask(QUOTES, staff, **{**ids(row, bird), "g": None})
    assert answer["errors"][0]["extensions"]["exception"] == {"code": "REQUIRED", "field": "grams"}
    assert refused(router.ask(BUY, staff, **{**ids(row, bird), "g": 0}), "shipmentLabelBuy") == [
        ("grams", "INVALID")
    ]
    assert service.asked == []


def test_a_label_is_bought_once(router, staff, client, service, bird) -> None:
    row = sent(router)
    shown = done(router.ask(BUY, staff, **ids(row, bird), form="ZPL"), "shipmentLabelBuy")
    assert (shown["trackingNumber"], shown["format"]) == ("L1", "ZPL")
    stored = Shipment.objects.get(pk=row.pk)
    assert (stored.tracking_number, stored.carrier_id) == ("L1", bird.pk)
    assert router.shop.fulfillments(row.order_id)[0].tracking_number == "L1"
    again = done(router.ask(BUY, staff, **ids(row, bird)), "shipmentLabelBuy")
    assert again["trackingNumber"] == "L1" and len(service.asked) == 1
    answer = client.get(shown["url"].removeprefix("http://testserver"))
    assert answer.content == b"^XA of Ada ^XZ" and answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"].startswith("text/plain")
    (listed,) = router.ask(SHIPMENTS, staff, id=row.order_id)["data"]["shipments"]
    assert listed["label"]["state"] == "DONE"
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM ops_fulfillment_shipmentlabel")
        assert "XkFYQ" not in cursor.fetchone()[0]


def test_a_refusal_frees_the_parcel(router, staff, service, bird) -> None:
    row = sent(router)
    service.answer = Refused("The carrier refused: E17.", field="carrierId")
    for _ in range(2):
        answer = refused(router.ask(BUY, staff, **ids(row, bird)), "shipmentLabelBuy")
        assert answer == [("carrierId", "CARRIER_REFUSED")]
    service.answer = None
    assert done(router.ask(BUY, staff, **ids(row, bird)), "shipmentLabelBuy")["trackingNumber"]
    assert list(ShipmentLabel.objects.order_by("pk").values_list("state", flat=True)) == ["FAILED"] * 2 + [
        "DONE"
    ]


def test_a_lost_answer_is_not_repeated_blindly(router, staff, service, bird) -> None:
    row = sent(router)
    service.answer = TimeoutError("Ada Shopper, 1 Main Street")
    answer = router.ask(BUY, staff, **ids(row, bird), key="k")
    assert refused(answer, "shipmentLabelBuy") == [("id", "UNKNOWN_OUTCOME")]
    assert "Ada" not in str(answer)
    service.answer = None
    for key in ("k", None):
        again = router.ask(BUY, staff, **ids(row, bird), key=key)
        assert refused(again, "shipmentLabelBuy") == [("id", "UNKNOWN_OUTCOME")]
    assert len(service.asked) == 1
    shown = done(router.ask(BUY, staff, **ids(row, bird), again=True), "shipmentLabelBuy")
    assert shown["trackingNumber"] == "L2"


def test_a_purchase_that_died_is_an_unknown_outcome(router, staff, service, bird) -> None:
    row = sent(router)
    label = ShipmentLabel.objects.create(
        shipment=row, carrier=bird, service="standard", format="PDF", created=clock.now()
    )
    answer = refused(router.ask(BUY, staff, **ids(row, bird), again=True), "shipmentLabelBuy")
    assert answer == [("id", "IN_PROGRESS")]
    ShipmentLabel.objects.filter(pk=label.pk).update(created=clock.now() - timedelta(minutes=11))
    answer = refused(router.ask(BUY, staff, **ids(row, bird)), "shipmentLabelBuy")
    assert answer == [("id", "UNKNOWN_OUTCOME")]
    done(router.ask(BUY, staff, **ids(row, bird), again=True), "shipmentLabelBuy")
    assert len(service.asked) == 1


def test_a_number_that_was_not_set_is_set_by_the_next_call(router, staff, service, bird, monkeypatch) -> None:
    row = sent(router)

    def die(*arguments: Any, **named: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(carrier_label, "set_tracking", die)
        with pytest.raises(SystemExit):
            carrier_label.buy_label(row.pk, bird.pk, "standard", grams=5)
    assert Shipment.objects.get(pk=row.pk).tracking_number == ""
    done(router.ask(BUY, staff, **ids(row, bird)), "shipmentLabelBuy")
    assert Shipment.objects.get(pk=row.pk).tracking_number == "L1" and len(service.asked) == 1


def test_what_cannot_be_labelled_is_refused(router, staff, service, bird) -> None:
    row, plain = sent(router), carrier("Plain")
    assert refused(router.ask(BUY, staff, **ids(row, plain)), "shipmentLabelBuy") == [
        ("carrierId", "CONFLICT")
    ]
    assert refused(router.ask(BUY, staff, **ids(row, bird), form="DOCX"), "shipmentLabelBuy") == [
        ("format", "INVALID")
    ]
    mark_delivered(row.pk)
    assert refused(router.ask(BUY, staff, **ids(row, bird)), "shipmentLabelBuy") == [("state", "CONFLICT")]
    assert service.asked == []


def test_a_carrier_s_service_is_set_and_never_shown(router, staff, monkeypatch, service) -> None:
    mine = to_global("Carrier", carrier("Old").pk)
    for settings in ("[]", "{", '"x"'):
        answer = router.ask(SET, staff, id=mine, api="generic", settings=settings)
        assert refused(answer, "carrierSet") == [("apiSettings", "INVALID")]
    shown = done(
        router.ask(SET, staff, id=mine, api="generic", settings='{"key": "very secret"}'), "carrierSet"
    )
    assert shown["carrier"]["api"] == "generic" and "very secret" not in str(shown)
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_settings FROM ops_fulfillment_carrier")
        assert "secret" not in cursor.fetchone()[0]

    def missing(kind: str, settings: str) -> None:
        raise NotInstalled("Install saleor-plugins[carriers] first.", field="api")

    monkeypatch.setattr(carrier_set, "connect", missing)
    answer = refused(router.ask(SET, staff, id=mine, api="generic"), "carrierSet")
    assert answer == [("api", "NOT_INSTALLED")]
    assert done(router.ask(SET, staff, id=mine, api=""), "carrierSet")["carrier"]["api"] == ""


def test_a_carrier_is_asked_about_its_parcels(router, service, bird) -> None:
    under_way, arrived = sent(router, "N1", carrier=bird), sent(router, "N2", carrier=bird)
    sent(router, "N3")
    mark_delivered(arrived.pk)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    service.known = [Reported("N1", Scan("IN_TRANSIT", at, Source.CARRIER, "e1"))]
    find_polls()
    find_polls()
    relay.drain()
    assert service.asked == [["N1"]]
    assert Shipment.objects.get(pk=under_way.pk).state == "IN_TRANSIT"
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        find_polls()
        relay.drain()
    assert len(service.asked) == 2
    assert Shipment.objects.get(pk=under_way.pk).events.filter(source="CARRIER").count() == 1


def test_labels_are_for_staff(router, client, service, bird) -> None:
    row = sent(router)
    done(router.ask(BUY, router.token("MANAGE_ORDERS"), **ids(row, bird)), "shipmentLabelBuy")
    url = f"{BASE}documents/label/?id={to_global('Shipment', row.pk)}"
    assert client.get(url).status_code == 403
    staff = {"HTTP_AUTHORIZATION": f"Bearer {router.token('MANAGE_ORDERS')}"}
    assert client.get(url, **staff).status_code == 200
    other = to_global("Shipment", sent(router).pk)
    assert client.get(f"{BASE}documents/label/?id={other}", **staff).status_code == 404


def test_the_whole_way_with_karrio(router, staff, client) -> None:
    """The extra itself, with the carrier that needs no account and no network."""
    pytest.importorskip("karrio.sdk", reason="the extra carriers is not installed")
    from tests.unit.fulfillment.test_carrier_karrio import VAN

    mine = to_global("Carrier", carrier("Van").pk)
    done(router.ask(SET, staff, id=mine, api="generic", settings=json.dumps(VAN)), "carrierSet")
    row = sent(router, home="DE", country="DE", postal_code="20095")
    asked = {"id": to_global("Shipment", row.pk), "c": mine, "g": 500}
    quotes = router.ask(QUOTES, staff, **asked)["data"]["shipmentQuotes"]
    assert [quote["service"] for quote in quotes] == ["standard", "express"]
    shown = done(router.ask(BUY, staff, **asked, form="ZPL"), "shipmentLabelBuy")
    assert Shipment.objects.get(pk=row.pk).tracking_number == shown["trackingNumber"] != ""
    assert client.get(shown["url"].removeprefix("http://testserver")).content.strip().startswith(b"^XA")
