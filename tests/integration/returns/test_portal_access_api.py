"""The same door for storefronts: GraphQL, and a token in a header."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import AccessCode, Return, WithdrawalStatement
from saleor_plugins.returns.schema.access import access_token
from saleor_plugins.returns.views.portal import session

from .doors import EMAIL, GRAPHQL, code_in, enter, one_minute, path_of, work
from .rooms import Room

LINES = "query ($id: ID!) { returnableLines(orderId: $id) { orderLineId } }"
REQUEST = """mutation ($id: ID!, $line: ID!, $key: String) {
  returnRequest(orderId: $id, lines: [{orderLineId: $line, quantity: 1}], idempotencyKey: $key) {
    return { id number } errors { field code } } }"""
ASK = """mutation ($number: String!, $email: String!) {
  returnAccessRequest(orderNumber: $number, email: $email, language: "de") { id errors { field code } } }"""
CONFIRM = """mutation ($id: ID!, $code: String!, $key: String) {
  returnAccessConfirm(id: $id, code: $code, idempotencyKey: $key) { token orderId errors { field code } } }"""
LINK = "query ($id: ID!) { returnPortalLink(orderId: $id) }"
STATEMENTS = """query ($settled: Boolean) { withdrawalStatements(settled: $settled, first: 5) { edges { node {
  id orderNumber name email goods language orderId returnId received acknowledged settled outcome } } } }"""
SETTLE = """mutation ($id: ID!, $outcome: String!, $order: ID) {
  withdrawalSettle(id: $id, outcome: $outcome, orderId: $order) {
    statement { settled outcome returnId } errors { field code } } }"""


@pytest.fixture(autouse=True)
def _nobody_was_here(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def order(room: Room) -> Any:
    return room.make_shipped(3, email=EMAIL, country="DE")


def call(
    query: str, *, client: Client | None = None, token: str = "", bearer: str = "", **variables: Any
) -> Any:
    headers = {"HTTP_RETURN_ACCESS": token} if token else {}
    headers |= {"HTTP_AUTHORIZATION": f"Bearer {bearer}"} if bearer else {}
    body = json.dumps({"query": query, "variables": variables})
    answer = (client or Client()).post(GRAPHQL, body, content_type="application/json", **headers).json()
    return answer["data"] if answer.get("data") and not answer.get("errors") else answer["errors"][0]


def refused(answer: Any) -> bool:
    return answer.get("extensions", {}).get("exception", {}).get("code") == "NOT_FOUND"


def test_from_number_and_address_to_a_return(room: Room, order: Any) -> None:
    asked = call(ASK, number=order.number, email=EMAIL)["returnAccessRequest"]
    assert (asked["errors"], AccessCode.objects.get().language) == ([], "de")
    work()
    given = call(CONFIRM, id=asked["id"], code=code_in(room))["returnAccessConfirm"]
    assert (given["errors"], given["orderId"]) == ([], order.id)
    lines = call(LINES, token=given["token"], id=order.id)["returnableLines"]
    made = call(REQUEST, token=given["token"], id=order.id, line=lines[0]["orderLineId"])["returnRequest"]
    assert made["errors"] == []
    assert Return.objects.get().requested_by == "CUSTOMER"


def test_a_token_opens_its_order_and_no_other(room: Room, order: Any) -> None:
    other = room.make_shipped(1)
    token = access_token(order.id)
    assert refused(call(LINES, token=token, id=other.id))
    assert refused(call(LINES, id=order.id))
    with time_machine.travel(clock.now() + timedelta(hours=2, seconds=5)):
        assert refused(call(LINES, token=token, id=order.id))


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x" + t, len]
)
def test_a_changed_token_is_nobodys(room: Room, order: Any, change: Any) -> None:
    assert refused(call(LINES, token=str(change(access_token(order.id))), id=order.id))


def test_the_portals_cookie_is_no_key_here(client: Client, room: Room, order: Any) -> None:
    enter(client, room, order)
    assert refused(call(LINES, client=client, id=order.id))
    assert refused(call(LINES, token=client.cookies[session.COOKIE].value, id=order.id))


def test_a_token_takes_nothing_from_staff_and_adds_to_a_customer(room: Room, order: Any) -> None:
    other = room.make_shipped(1)
    _, staff = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    assert call(LINES, token=access_token(order.id), bearer=staff, id=other.id)["returnableLines"]
    customer, bearer = room.data.make_asker(AskerKind.CUSTOMER)
    mine = room.make_shipped(1, user_id=customer.id)
    for key in (mine.id, order.id):
        assert call(LINES, token=access_token(order.id), bearer=bearer, id=key)["returnableLines"]
    assert refused(call(LINES, bearer=bearer, id=order.id))


def test_a_kept_answer_is_no_second_code(room: Room, order: Any) -> None:
    asked = call(ASK, number=order.number, email=EMAIL)["returnAccessRequest"]
    work()
    code = code_in(room)
    given = [call(CONFIRM, id=asked["id"], code=code, key="k")["returnAccessConfirm"] for _ in range(2)]
    assert given[0]["token"]
    assert (given[1]["token"], given[1]["errors"]) == (None, [{"field": "code", "code": "WRONG_CODE"}])


def test_wrong_codes_are_counted(room: Room, order: Any) -> None:
    asked = call(ASK, number=order.number, email=EMAIL)["returnAccessRequest"]
    work()
    for attempt in range(5):
        answer = call(CONFIRM, id=asked["id"], code="22222222", key=f"{attempt}")["returnAccessConfirm"]
        assert answer["errors"] == [{"field": "code", "code": "WRONG_CODE"}]
    assert AccessCode.objects.get().attempts == 5
    assert call(CONFIRM, id=asked["id"], code=code_in(room))["returnAccessConfirm"]["token"] is None


@one_minute()
def test_many_in_one_request_are_throttled(room: Room) -> None:
    asks = " ".join(
        f'a{i}: returnAccessRequest(orderNumber: "{i}", email: "a@b.example") {{ errors {{ code }} }}'
        for i in range(12)
    )
    answer = call(f"mutation {{ {asks} }}")
    found = [code for each in answer.values() for error in each["errors"] for code in [error["code"]]]
    assert found == ["RATE_LIMITED"] * 2
    assert AccessCode.objects.count() == 10


def test_one_guests_key_answers_no_other_guest(room: Room, order: Any) -> None:
    line = order.lines[0].id
    first = call(REQUEST, token=access_token(order.id), id=order.id, line=line, key="same")
    assert first["returnRequest"]["return"]
    other = room.make_shipped(1)
    again = call(REQUEST, token=access_token(other.id), id=order.id, line=line, key="same")
    assert again["returnRequest"]["return"] is None
    assert again["returnRequest"]["errors"] == [{"field": "orderId", "code": "NOT_FOUND"}]


def test_links_are_for_staff_and_for_the_orders_account(client: Client, room: Room, order: Any) -> None:
    _, staff = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    customer, bearer = room.data.make_asker(AskerKind.CUSTOMER)
    mine = room.make_shipped(1, user_id=customer.id)
    for key, who in ((order.id, staff), (mine.id, bearer)):
        url = call(LINK, bearer=who, id=key)["returnPortalLink"]
        assert client.get(path_of(url)).status_code == 303
    assert refused(call(LINK, bearer=bearer, id=order.id))
    assert refused(call(LINK, id=order.id))
    assert refused(call(LINK, token=access_token(order.id), id=order.id))
    assert refused(call(LINK, bearer=staff, id=to_global("Order", 999999)))


def test_staff_see_withdrawals_and_settle_them(room: Room, order: Any) -> None:
    _, staff = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    declare = """mutation ($n: String!) { withdrawalDeclare(orderNumber: $n, name: "Ada", email: "x@y.example") {
      received errors { field code } } }"""
    assert call(declare, n=order.number)["withdrawalDeclare"]["received"]
    work()
    (edge,) = call(STATEMENTS, bearer=staff, settled=False)["withdrawalStatements"]["edges"]
    found = edge["node"]
    assert (found["name"], found["goods"], found["returnId"]) == ("Ada", "All goods of the order", None)
    assert found["acknowledged"] and found["outcome"]
    said = {"id": found["id"], "outcome": "Another address.", "order": order.id}
    settled = call(SETTLE, bearer=staff, **said)["withdrawalSettle"]
    assert settled["errors"] == []
    assert settled["statement"]["returnId"] == to_global("Return", Return.objects.get().pk)
    again = call(SETTLE, bearer=staff, **said)["withdrawalSettle"]
    assert again["errors"] == [{"field": "id", "code": "SETTLED"}]
    assert call(STATEMENTS, bearer=staff, settled=False)["withdrawalStatements"]["edges"] == []
    assert len(call(STATEMENTS, bearer=staff)["withdrawalStatements"]["edges"]) == 1


def test_a_withdrawal_names_what_is_wrong(room: Room) -> None:
    declare = """mutation { withdrawalDeclare(orderNumber: " ", name: "", email: "x") {
      received errors { field code } } }"""
    errors = call(declare)["withdrawalDeclare"]["errors"]
    assert [error["field"] for error in errors] == ["name", "orderNumber", "email"]
    assert not WithdrawalStatement.objects.exists()
