"""Flags: raised by workers, told with their reason, dismissed once, and deciding nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import Flag, Return
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.raise_flags import raise_flags
from saleor_plugins.returns.usecases.request_return import Item, request_return

from .rooms import STAFF, Room, events

pytestmark = pytest.mark.django_db


def flags(rma: Return) -> dict[str, Flag]:
    return {flag.kind: flag for flag in Flag.objects.filter(rma=rma)}


def ask(client: Any, token: str, query: str, **variables: Any) -> Any:
    body = json.dumps({"query": query, "variables": variables})
    url = "/plugins/saleor_plugins.returns/graphql/"
    answer = client.post(url, body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}")
    return json.loads(answer.content)


def test_a_customer_who_returns_nearly_everything(room: Room) -> None:
    first = room.make_shipped(6, email="ada@example.com")
    room.request(first, 5)
    second = room.make_shipped(4, email="ADA@example.com")
    rma = room.request(second, 2)
    drain()
    flag = flags(rma)["RETURN_RATE"]
    assert flag.reason.startswith("The customer asked to return 7 of 10 units bought in 365 days: 70 %.")
    assert flag.data["units"] == 7
    rma.refresh_from_db()
    assert rma.state == "REQUESTED"
    told = [event for event in events("return.flagged") if event["number"] == rma.number]
    assert [(event["kind"], event["reason"]) for event in told] == [("RETURN_RATE", flag.reason)]


def test_faulty_goods_do_not_count(room: Room) -> None:
    order = room.make_shipped(10)
    line = order.lines[0].id
    rma = request_return(STAFF, order.id, [Item(9, line, reason_code="DEFECTIVE")])
    drain()
    assert flags(rma) == {}


def test_several_customers_at_one_address_and_with_one_card(room: Room) -> None:
    room.configure(signal_address="2", signal_card="2", signal_rate="0")
    orders = [
        room.make_shipped(1, email=f"{name}@example.com", city="Berlin", postal_code="10115")
        for name in ("ada", "bob")
    ]
    for order in orders:
        room.data.pay_with_card(order, "4242")
    first, second = (room.request(order, 1) for order in orders)
    drain()
    assert set(flags(second)) >= {"SAME_CARD"}
    assert "2 returns by 2 customers" in flags(second)["SAME_CARD"].reason
    assert "4242" not in flags(second)["SAME_CARD"].reason
    assert raise_flags(first.pk) == []


def test_what_the_inspection_finds(room: Room) -> None:
    rma = room.approved(room.make_shipped(4), 4)
    room.receive(rma, 4)
    key = room.keys(rma)[0]
    inspect_return(
        STAFF,
        rma.pk,
        [Judgement(key, 1, "QUARANTINE", grade="wrong"), Judgement(key, 2, "SCRAP", grade="Empty")],
    )
    drain()
    assert {kind: flag.reason for kind, flag in flags(rma).items()} == {
        "EMPTY_BOX": "2 units found empty or missing in the parcel.",
        "ITEM_SWITCHED": f"{flags(rma)['ITEM_SWITCHED'].data['sku']}: 1 unit judged to be another item than the one sent.",
    }


def test_twice_is_once_and_more_is_told(room: Room) -> None:
    rma = room.approved(room.make_shipped(4), 4)
    room.receive(rma, 4)
    inspect_return(STAFF, rma.pk, [Judgement(room.keys(rma)[0], 1, "SCRAP", grade="EMPTY")])
    assert [flag.kind for flag in raise_flags(rma.pk)] == ["EMPTY_BOX"]
    assert raise_flags(rma.pk) == []
    inspect_return(STAFF, rma.pk, [Judgement(room.keys(rma)[0], 2, "SCRAP", grade="EMPTY")])
    assert [flag.reason for flag in raise_flags(rma.pk)] == ["3 units found empty or missing in the parcel."]
    assert len(events("return.flagged")) == Flag.objects.count() == 1


def test_switched_off(room: Room) -> None:
    room.configure(signals_on=False)
    room.request(room.make_shipped(20), 20)
    drain()
    assert Flag.objects.count() == 0


DISMISS = """mutation($id: ID!, $note: String!) { returnFlagDismiss(id: $id, note: $note) {
    errors { field code } return { flags { kind reason dismissed dismissedBy note } } } }"""
LIST = "query($flagged: Boolean) { returns(first: 9, flagged: $flagged) { edges { node { number flags { id kind } } } } }"


def test_staff_sees_filters_and_dismisses(room: Room, client: Any) -> None:
    asker, token = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    odd = room.request(room.make_shipped(20, email="ada@example.com"), 20)
    plain = room.request(room.make_shipped(20, email="bob@example.com"), 1)
    drain()

    def listed(flagged: bool | None) -> list[Any]:
        return [
            edge["node"] for edge in ask(client, token, LIST, flagged=flagged)["data"]["returns"]["edges"]
        ]

    (node,) = listed(True)
    assert node["number"] == odd.number
    assert [row["number"] for row in listed(False)] == [plain.number]
    assert len(listed(None)) == 2
    key = node["flags"][0]["id"]
    assert ask(client, token, DISMISS, id=key, note=" ")["data"]["returnFlagDismiss"]["errors"] == [
        {"field": "note", "code": "REQUIRED"}
    ]
    done = ask(client, token, DISMISS, id=key, note="A stylist.")["data"]["returnFlagDismiss"]
    assert done["errors"] == []
    shown = done["return"]["flags"][0]
    assert (shown["note"], shown["dismissedBy"]) == ("A stylist.", asker.id)
    assert shown["dismissed"]
    assert listed(True) == []
    again = ask(client, token, DISMISS, id=key, note="Again.")["data"]["returnFlagDismiss"]
    assert again["errors"] == [{"field": "id", "code": "DISMISSED"}]
    raise_flags(odd.pk)
    assert listed(True) == [], "what staff has dismissed stays dismissed"


def test_a_shopper_sees_none(room: Room, client: Any) -> None:
    asker, token = room.data.make_asker(AskerKind.CUSTOMER)
    rma = room.request(room.make_shipped(20, user_id=asker.id), 20)
    drain()
    assert flags(rma)
    answer = ask(client, token, "{ returns(first: 9) { edges { node { number flags { reason } } } } }")
    assert answer["data"]["returns"]["edges"] == [{"node": {"number": rma.number, "flags": []}}]
    for flagged in (True, False):
        refused = ask(client, token, LIST, flagged=flagged)
        assert refused["errors"][0]["extensions"]["exception"]["code"] == "PERMISSION_DENIED"


def test_queries_do_not_grow_with_lines_and_past(room: Room) -> None:
    def count(rma: Return) -> int:
        with CaptureQueriesContext(connection) as queries:
            raise_flags(rma.pk)
        return len(queries)

    room.configure(signal_rate="0")
    few = count(room.request(room.make_shipped(1, email="ada@example.com"), 1))
    many = count(room.request(room.make_shipped(2, 2, 2, 2, email="ada@example.com"), 1, 1, 1, 1))
    assert few == many


def test_old_returns_count_no_longer(room: Room) -> None:
    first = room.request(room.make_shipped(20, email="ada@example.com"), 20)
    Return.objects.filter(pk=first.pk).update(created=first.created - timedelta(days=400))
    rma = room.request(room.make_shipped(20, email="ada@example.com"), 1)
    drain()
    assert flags(rma) == {}
