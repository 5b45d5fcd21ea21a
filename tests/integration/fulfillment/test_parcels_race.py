"""Reports about one parcel that arrive at the same moment: nothing twice, nothing lost, one state."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from saleor_plugins.carriers import Label, Sending
from saleor_plugins.carriers.scans import Reported
from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.domain.parcels.shipment import Scan, Source
from saleor_plugins.fulfillment.models import Shipment, ShipmentEvent, ShipmentLabel, StrayScan
from saleor_plugins.fulfillment.usecases import carrier_label, carrier_set
from saleor_plugins.fulfillment.usecases.carrier_events import apply_events, settle_strays
from saleor_plugins.fulfillment.usecases.change_shipment import mark_delivered, set_tracking
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict
from tests.integration.fulfillment.conftest import Router
from tests.integration.fulfillment.parcels import carrier, sent
from tests.integration.fulfillment.test_race import together
from tests.shopdata import world

WAY = ("IN_TRANSIT", "EXCEPTION", "OUT_FOR_DELIVERY", "DELIVERED")


@pytest.fixture
def router(transactional_db: None) -> Router:
    made = Router(world())
    made.switch()
    return made


def told(*numbers: str) -> list[Reported]:
    ago = clock.now() - timedelta(hours=1)
    return [
        Reported(number, Scan(state, ago + timedelta(minutes=place), Source.CARRIER, f"{number}-{place}"))
        for number in numbers
        for place, state in enumerate(WAY)
    ]


def shuffled(rows: list[Reported], seed: int) -> list[Reported]:
    return random.Random(seed).sample(rows, len(rows))


def test_eight_messages_about_three_parcels_at_once(router) -> None:
    post = carrier()
    rows = [sent(router, number) for number in ("A", "B", "C")]
    reports = told("A", "B", "C")
    results = together(
        *[lambda seed=seed: apply_events(post.pk, shuffled(reports, seed)) for seed in range(8)]
    )
    assert results == [None] * 8
    for row in rows:
        assert Shipment.objects.get(pk=row.pk).state == "DELIVERED"
        ledger = ShipmentEvent.objects.filter(shipment=row, source="CARRIER")
        assert sorted(ledger.values_list("state", flat=True)) == sorted(WAY)
    assert Event.objects.filter(topic="shipment.delivered").count() == 3
    assert sum("was delivered" in note for row in rows for note in router.w.notes(row.order_id)) == 3


@pytest.mark.parametrize("seed", range(5))
def test_a_number_that_arrives_with_its_first_scans(router, seed: int) -> None:
    post = carrier()
    row = sent(router)
    results = together(
        lambda: set_tracking(row.pk, "N"),
        lambda: apply_events(post.pk, shuffled(told("N"), seed)),
        lambda: settle_strays(["N"]),
    )
    assert not [found for found in results if isinstance(found, Exception)]
    # Whatever was parked between a look and a commit is found by the next look.
    settle_strays(["N"])
    assert Shipment.objects.get(pk=row.pk).state == "DELIVERED"
    assert ShipmentEvent.objects.filter(shipment=row, source="CARRIER").count() == len(WAY)
    assert not StrayScan.objects.exists()


def test_two_people_deliver_one_parcel(router) -> None:
    row = sent(router, "N")
    results = together(*[lambda: mark_delivered(row.pk)] * 5)
    assert sum(isinstance(found, Conflict) for found in results) == 4
    assert Event.objects.filter(topic="shipment.delivered").count() == 1


def test_a_label_is_bought_once_by_six(router, monkeypatch: pytest.MonkeyPatch) -> None:
    bought: list[Sending] = []

    class Service:
        def label(self, sending: Sending, service: str, form: str) -> Label:
            bought.append(sending)
            return Label("L1", b"^XA^XZ", form)

    def connect(kind: str, settings: str) -> Any:
        return Service()

    for module in (carrier_label, carrier_set):
        monkeypatch.setattr(module, "connect", connect)
    post, row = carrier("Bird", api="generic"), sent(router)
    results = together(
        *[lambda: carrier_label.buy_label(row.pk, post.pk, "standard", form="ZPL", grams=500)] * 6
    )
    assert len(bought) == 1
    assert all(isinstance(found, ShipmentLabel) or found.code == "IN_PROGRESS" for found in results)
    assert ShipmentLabel.objects.count() == 1
    assert Shipment.objects.get(pk=row.pk).tracking_number == "L1"
