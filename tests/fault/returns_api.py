"""Calling any mutation of the desk and reading all of its answer; fingerprints of all tables."""

from __future__ import annotations

import json

from django.db import connection
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
)

from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.schema import schema, view
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


class Caller:
    """A manager who calls any mutation and reads the whole answer."""

    def __init__(self, room):
        _, self.token = room.data.make_asker(
            AskerKind.STAFF, "MANAGE_ORDERS", "MANAGE_SETTINGS", "MANAGE_PLUGINS", "MANAGE_USERS"
        )

    def do(self, name, /, key=None, **variables):
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
