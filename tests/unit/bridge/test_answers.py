"""The retry table, row by row: what is sent again, what is not, and what a caller is told."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import requests

from shopify_bridge.shopify.client import HASTY, Client, Limits
from shopify_bridge.shopify.documents import Document, document
from shopify_bridge.shopify.errors import (
    Closed,
    Rejected,
    ShopifyError,
    TooDear,
    Unauthorized,
    Unknown,
    Unreachable,
)

from .conftest import TOKEN

READ = ("BridgeStore", {})
SAFE = ("BridgeStageUpload", {"input": []})
ORDER = {"lineItems": [{"title": "x", "quantity": 1}]}
ONCE = ("BridgeCreateOrder", {"order": ORDER, "options": {"inventoryBehaviour": "BYPASS"}})


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(sandbox: Any, waits: list[float]) -> Client:
    return Client(sandbox.url, TOKEN, limits=Limits(connect=2, read=1, total=20), sleep=waits.append)


def fate(sandbox: Any, *fates: str) -> None:
    left = iter(fates)
    sandbox.faults.draw = lambda: next(left, "")


def send(client: Client, what: tuple[str, dict[str, Any]]) -> Any:
    name, variables = what
    return (client.run if document(name).text.startswith("query") else client.write)(name, **variables)


@pytest.mark.parametrize("what", [READ, SAFE, ONCE], ids=lambda what: what[0])
@pytest.mark.parametrize("fault", ["throttled", "too_many"])
def test_nothing_was_done_so_all_are_sent_again(sandbox, client, waits, what, fault) -> None:
    fate(sandbox, fault, fault)
    send(client, what)
    assert client.calls == 3 and len(waits) >= 2
    assert sandbox.store.state.count("Order") == (what is ONCE)


@pytest.mark.parametrize("fault", ["error", "error-after", "lost", "html", "truncated", "internal"])
@pytest.mark.parametrize("what", [READ, SAFE], ids=lambda what: what[0])
def test_what_may_be_repeated_is_sent_again(sandbox, client, what, fault) -> None:
    fate(sandbox, fault, fault)
    send(client, what)
    assert client.calls == 3


@pytest.mark.parametrize("fault", ["error", "error-after", "lost", "html", "truncated", "internal"])
def test_what_may_not_be_repeated_raises_unknown(sandbox, client, fault) -> None:
    fate(sandbox, fault)
    with pytest.raises(Unknown):
        send(client, ONCE)
    assert client.calls == 1
    assert sandbox.store.state.count("Order") == (fault not in ("error", "internal"))


@pytest.mark.parametrize(
    ("fault", "error", "after"),
    [("payment", Closed, 1800), ("locked", Closed, 1800), ("security", Unreachable, 120)],
)
@pytest.mark.parametrize("what", [READ, SAFE, ONCE], ids=lambda what: what[0])
def test_a_shop_that_is_closed_is_left_alone(sandbox, client, waits, what, fault, error, after) -> None:
    fate(sandbox, fault)
    with pytest.raises(error) as caught:
        send(client, what)
    assert caught.value.after == after
    assert (client.calls, waits) == (1, [])


def test_too_dear_is_told_apart(sandbox, client) -> None:
    fate(sandbox, "max_cost")
    with pytest.raises(TooDear):
        send(client, READ)
    assert client.calls == 1


def test_pages_shrink_until_they_are_paid_for(sandbox, client) -> None:
    from shopify_bridge.shopify.cost import MOST

    for number in range(7):
        edit = "mutation($i: ProductSetInput!) { productSet(input: $i) { userErrors { message } } }"
        sandbox.store.execute({"query": edit, "variables": {"i": {"title": f"P{number}"}}})
    asked: list[int] = []
    execute = sandbox.store.execute

    def counted(body: Any) -> Any:
        asked.append(body["variables"]["first"])
        if asked[-1] > 2:
            error = {"message": "Too dear", "extensions": {"code": "MAX_COST_EXCEEDED"}}
            return {"errors": [error]}
        return execute(body)

    sandbox.store.execute = counted
    text = """query Listed($first: Int!, $after: String) {
        products(first: $first, after: $after) { nodes { title } pageInfo { hasNextPage endCursor } }
    }"""
    listed = Document("Listed", text, True)
    found = [node["title"] for node in client.pages(listed, "products", first=9)]
    assert found == [f"P{number}" for number in range(7)]
    assert asked == [9, 4, 2, 2, 2, 2]
    client.budget.learn("Listed", MOST)
    assert len(list(client.pages(listed, "products", first=9))) == 7
    assert asked[6:] == [1] * 7, "what is known to be too dear is not asked for"


class Answer:
    """A server's answer, made up."""

    def __init__(self, status: int, text: str = "", headers: dict[str, str] | None = None):
        self.status_code, self.text, self.headers = status, text, headers or {}


@pytest.fixture
def answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    def give(*answers: Answer | Exception) -> None:
        left = iter(answers)

        def post(*_: Any, **__: Any) -> Any:
            one = next(left)
            if isinstance(one, Exception):
                raise one
            return one

        monkeypatch.setattr(client._sessions.get(), "post", post)

    return give


GOOD = Answer(200, '{"data": {"shop": {"name": "x"}}}')


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, Rejected),
        (400, Rejected),
        (401, Unauthorized),
        (403, Unauthorized),
        (404, Rejected),
        (413, Rejected),
    ],
)
def test_other_refusals_are_final(client, answer, status, error) -> None:
    answer(Answer(status))
    with pytest.raises(error) as caught:
        client.run("BridgeStore")
    assert str(status) in str(caught.value) and client.calls == 1


@pytest.mark.parametrize(
    "bad",
    [
        Answer(500),
        Answer(503),
        Answer(504),
        Answer(520),
        Answer(200, "<html>"),
        Answer(200, '{"data": {"shop"'),
        Answer(200, "[]"),
        Answer(200, ""),
        requests.ReadTimeout(),
        requests.exceptions.ChunkedEncodingError(),
        requests.ConnectionError("Connection aborted."),
    ],
    ids=str,
)
def test_half_an_answer_is_none(client, answer, bad) -> None:
    answer(bad, GOOD)
    assert client.run("BridgeStore")["shop"]["name"] == "x"
    answer(bad)
    with pytest.raises(Unknown):
        client.write(*ONCE[:1], **ONCE[1])


def test_what_never_left_is_sent_again(client, answer, monkeypatch) -> None:
    from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError

    names = NameResolutionError("host", None, OSError())  # type: ignore[arg-type]
    for error in (
        requests.ConnectTimeout(),
        requests.ConnectionError(MaxRetryError(None, "/", names)),  # type: ignore[arg-type]
        requests.ConnectionError(MaxRetryError(None, "/", ConnectTimeoutError())),  # type: ignore[arg-type]
    ):
        answer(error, Answer(200, '{"data": {"orderCreate": {"order": {"id": 1}, "userErrors": []}}}'))
        assert client.write(*ONCE[:1], **ONCE[1])["order"]


def test_retry_after_is_kept_and_a_long_one_is_no_sleep(client, answer, waits) -> None:
    answer(Answer(429, headers={"Retry-After": "2.5"}), GOOD)
    client.run("BridgeStore")
    assert any(2.5 <= wait <= 3.3 for wait in waits)
    waits.clear()
    answer(Answer(429, headers={"Retry-After": "30"}))
    with client.within(HASTY), pytest.raises(Unreachable) as caught:
        client.run("BridgeStore")
    assert caught.value.after >= 30 and sum(waits) < HASTY.pause
    with client.within(HASTY), pytest.raises(Unreachable) as caught:
        client.run("BridgeStore")
    assert caught.value.after > 20, "the others wait as well, without asking"


def test_errors_beside_data_are_not_believed(client, answer) -> None:
    text = '{"data": {"orderCreate": {"order": null}}, "errors": [{"message": "Nested"}]}'
    answer(Answer(200, text))
    with pytest.raises(Unknown):
        client.write(*ONCE[:1], **ONCE[1])
    answer(Answer(200, '{"data": {"shop": null}, "errors": [{"message": "Nested"}]}'))
    with pytest.raises(Rejected):
        client.run("BridgeStore")


@pytest.mark.parametrize("code", ["ACCESS_DENIED", "UNAUTHORIZED"])
def test_a_missing_scope_is_told_apart(client, answer, code) -> None:
    answer(Answer(200, f'{{"errors": [{{"message": "no", "extensions": {{"code": "{code}"}}}}]}}'))
    with pytest.raises(Unauthorized):
        client.run("BridgeStore")


def test_a_version_that_fell_forward_is_said_once(sandbox, client, caplog) -> None:
    sandbox.faults.set({"version": "2027-01"})
    with caplog.at_level(logging.WARNING):
        client.run("BridgeStore")
        client.run("BridgeStore")
    assert client.served == "2027-01"
    assert len([r for r in caplog.records if "2027-01" in r.getMessage()]) == 1


def test_no_message_holds_the_token(sandbox) -> None:
    client = Client(sandbox.url, "shpat_secret", limits=Limits(total=1), sleep=lambda _: None)
    with pytest.raises(ShopifyError) as caught:
        client.run("BridgeStore")
    assert "shpat_secret" not in str(caught.value) + repr(caught.value)


def test_limits_of_a_block_end_with_it(client) -> None:
    before = client.limits
    with client.within(HASTY):
        assert client.limits is HASTY
        with client.within(before):
            assert client.limits is before
        assert client.limits is HASTY
    assert client.limits is before
