"""Every field of every endpoint, asked by everybody: a denial leaks, writes and calls nothing.

The permission a field needs is read from its description, so the docs are under test too.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import connection
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from tests.shopdata import world

ROOMS = ("delivery", "fulfillment", "returns", "restock")
PERMISSIONS = ("MANAGE_ORDERS", "MANAGE_PRODUCTS", "MANAGE_PLUGINS", "MANAGE_USERS")
# Shoppers may use these on their own orders; on anybody else's they learn nothing.
FOR_SHOPPERS = {
    "return", "returns", "returnableLines", "refundEstimate", "returnRequest", "returnCancel", "returnTrack",
    "returnMessage", "exchangeEstimate", "returnPhotoAdd", "returnPhotoRemove", "returnPortalLink",
    "returnOffer", "productReturnTerms",
}  # fmt: skip
# Whoever comes to the door may use these: they write down what was said, and answer all alike.
FOR_ANYBODY = {
    "returnAccessRequest", "returnAccessConfirm", "withdrawalDeclare", "expectedBack",
    "stockAlertSubscribe", "stockAlertConfirm", "stockAlertUnsubscribe",
}  # fmt: skip
DENIED = {"PERMISSION_DENIED", "NOT_FOUND"}
PLAIN = {"Int": 1, "Float": 1.0, "Boolean": True, "Date": "2026-01-01", "DateTime": "2026-01-01T00:00:00Z"}
WATCHED = ("order_", "warehouse_", "payment_", "ops_", "plugins_")


@cache
def schema_of(room):
    return import_module(f"saleor_plugins.{room}.schema").schema


def every_field():
    """(room, operation, field) of all four schemas."""
    for room in ROOMS:
        schema = schema_of(room)
        for operation, kind in (("query", schema.get_query_type()), ("mutation", schema.get_mutation_type())):
            for name in kind.fields:
                yield room, operation, name


def sample(kind, name, known):
    """A value of a GraphQL input type that passes its syntax: known objects where the name says so."""
    if isinstance(kind, GraphQLNonNull):
        return sample(kind.of_type, name, known)
    if isinstance(kind, GraphQLList):
        return [sample(kind.of_type, name, known)]
    if isinstance(kind, GraphQLInputObjectType):
        return {key: sample(field.type, key, known) for key, field in kind.fields.items()}
    if isinstance(kind, GraphQLEnumType):
        return kind.values[0].name
    if kind.name == "ID":
        return known.get(name, to_global("Nothing", uuid4()))
    return PLAIN.get(kind.name, "1")


def selection(kind, depth=3):
    """Every scalar below a type, down to `depth`."""
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    if not hasattr(kind, "fields") or depth == 0:
        return "" if not hasattr(kind, "fields") else "{ __typename }"
    parts = [
        f"{name} {selection(field.type, depth - 1)}" for name, field in kind.fields.items() if not field.args
    ]
    return "{ " + (" ".join(parts) or "__typename") + " }"


def field_of(room, operation, name):
    schema = schema_of(room)
    root = schema.get_query_type() if operation == "query" else schema.get_mutation_type()
    return root.fields[name]


def document(room, operation, name, known):
    """A full request for the field, with its errors' codes when it is a mutation."""
    field = field_of(room, operation, name)
    arguments = {key: arg.type for key, arg in field.args.items() if key not in ("idempotencyKey", "after")}
    heads = ", ".join(f"${key}: {kind}" for key, kind in arguments.items())
    calls = ", ".join(f"{key}: ${key}" for key in arguments)
    call = f"{name}({calls})" if calls else name
    query = f"{operation} {f'({heads})' if heads else ''} {{ it: {call} {selection(field.type)} }}"
    return {"query": query, "variables": {key: sample(kind, key, known) for key, kind in arguments.items()}}


def codes(answer):
    """All error codes of an answer, top level and in the payload."""
    found = {error["extensions"]["exception"]["code"] for error in answer.get("errors", [])}
    it = (answer.get("data") or {}).get("it")
    if isinstance(it, dict):
        found |= {error["code"] for error in it.get("errors") or []}
    return found


def fingerprint():
    """What stands in every table that matters, so that a write of any kind shows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if name.startswith(WATCHED)]
        state = {}
        for table in tables:
            rows = "string_agg(t::text, '|' ORDER BY t::text)"
            cursor.execute(f"SELECT count(*), md5(coalesce({rows}, '')) FROM \"{table}\" t")
            state[table] = cursor.fetchone()
    return state


@pytest.fixture
def scene(db, client):
    """A paid order with canaries in it, and somebody of every kind."""
    w = world()
    for room in ROOMS:
        w.configure_plugin(f"saleor_plugins.{room}")
    shelf = w.make_warehouse(country="US", countries=["US"])
    variant = w.make_variant(price=1000, stock={shelf: 9})
    order = w.make_order([(variant, 2)], paid=True, email="canary@example.com")
    known = {
        "orderId": order.id, "variantId": variant.id, "warehouseId": shelf.id,
        "orderLineId": order.lines[0].id, "lineId": order.lines[0].id, "variantIds": variant.id,
    }  # fmt: skip
    secrets = [value for value in ("canary@example.com", variant.sku, order.lines[0].name) if value]
    return w, client, known, secrets


def post(client, room, body, token):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    url = f"/plugins/saleor_plugins.{room}/graphql/"
    response = client.post(url, json.dumps(body), content_type="application/json", **headers)
    return response, json.loads(response.content)


def permission_of(room, operation, name):
    """The permission that the field's description names."""
    found = re.findall(r"MANAGE_[A-Z_]+", field_of(room, operation, name).description or "")
    assert found, f"{room}.{name} does not say which permission it requires"
    return found[0]


FIELDS = list(every_field())
GUARDED = [field for field in FIELDS if field[2] not in FOR_ANYBODY]


@pytest.mark.parametrize(("room", "operation", "name"), GUARDED, ids=[f"{r}.{n}" for r, _, n in GUARDED])
def test_a_denial_leaks_writes_and_calls_nothing(scene, monkeypatch, room, operation, name):
    w, client, known, secrets = scene
    needed = permission_of(room, operation, name)
    others = [item for item in PERMISSIONS if item != needed]
    tokens = {
        "anonymous": None,
        "forged": "x.y.z",
        "customer": w.make_asker(AskerKind.CUSTOMER)[1],
        "staff without": w.make_asker(AskerKind.STAFF, *others)[1],
        "app without": w.make_asker(AskerKind.APP, *others)[1],
    }
    for effect in ("refund", "send_mail"):
        monkeypatch.setattr(type(w.shop), effect, lambda *a, **k: pytest.fail("an outside effect"))
    body = document(room, operation, name, known)
    before = fingerprint()
    for who, token in tokens.items():
        response, answer = post(client, room, body, token)
        text = response.content.decode()
        assert codes(answer) and codes(answer) <= DENIED | {"GRAPHQL_ERROR"}, f"{who}: {text}"
        assert name in FOR_SHOPPERS or "PERMISSION_DENIED" in codes(answer), f"{who}: {text}"
        assert not [secret for secret in secrets if secret in text], f"{who}: {text}"
    assert fingerprint() == before


@pytest.mark.parametrize(("room", "operation", "name"), GUARDED, ids=[f"{r}.{n}" for r, _, n in GUARDED])
def test_staff_and_apps_with_the_permission_are_let_in(scene, room, operation, name):
    w, client, known, _ = scene
    needed = permission_of(room, operation, name)
    body = document(room, operation, name, known)
    for kind in (AskerKind.STAFF, AskerKind.APP):
        _, answer = post(client, room, body, w.make_asker(kind, needed)[1])
        assert not codes(answer) & {"PERMISSION_DENIED", "INTERNAL"}, answer


@pytest.mark.parametrize("path", ["", "/", "/graphql/", "/health/", "/webhook/", "/nowhere"])
@pytest.mark.parametrize("room", ROOMS)
def test_a_plugin_that_is_switched_off_answers_404_everywhere(db, client, room, path):
    w = world()
    w.configure_plugin(f"saleor_plugins.{room}", active=False)
    _, token = w.make_asker(AskerKind.STAFF, *PERMISSIONS)
    body = json.dumps({"query": "{ __typename }"})
    response = client.post(
        f"/plugins/saleor_plugins.{room}{path}", body, content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )  # fmt: skip
    assert response.status_code == 404


def test_the_whole_surface_was_asked():
    asked = len(FIELDS)
    print(f"\n{asked} fields of {len(ROOMS)} endpoints, 7 kinds of asker each: {asked * 7} requests")
    assert {room for room, _, _ in FIELDS} == set(ROOMS)
