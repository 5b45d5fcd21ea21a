"""Rules over GraphQL: written, listed, tried on past requests, activated, shown."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import Return, Rulebook
from saleor_plugins.returns.schema import view
from saleor_plugins.returns.store import rulebooks
from saleor_plugins.returns.tasks.terms import find_unpublished
from tests.shopdata import request

from .rooms import Room

SAVE = """mutation($document: String!, $note: String) { it: returnRulebookSave(document: $document, note: $note) {
    rulebook { id version document note active authorKind } errors { field code } } }"""
ACTIVATE = """mutation($id: ID, $simulate: Boolean) { it: returnRulebookActivate(id: $id, simulate: $simulate) {
    rulebook { id active activated } simulation { requests changed before { review refused } after { refused }
        changes { number before after what why } } errors { field code } } }"""
SIMULATE = """query($id: ID, $document: String, $since: DateTime, $until: DateTime) {
    it: returnRulebookSimulation(id: $id, document: $document, since: $since, until: $until) {
        requests changed before { review fees { amount currency } } after { refused approved fees { amount currency }
            refusedValue { amount currency } keptValue { amount } labels { amount } shopPays kept }
        byCountry { name requests refusedAfter } byReason { name requests } changes { number what why } } }"""
SHOWN = """query($id: ID!, $country: String) { it: productReturnTerms(productId: $id, country: $country) {
    windowDays finalSale payer labelFees { amount currency } law withdrawalDays withdrawalException } }"""


class Merchant:
    """Somebody who steers plugins."""

    def __init__(self, room: Room, *permissions: str):
        _, self.token = room.data.make_asker(AskerKind.STAFF, *(permissions or ("MANAGE_PLUGINS",)))

    def ask(self, query: str, **variables: Any) -> Any:
        body = json.loads(view(request(self.token, {"query": query, "variables": variables})).content)
        return body["errors"][0]["extensions"]["exception"] if "errors" in body else body["data"]["it"]


@pytest.fixture
def merchant(room: Room) -> Merchant:
    return Merchant(room)


def test_saved_listed_activated(room: Room, merchant: Merchant) -> None:
    saved = merchant.ask(SAVE, document='{"window": [{"days": 9}]}', note="Sale")
    assert saved["errors"] == []
    assert json.loads(saved["rulebook"].pop("document")) == {"window": [{"days": 9}]}
    key = saved["rulebook"].pop("id")
    assert saved["rulebook"] == {"version": 1, "note": "Sale", "active": False, "authorKind": "STAFF"}
    found = merchant.ask(ACTIVATE, id=key)
    assert (found["rulebook"]["active"], found["simulation"]) == (True, None)
    listed = merchant.ask("{ it: returnRulebooks { edges { node { version active } } } }")
    assert [edge["node"] for edge in listed["edges"]] == [{"version": 1, "active": True}]
    assert merchant.ask(ACTIVATE)["rulebook"] is None
    assert rulebooks.active() is None


def test_saying_the_same_again_is_no_new_version(room: Room, merchant: Merchant) -> None:
    first = merchant.ask(SAVE, document='{"window": [{"days": 9}]}', note="Sale")
    assert merchant.ask(SAVE, document='{"window":[{"days":9}]}', note="Sale") == first
    assert merchant.ask(SAVE, document="{}")["rulebook"]["version"] == 2
    assert merchant.ask(SAVE, document='{"window": [{"days": 9}]}', note="Sale")["rulebook"]["version"] == 3


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("{", "document"),
        ("[" * 5000, "document"),
        ("7", "document"),
        ('{"window": [{"days": -1}]}', "document.window.0.days"),
        ('{"widow": []}', "document.widow"),
    ],
)
def test_what_is_wrong_is_named(room: Room, merchant: Merchant, document: str, field: str) -> None:
    assert [error["field"] for error in merchant.ask(SAVE, document=document)["errors"]] == [field]
    assert not Rulebook.objects.exists()
    found = merchant.ask(SIMULATE, document=document)
    assert found["code"] in ("INVALID", "REQUIRED")


def test_tried_on_past_requests_and_nothing_is_written(room: Room, merchant: Merchant) -> None:
    order = room.make_shipped(2, 1, shipping=0)
    rma = room.request(order, 1, 1)
    document = {
        "window": [{"days": 0}],
        "fees": [{"percent": "50"}],
        "keep": [{"below": {"USD": "99.00"}}],
        "approve": [{"automatic": True}],
    }
    rma.requested_by = "CUSTOMER"
    # Asked for on the third day.
    rma.terms["lines"] = [
        {**line, "since": (clock.now() - timedelta(days=3)).date().isoformat()} for line in rma.terms["lines"]
    ]
    rma.save()
    before = Return.objects.values().get()
    found = merchant.ask(SIMULATE, document=json.dumps(document))
    assert (found["requests"], found["changed"], found["before"]["review"]) == (1, 1, 1)
    assert found["after"]["refused"] == 1
    assert found["after"]["refusedValue"] == [{"amount": "20.00", "currency": "USD"}]
    assert found["byCountry"] == [{"name": "US", "requests": 1, "refusedAfter": 1}]
    assert found["byReason"] == [{"name": "UNSPECIFIED", "requests": 1}]
    (change,) = found["changes"]
    assert change["number"] == rma.number
    assert "could be returned until" in change["why"][0]
    longer = merchant.ask(SIMULATE, document=json.dumps({**document, "window": [{"days": 5}]}))
    assert (longer["after"]["approved"], longer["after"]["kept"]) == (1, 1)
    assert longer["after"]["fees"] == [{"amount": "10.00", "currency": "USD"}]
    assert longer["changes"][0]["what"] == ["fees", "keep"]
    assert Return.objects.values().get() == before
    assert not Rulebook.objects.exists()


def test_a_span_of_time(room: Room, merchant: Merchant) -> None:
    room.request(room.make_shipped(1), 1)
    ago = (clock.now() - timedelta(hours=1)).isoformat()
    assert merchant.ask(SIMULATE, document="{}", since=ago)["requests"] == 1
    assert merchant.ask(SIMULATE, document="{}", until=ago)["requests"] == 0
    assert merchant.ask(SIMULATE, document="{}", since=ago, until=ago)["field"] == "until"
    assert merchant.ask(SIMULATE, document="{}", since="2026-01-01T00:00:00")["field"] == "since"
    assert merchant.ask(SIMULATE)["field"] == "document"
    assert merchant.ask(SIMULATE, id=to_global("Rulebook", new_id()))["code"] == "NOT_FOUND"


def test_the_activation_tells_the_difference_it_makes(room: Room, merchant: Merchant) -> None:
    room.request(room.make_shipped(1), 1)
    key = merchant.ask(SAVE, document='{"approve": [{"automatic": true}]}')["rulebook"]["id"]
    found = merchant.ask(ACTIVATE, id=key, simulate=True)
    assert (found["simulation"]["requests"], found["simulation"]["changed"]) == (1, 1)
    assert found["simulation"]["changes"][0]["after"] == "APPROVED"
    again = merchant.ask(ACTIVATE, id=key, simulate=True)
    assert again["simulation"]["changed"] == 0


def test_what_a_product_shows_anybody_may_ask(room: Room, merchant: Merchant) -> None:
    product = room.data.make_variant(product_metadata={"withdrawal_exception": "SEALED_HYGIENE"}).product_id
    document = {
        "window": [{"when": {"countries": ["EU"]}, "days": 40}],
        "final_sale": [{"final": True}],
        "postage": [{"payer": "CUSTOMER", "amounts": {"USD": "4.90"}}],
    }
    key = merchant.ask(SAVE, document=json.dumps(document))["rulebook"]["id"]
    merchant.ask(ACTIVATE, id=key)
    nobody = Merchant(room)
    nobody.token = "x"
    assert nobody.ask(SHOWN, id=product, country="FR") == {
        "windowDays": 40,
        "finalSale": True,
        "payer": "CUSTOMER",
        "labelFees": [{"amount": "4.90", "currency": "USD"}],
        "law": "EU",
        "withdrawalDays": 14,
        "withdrawalException": "SEALED_HYGIENE",
    }
    assert nobody.ask(SHOWN, id=product)["windowDays"] == 30
    assert nobody.ask(SHOWN, id=product, country="Narnia")["field"] == "country"
    assert nobody.ask(SHOWN, id=to_global("Product", 2_000_000_000))["code"] == "NOT_FOUND"


def test_how_far_the_publication_is(room: Room, merchant: Merchant) -> None:
    query = "{ it: returnTermsPublication { total done changed running onlyChanged finished } }"
    assert merchant.ask(query) is None
    room.data.make_variant()
    find_unpublished()
    found = merchant.ask(query)
    assert (found["total"], found["done"], found["running"], found["finished"]) == (1, 0, True, None)
    drain()
    found = merchant.ask(query)
    assert (found["done"], found["changed"], found["running"], found["onlyChanged"]) == (1, 1, False, False)


@pytest.mark.parametrize("permissions", [("MANAGE_ORDERS",), ("MANAGE_PRODUCTS",)])
def test_rules_are_the_merchants(room: Room, permissions: tuple[str, ...]) -> None:
    staff = Merchant(room, *permissions)
    assert staff.ask("{ it: returnRulebooks { edges { node { id } } } }")["code"] == "PERMISSION_DENIED"
    assert staff.ask(SIMULATE, document="{}")["code"] == "PERMISSION_DENIED"
    assert staff.ask(SAVE, document="{}")["errors"][0]["code"] == "PERMISSION_DENIED"
    assert staff.ask(ACTIVATE)["errors"][0]["code"] == "PERMISSION_DENIED"
