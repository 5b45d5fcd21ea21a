"""The GraphQL view and the mutation base, over a toy schema and no database."""

import json
import logging

import graphene
import pytest
from django.test import RequestFactory

from saleor_plugins.http import api, limits
from saleor_plugins.http.endpoint import serve
from saleor_plugins.http.graphql import GraphQLView
from saleor_plugins.kernel.errors import Invalid, Invalids
from saleor_plugins.platform import use
from saleor_plugins.platform.port import Asker, AskerKind

STAFF = Asker(AskerKind.STAFF, "VXNlcjox", frozenset({"MANAGE_ORDERS"}))
CANARY = "canary-4711"


class Door:
    """A shop that only knows who asks."""

    def __init__(self, asker):
        self.who = asker

    def asker(self, request):
        return self.who


class ThingMake(api.Mutation):
    """Make a thing."""

    permission = "MANAGE_ORDERS"
    made: list[str] = []

    class Arguments:
        name = graphene.String(required=True)

    name = graphene.String()

    @classmethod
    def perform(cls, info, name):
        if name == "bad":
            raise Invalids([Invalid("No.", field="name"), Invalid("Nor this.", field="other", code="ODD")])
        cls.made.append(name)
        return {"name": name}


class Query(graphene.ObjectType):
    free = graphene.String()
    closed = graphene.String()
    broken = graphene.String()
    deep = graphene.Field(lambda: Query)

    def resolve_free(self, info):
        return "yes"

    def resolve_closed(self, info):
        api.require(info, "MANAGE_ORDERS")
        return "secret"

    def resolve_broken(self, info):
        raise RuntimeError(CANARY)


class Mutations(graphene.ObjectType):
    thing_make = ThingMake.Field()


view = GraphQLView(graphene.Schema(query=Query, mutation=Mutations))


def ask(query, asker=STAFF, **more):
    request = RequestFactory().post(
        "/", json.dumps({"query": query, **more}), content_type="application/json"
    )
    with use(Door(asker)):
        response = view(request)
    return response.status_code, json.loads(response.content)


def code_of(answer):
    return answer["errors"][0]["extensions"]["exception"]["code"]


def test_a_query_is_answered():
    assert ask("{ free closed }") == (200, {"data": {"free": "yes", "closed": "secret"}})


@pytest.mark.parametrize("kind", [AskerKind.ANONYMOUS, AskerKind.CUSTOMER, AskerKind.STAFF, AskerKind.APP])
def test_without_the_permission_nothing_is_shown_and_nothing_happens(kind):
    # A customer never has a permission, whatever the token claims.
    held = frozenset({"MANAGE_ORDERS"}) if kind is AskerKind.CUSTOMER else frozenset({"MANAGE_PRODUCTS"})
    ThingMake.made.clear()
    _, answer = ask("{ closed }", Asker(kind, "x", held))
    assert answer["data"] == {"closed": None} and code_of(answer) == "PERMISSION_DENIED"
    _, answer = ask(
        'mutation { thingMake(name: "a") { name errors { field code } } }', Asker(kind, "x", held)
    )
    assert answer["data"]["thingMake"] == {
        "name": None,
        "errors": [{"field": None, "code": "PERMISSION_DENIED"}],
    }
    assert ThingMake.made == []


def test_each_bad_field_is_named():
    _, answer = ask('mutation { thingMake(name: "bad") { errors { field code message } } }')
    assert answer["data"]["thingMake"]["errors"] == [
        {"field": "name", "code": "INVALID", "message": "No."},
        {"field": "other", "code": "ODD", "message": "Nor this."},
    ]


def test_an_unforeseen_error_is_logged_and_shown_without_detail(caplog):
    with caplog.at_level(logging.ERROR, logger="saleor_plugins.http.graphql"):
        _, answer = ask("{ broken }")
    assert code_of(answer) == "INTERNAL" and CANARY not in json.dumps(answer)
    assert any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize(
    "query",
    [
        "{" + " ".join(f"a{i}: free" for i in range(10_000)) + "}",
        "{" + " ".join(f"a{i}: free" for i in range(limits.MAX_FIELDS + 1)) + "}",
        "{ deep" * 50 + "{ free }" + "}" * 50,
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "{ ...f0 }" + "".join(f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(40))
        + "fragment f40 on Query { free }",
        "{",
        "{ nothing }",
        "",
    ],
    ids=["aliases", "just too wide", "deep", "circle", "bomb", "broken", "unknown", "empty"],
)  # fmt: skip
def test_hostile_queries_are_refused(query):
    status, answer = ask(query)
    assert status == 400 and "data" not in answer and answer["errors"]


def test_the_widest_and_deepest_allowed_query_runs():
    wide = "{" + " ".join(f"a{i}: free" for i in range(limits.MAX_FIELDS)) + "}"
    deep = "{ deep" * (limits.MAX_DEPTH - 1) + "{ free }" + "}" * (limits.MAX_DEPTH - 1)
    assert ask(wide)[0] == 200 and ask(deep)[0] == 200


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"1", b'{"query": 1}', b'{"query": "{ free }", "variables": []}', b"\xff",
             b'{"query": "{ free }", "operationName": 3}', b" " * (limits.MAX_BODY_BYTES + 1)]
)  # fmt: skip
def test_bodies_that_are_no_request_are_refused(body):
    request = RequestFactory().post("/", body, content_type="application/json")
    status = view(request).status_code
    assert status == 400


def test_only_post_is_taken():
    assert view(RequestFactory().get("/")).status_code == 405


def test_routes_are_found_and_failures_stay_inside(caplog):
    routes = {"graphql/": f"{__name__}.view", "explode/": f"{__name__}.explode"}
    assert serve(routes, RequestFactory().get("/"), "/nowhere").status_code == 404
    assert serve(routes, RequestFactory().get("/"), None).status_code == 404
    assert serve(routes, RequestFactory().get("/"), "/health/").status_code == 200
    assert serve(routes, RequestFactory().get("/"), "/graphql/").status_code == 405
    assert serve(routes, RequestFactory().get("/"), "/graphql/more").status_code == 404
    response = serve(routes, RequestFactory().get("/"), "/explode/")
    assert response.status_code == 500 and CANARY.encode() not in response.content
    assert "plugin_endpoint_failed" in caplog.text


def explode(request, rest):
    raise RuntimeError(CANARY)
