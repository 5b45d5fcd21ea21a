"""The GraphQL API of the Webhooks plugin, without HTTP; the acceptance tests go through a whole Saleor."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from saleor_plugins.delivery import declare, emit, relay, subscribe
from saleor_plugins.delivery.models import Delivery, IdempotencyKey, WebhookEndpoint
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import Asker, AskerKind

pytestmark = pytest.mark.django_db

ADMIN = Asker(AskerKind.STAFF, "1", frozenset({"MANAGE_PLUGINS"}))
ENDPOINT = "endpoint { id name url topics enabled disabledReason } errors { field message code }"
CREATE = f"""mutation($url: String!, $topics: [String!]!, $key: String) {{
    webhookEndpointCreate(url: $url, topics: $topics, idempotencyKey: $key) {{ secret {ENDPOINT} }} }}"""
UPDATE = f"""mutation($id: ID!, $url: String, $topics: [String!], $enabled: Boolean) {{
    webhookEndpointUpdate(id: $id, url: $url, topics: $topics, enabled: $enabled) {{ {ENDPOINT} }} }}"""
DELETE = "mutation($id: ID!) { webhookEndpointDelete(id: $id) { deletedId errors { field code } } }"
ROTATE = f"mutation($id: ID!) {{ webhookEndpointSecretRotate(id: $id) {{ secret {ENDPOINT} }} }}"
PING = (
    "mutation($id: ID!) { webhookEndpointPing(id: $id) { delivery { topic state } errors { field code } } }"
)
REPLAY = (
    "mutation($id: ID!) { deliveryReplay(id: $id) { delivery { id state attempts } errors { field code } } }"
)
DELIVERIES = """query($state: DeliveryState, $topic: String, $first: Int, $after: String) {
    deliveries(state: $state, topic: $topic, first: $first, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges { node { id eventId topic subscriber state attempts created dueAt lastError
            log { at attempt error } } } } }"""
EVERYTHING = {
    CREATE: {"url": "https://one.example/", "topics": ["order.routed"]},
    UPDATE: {"id": to_global("WebhookEndpoint", new_id()), "enabled": True},
    DELETE: {"id": to_global("WebhookEndpoint", new_id())},
    ROTATE: {"id": to_global("WebhookEndpoint", new_id())},
    PING: {"id": to_global("WebhookEndpoint", new_id())},
    REPLAY: {"id": to_global("EventDelivery", new_id())},
    DELIVERIES: {},
    "{ eventTopics { name description } }": {},
    "{ webhookEndpoints { edges { node { id url pausedUntil created } } } }": {},
}


@pytest.fixture(autouse=True)
def topics() -> None:
    declare("order.routed", "An order was routed.")
    declare("return.requested", "A shopper asked for a return.")


def ask(query: str, asker: Asker = ADMIN, **variables: Any) -> Any:
    from saleor_plugins.delivery.schema import schema

    return schema.execute(query, variable_values=variables, context_value=SimpleNamespace(asker=asker))


def do(query: str, **variables: Any) -> dict[str, Any]:
    """The payload of a mutation that GraphQL itself accepts."""
    result = ask(query, **variables)
    assert not result.errors, result.errors
    (payload,) = result.data.values()
    return payload


def created(**values: Any) -> dict[str, Any]:
    return do(CREATE, **{"url": "https://one.example/", "topics": ["order.routed"], **values})


@pytest.mark.parametrize("query", EVERYTHING, ids=range(len(EVERYTHING)))
@pytest.mark.parametrize(
    "asker",
    [
        Asker(),
        Asker(AskerKind.CUSTOMER, "2", frozenset({"MANAGE_PLUGINS"})),
        Asker(AskerKind.STAFF, "3", frozenset({"MANAGE_ORDERS"})),
        Asker(AskerKind.APP, "4", frozenset({"MANAGE_ORDERS"})),
    ],
    ids=lambda asker: asker.kind.value,
)
def test_nobody_else_may_do_or_see_anything(query: str, asker: Asker) -> None:
    created()
    result = ask(query, asker, **EVERYTHING[query])
    if "mutation" in query:
        (payload,) = result.data.values()
        codes = [error["code"] for error in payload.pop("errors")]
        assert not any(payload.values())
    else:
        assert result.data is None
        codes = [error.original_error.code for error in result.errors]
    assert codes == ["PERMISSION_DENIED"]
    assert WebhookEndpoint.objects.count() == 1


def test_an_endpoint_lives(settings) -> None:
    first = created()
    assert first["errors"] == []
    assert first["secret"].startswith("whsec_")
    assert first["endpoint"]["topics"] == ["order.routed"]
    key = first["endpoint"]["id"]
    changed = do(UPDATE, id=key, topics=["return.requested", "order.routed"], enabled=False)["endpoint"]
    assert (changed["topics"], changed["enabled"]) == (["order.routed", "return.requested"], False)
    assert changed["url"] == "https://one.example/"
    second = do(ROTATE, id=key)["secret"]
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.secret, endpoint.previous_secret) == (second, first["secret"])
    assert do(DELETE, id=key) == {"deletedId": key, "errors": []}
    assert WebhookEndpoint.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "http://one.example/"}, "url"),
        ({"url": "https://169.254.169.254/"}, "url"),
        ({"topics": []}, "topics"),
        ({"topics": ["order.routed", "no.such"]}, "topics"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(values: dict[str, Any], field: str) -> None:
    assert [error["field"] for error in created(**values)["errors"]] == [field]
    assert WebhookEndpoint.objects.count() == 0
    key = created()["endpoint"]["id"]
    assert [error["field"] for error in do(UPDATE, id=key, **values)["errors"]] == [field]


@pytest.mark.parametrize(
    "key",
    [to_global("WebhookEndpoint", new_id()), to_global("WebhookEndpoint", "1"), to_global("Order", 1), "x"],
)
@pytest.mark.parametrize("query", [UPDATE, DELETE, ROTATE, PING])
def test_a_foreign_id_is_refused(query: str, key: str) -> None:
    created()
    assert [error["field"] for error in do(query, id=key)["errors"]] == ["id"]


def test_a_repeated_key_answers_the_same_secret_and_stores_none() -> None:
    first = created(key="k")
    assert created(key="k") == first
    assert WebhookEndpoint.objects.count() == 1
    assert first["secret"] not in str(IdempotencyKey.objects.values())
    reused = created(key="k", url="https://two.example/")
    assert [error["code"] for error in reused["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]


def test_topics_are_listed() -> None:
    data = ask("{ eventTopics { name description } }").data
    assert [topic["name"] for topic in data["eventTopics"]] == ["order.routed", "return.requested"]


def test_deliveries_are_found_paged_and_replayed(django_assert_num_queries: Any) -> None:
    from saleor_plugins.delivery import Park

    @subscribe("order.routed", name="broken")
    def broken(message: object) -> None:
        raise Park("No.")

    for _ in range(3):
        emit("order.routed", {})
    emit("return.requested", {})
    relay.drain(strict=False)
    with django_assert_num_queries(1):
        page = do(DELIVERIES, state="DEAD", first=2)
    assert [edge["node"]["lastError"] for edge in page["edges"]] == ["Park: No."] * 2
    assert page["pageInfo"]["hasNextPage"]
    rest = do(DELIVERIES, state="DEAD", first=2, after=page["pageInfo"]["endCursor"])
    assert len(rest["edges"]) == 1
    assert do(DELIVERIES, topic="return.requested")["edges"] == []
    node = rest["edges"][0]["node"]
    assert node["log"][0]["error"] == "Park: No."
    assert do(REPLAY, id=node["id"])["delivery"] == {"id": node["id"], "state": "PENDING", "attempts": 0}
    assert [error["code"] for error in do(REPLAY, id=node["id"])["errors"]] == ["CONFLICT"]


def test_a_ping_is_a_delivery() -> None:
    key = created()["endpoint"]["id"]
    assert do(PING, id=key)["delivery"] == {"topic": "webhook.ping", "state": "PENDING"}
    assert Delivery.objects.get().endpoint_id
