"""Every mutation of the desk again, every event again: nothing is different afterwards.

The mutations are those of the schema: one that has no scene here fails. Compared is every row of every
table, Saleor's too.
"""

from __future__ import annotations

import json

import pytest
from django.db import connection
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
)

from saleor_plugins.delivery.models import Delivery, State
from saleor_plugins.delivery.registry import registry
from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.schema import schema, view
from tests.fault.returns_scenes import SCENES
from tests.integration.returns.rooms import make_room
from tests.shopdata import request

MUTATIONS = sorted(schema.get_mutation_type().fields)
DEPTH = 5


def named(kind):
    while isinstance(kind, GraphQLList | GraphQLNonNull):
        kind = kind.of_type
    return kind


def everything(kind, depth=DEPTH):
    """Every field of a type that needs no argument, down to `depth`."""
    names = []
    for name, field in named(kind).fields.items():
        if any(isinstance(arg.type, GraphQLNonNull) for arg in field.args.values()):
            continue
        inner = named(field.type)
        if isinstance(inner, GraphQLScalarType | GraphQLEnumType):
            names.append(name)
        elif isinstance(inner, GraphQLObjectType) and depth:
            below = everything(inner, depth - 1)
            names.append(f"{name} {below}" if below else "")
    return f"{{ {' '.join(names)} }}" if any(names) else ""


@pytest.fixture
def room(transactional_db):
    return make_room()


class Caller:
    """Staff who calls any mutation and reads the whole answer."""

    def __init__(self, room):
        _, self.token = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")

    def do(self, name, key=None, **variables):
        field = schema.get_mutation_type().fields[name]
        given = {**variables, "idempotencyKey": key} if key else variables
        heads = ", ".join(f"${arg}: {field.args[arg].type}" for arg in given)
        calls = ", ".join(f"{arg}: ${arg}" for arg in given)
        query = f"mutation({heads}) {{ it: {name}({calls}) {everything(field.type)} }}"
        body = request(self.token, {"query": query, "variables": given})
        answer = json.loads(view(body).content)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]["it"]


def tables(*without):
    """A fingerprint of every table."""
    names = [name for name in connection.introspection.table_names() if name not in without]
    each = " UNION ALL ".join(
        f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(each)
        return dict(cursor.fetchall())


def changed(before, *without):
    now = tables(*without)
    return [name for name in now if now[name] != before[name]]


def test_every_mutation_has_a_scene():
    assert set(MUTATIONS) == set(SCENES)


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_same_key_changes_nothing_and_answers_the_same(room, name):
    caller = Caller(room)
    variables = SCENES[name](room)
    before = tables()
    first = caller.do(name, key="once", **variables)
    assert first["errors"] == []
    assert "ops_returns_ledgerentry" in changed(before)
    before = tables()
    assert caller.do(name, key="once", **variables) == first
    assert changed(before) == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_without_a_key_it_is_refused_clearly_or_has_no_effect(room, name):
    caller = Caller(room)
    variables = SCENES[name](room)
    assert caller.do(name, **variables)["errors"] == []
    before = tables()
    again = caller.do(name, **variables)
    if name in SAYS_MORE:
        assert again["errors"] == []
        return
    assert changed(before) == []
    for error in again["errors"]:
        assert error["code"] and error["message"]


# Saying something twice is saying it twice; a second note is a second note.
SAYS_MORE: set[str] = set()


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_same_key_with_another_input_is_refused(room, name):
    caller = Caller(room)
    variables = SCENES[name](room)
    caller.do(name, key="once", **variables)
    before = tables()
    field = schema.get_mutation_type().fields[name]
    other = {**variables, **_another(field, variables)}
    (error,) = caller.do(name, key="once", **other)["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert changed(before) == []


def _another(field, variables):
    """Another value of one argument that was given."""
    for name, value in variables.items():
        if isinstance(value, str) and not isinstance(named(field.args[name].type), GraphQLEnumType):
            return {name: value + "x"}
    name = next(iter(variables))
    assert isinstance(named(field.args[name].type), GraphQLInputObjectType)
    return {name: [*variables[name], variables[name][0]]}


def test_every_event_again_is_no_event(room):
    """All deliveries of a whole life are put back to the start and worked on once more."""
    caller = Caller(room)
    for name in MUTATIONS:
        assert caller.do(name, **SCENES[name](room))["errors"] == [], name
        drain(strict=False)
    before = tables("ops_delivery_delivery")
    seen = set(Delivery.objects.values_list("subscriber", flat=True))
    Delivery.objects.update(state=State.PENDING, attempts=0, settled_at=None)
    drain(strict=False)
    assert changed(before, "ops_delivery_delivery") == []
    ours = {name for name in registry.handlers if name.startswith("returns.")}
    assert ours <= seen, f"never emitted here: {ours - seen}"
