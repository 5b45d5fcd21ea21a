"""Guessed look-ups: nothing tells apart whether an order, an address or both are known.

Compared are status, headers, page, the statements sent to the database, and time by the chance that a look-up
of something known takes longer than one of something unknown: one half when time tells nothing.
"""

from __future__ import annotations

import json
import random
import re
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery import relay
from saleor_plugins.returns.usecases.request_access import request_access
from saleor_plugins.returns.usecases.send_access_code import send_access_code
from tests.shopdata import world

PORTAL = "/plugins/saleor_plugins.returns/portal/"
GRAPHQL = "/plugins/saleor_plugins.returns/graphql/"
EMAIL = "ada@example.com"
ASK = """mutation ($orderNumber: String!, $email: String!) {
  returnAccessRequest(orderNumber: $orderNumber, email: $email) { id errors { field message code } } }"""
CONFIRM = """mutation ($id: ID!) {
  returnAccessConfirm(id: $id, code: "23456789") { token orderId errors { field message code } } }"""
DECLARE = """mutation ($orderNumber: String!, $email: String!) {
  withdrawalDeclare(orderNumber: $orderNumber, name: "Eve", email: $email) { received errors { field } } }"""
KINDS = ("known", "wrong address", "unknown order", "unknown both")
ROUNDS = 100
WARM = 5
# Four standard deviations of the chance for 100 against 100 that are alike.
FAR = 0.164
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9+/]{60,}={0,2}")


@pytest.fixture
def shop(db: None) -> Iterator[Any]:
    cache.clear()
    w = world()
    w.configure_plugin("saleor_plugins.returns")
    house = w.make_warehouse(country="DE", countries=["DE"])
    w.known = w.make_order([(w.make_variant(price=1000, stock={house: 1}), 1)], email=EMAIL)
    # What a process reads once is read.
    Client().post(PORTAL, {"orderNumber": "1", "email": EMAIL})
    yield w
    cache.clear()


class Shopper:
    """Many browsers, each at an address of its own, who ask for one kind of thing."""

    def __init__(self, shop: Any):
        self.shop = shop
        self.seen = 0

    def given(self, kind: str) -> dict[str, str]:
        number = self.shop.known.number if kind in ("known", "wrong address") else f"{700000 + self.seen}"
        email = EMAIL if kind in ("known", "unknown order") else "eve@example.com"
        return {"orderNumber": number, "email": email}

    def post(self, path: str, data: Any, **more: Any) -> Any:
        self.seen += 1
        address = f"198.51.{self.seen // 250}.{self.seen % 250}"
        return Client().post(path, data, HTTP_X_FORWARDED_FOR=address, **more)


def fingerprint(response: Any) -> tuple[Any, ...]:
    """All that a client sees, but for ids that are drawn by chance."""
    headers = sorted((name, _ID.sub("ID", value)) for name, value in response.headers.items())
    cookies = sorted(response.cookies)
    return (
        response.status_code,
        headers,
        cookies,
        _ID.sub("ID", response.content.decode()),
        len(response.content),
    )


def statements(queries: Any) -> list[str]:
    """What was sent to the database, without its values and the numbers of savepoints and cursors."""
    return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]


def chance(some: list[float], others: list[float]) -> float:
    """How likely one of `some` is longer than one of `others` (Mann and Whitney's U by the pairs)."""
    ranked = sorted(others)
    above = sum(bisect_left(ranked, x) + bisect_right(ranked, x) for x in some)
    return above / 2 / (len(some) * len(ranked))


def timed(shopper: Shopper) -> dict[str, list[float]]:
    """Look-ups of every kind, in rounds of all kinds, so that whatever slows the machine slows all alike."""
    took: dict[str, list[float]] = defaultdict(list)
    dice = random.Random()
    for i in range(-WARM, ROUNDS):
        for kind in dice.sample(KINDS, len(KINDS)):
            begun = time.perf_counter()
            shopper.post(PORTAL, shopper.given(kind))
            if i >= 0:
                took[kind].append(time.perf_counter() - begun)
    return took


def told_apart(took: dict[str, list[float]]) -> dict[str, float]:
    """Kinds whose time tells them from what nobody knows, and by how much."""
    chances = {kind: chance(took[kind], took["unknown both"]) for kind in KINDS}
    return {kind: value for kind, value in chances.items() if abs(value - 0.5) > FAR}


def work() -> None:
    while relay.run():
        pass


def test_a_lookup_answers_all_alike(shop: Any) -> None:
    shopper, seen, sent = Shopper(shop), set(), set()
    for _ in range(20):
        for kind in KINDS:
            with CaptureQueriesContext(connection) as queries:
                answer = shopper.post(PORTAL, shopper.given(kind))
            seen.add(repr(fingerprint(answer)))
            sent.add(tuple(statements(queries)))
            page = Client().get(answer["Location"])
            seen.add(repr(fingerprint(page)))
        work()
    assert len(seen) == 2, seen
    assert len(sent) == 1, sent


def test_a_guessed_code_answers_all_alike(shop: Any) -> None:
    shopper, seen, sent = Shopper(shop), set(), set()
    for kind in KINDS:
        page = shopper.post(PORTAL, shopper.given(kind))["Location"]
        work()
        # The sixth and seventh attempt too: whoever has none left learns nothing else.
        for _ in range(7):
            with CaptureQueriesContext(connection) as queries:
                answer = shopper.post(page, {"code": "23456789"})
            seen.add(repr(fingerprint(answer)))
            sent.add(tuple(statements(queries)))
    assert len(seen) == 1, seen
    assert len(sent) == 1, sent


def test_the_api_answers_all_alike(shop: Any) -> None:
    shopper, seen, sent = Shopper(shop), set(), set()
    for kind in KINDS:
        body = json.dumps({"query": ASK, "variables": shopper.given(kind)})
        with CaptureQueriesContext(connection) as queries:
            answer = shopper.post(GRAPHQL, body, content_type="application/json")
        sent.add(tuple(statements(queries)))
        seen.add(repr(fingerprint(answer)))
        work()
        key = answer.json()["data"]["returnAccessRequest"]["id"]
        body = json.dumps({"query": CONFIRM, "variables": {"id": key}})
        seen.add(repr(fingerprint(shopper.post(GRAPHQL, body, content_type="application/json"))))
    assert len(seen) == 2, seen
    assert len(sent) == 1, sent


def test_time_tells_nothing(shop: Any, count: Callable[[str], None]) -> None:
    took = timed(Shopper(shop))
    chances = {kind: chance(took[kind], took["unknown both"]) for kind in KINDS[:3]}
    count("look-ups, chance that it takes longer than an unknown one: "
          + ", ".join(f"{kind} {value:.2f}" for kind, value in chances.items()))  # fmt: skip
    assert told_apart(took) == {}


def test_a_lookup_that_looks_would_be_found_out(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: the same with a portal that finds and mails while the shopper waits."""

    def leaking(number: str, email: str, **more: Any) -> Any:
        asked = request_access(number, email, **more)
        send_access_code(asked.pk)
        return asked

    monkeypatch.setattr("saleor_plugins.returns.domain.codes.MAILS", 10 * ROUNDS)
    monkeypatch.setattr("saleor_plugins.returns.views.portal.access_pages.request_access", leaking)
    assert told_apart(timed(Shopper(shop)))["known"] > 0.5 + FAR


def test_many_guesses_at_once_are_five(shop: Any) -> None:
    """Every code but the right one: whoever sends hundreds has five, and the right one is lost with them."""
    shopper = Shopper(shop)
    page = shopper.post(PORTAL, shopper.given("known"))["Location"]
    work()
    code = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", shop.mails()[-1][2])[0]
    for guess in range(50):
        assert shopper.post(page, {"code": f"{22222222 + guess}"}).status_code == 422
    assert shopper.post(page, {"code": code}).status_code == 422


def test_what_anybody_may_ask_leaks_nothing(shop: Any) -> None:
    """The fields of the API that need no permission, asked about an order that exists."""
    answers = set()
    for kind in KINDS:
        given = Shopper(shop).given(kind)
        body = json.dumps({"query": DECLARE, "variables": given})
        answer = Shopper(shop).post(GRAPHQL, body, content_type="application/json")
        answers.add(re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)?", "AT", answer.content.decode()))
        work()
    assert len(answers) == 1, answers
