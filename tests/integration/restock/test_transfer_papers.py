"""The papers of a transfer, behind a link that ends."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.domain.transfer import Shipping
from saleor_plugins.restock.usecases.ship_transfer import ship_transfer

from .test_api import PERMISSION, ask
from .transfers import Lane, lines, make_lane, now


@pytest.fixture
def lane(db: None) -> Lane:
    return make_lane()


def link(lane: Lane, transfer: Any, arguments: str = "") -> str:
    staff = lane.data.make_asker(AskerKind.STAFF, PERMISSION)[1]
    key = to_global("Transfer", transfer.pk)
    url: str = ask(staff, f'{{ transfer(id: "{key}") {{ paperUrl{arguments} }} }}')["data"]["transfer"][
        "paperUrl"
    ]
    return "/plugins/" + url.partition("/plugins/")[2]


def read(client: Client, path: str) -> PdfReader:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Cache-Control"] == "no-store"
    return PdfReader(io.BytesIO(response.content))


def test_a_pick_list_before_and_a_packing_list_after(lane: Lane, client: Client) -> None:
    small = lane.data.make_variant(sku="A-9", stock={lane.source: 9})
    large = lane.data.make_variant(sku="A-10", stock={lane.source: 9})
    transfer = lane.approved({large: 4, small: 3})
    text = read(client, link(lane, transfer)).pages[0].extract_text()
    assert f"Pick list of transfer {transfer.number}" in text
    assert text.index("A-9") < text.index("A-10")
    assert "Lines: 2, units: 7" in text
    first = next(line for line in lines(transfer) if line.sku == "A-10")
    ship_transfer(transfer.pk, "waybill", [Shipping(str(first.pk), 2)])
    text = read(client, link(lane, now(transfer))).pages[0].extract_text()
    assert f"Packing list of transfer {transfer.number}" in text
    assert "Lines: 1, units: 2" in text
    assert "A-9" not in text


def test_on_letter_paper(lane: Lane, client: Client) -> None:
    transfer = lane.approved()
    sizes = [
        tuple(round(float(side)) for side in read(client, link(lane, transfer, more)).pages[0].mediabox[2:])
        for more in ("", "(letter: true)")
    ]
    assert sizes == [(595, 842), (612, 792)]


def test_a_link_ends_and_cannot_be_forged(lane: Lane, client: Client) -> None:
    path = link(lane, lane.approved())
    assert client.get(path[:-4] + "abc/").status_code == 404
    assert client.get("/plugins/saleor_plugins.restock/papers/").status_code == 404
    assert client.post(path).status_code == 405
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert client.get(path).status_code == 410


def test_warehouses_that_are_gone_are_said(lane: Lane, client: Client) -> None:
    transfer = lane.shipped()
    lane.data.model("warehouse.Warehouse").objects.all().delete()
    assert "This warehouse is gone." in read(client, link(lane, transfer)).pages[0].extract_text()
