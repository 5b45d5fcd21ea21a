"""The transport: what is repeated, what is not, and what it says."""

from __future__ import annotations

from typing import Any

import pytest

from shopify_bridge.shopify.budget import Spent, Ticket
from shopify_bridge.shopify.client import Client, Limits, base_url
from shopify_bridge.shopify.documents import document
from shopify_bridge.shopify.errors import Rejected, Unauthorized, Unknown, Unreachable, UserErrors

from .conftest import TOKEN

ORDER = {"lineItems": [{"title": "x", "quantity": 1}]}
OPTIONS = {"inventoryBehaviour": "BYPASS"}


@pytest.fixture
def client(sandbox: Any) -> Client:
    return Client(sandbox.url, TOKEN, limits=Limits(connect=2, read=1, total=20), sleep=lambda seconds: None)


def fate(sandbox: Any, *fates: str) -> None:
    """What happens to the next requests, one by one."""
    left = iter(fates)
    sandbox.faults.draw = lambda: next(left, "")


def test_reads_and_repeatable_writes_are_sent_again(sandbox, client) -> None:
    fate(sandbox, "throttled", "error", "lost", "error-after")
    assert client.run("BridgeStore")["shop"]["currencyCode"] == "USD"
    assert client.calls == 5
    fate(sandbox, "lost", "error-after")
    wanted = {"PRODUCT": True, "PRODUCTVARIANT": False, "COLLECTION": False, "ORDER": False}
    with pytest.raises(UserErrors) as caught:
        client.write("BridgeDefine", **wanted)
    assert caught.value.codes == {"TAKEN"}


@pytest.mark.parametrize("what", ["lost", "error", "error-after"])
def test_a_write_that_is_not_repeatable_is_never_sent_twice(sandbox, client, what) -> None:
    assert not document("BridgeCreateOrder").repeatable and not document("BridgeFulfill").repeatable
    fate(sandbox, what)
    with pytest.raises(Unknown):
        client.write("BridgeCreateOrder", order=ORDER, options=OPTIONS)
    assert client.calls == 1
    assert sandbox.store.state.count("Order") == (0 if what == "error" else 1)


def test_throttled_means_nothing_was_done_so_even_orders_are_repeated(sandbox, client) -> None:
    fate(sandbox, "throttled", "throttled")
    client.write("BridgeCreateOrder", order=ORDER, options=OPTIONS)
    assert (client.calls, sandbox.store.state.count("Order")) == (3, 1)


def test_a_store_that_hangs_is_not_waited_for(sandbox, client) -> None:
    sandbox.faults.hang = 1.5
    fate(sandbox, "lost")
    with pytest.raises(Unknown) as caught:
        client.write("BridgeCreateOrder", order=ORDER, options=OPTIONS)
    assert "ReadTimeout" in str(caught.value)


def test_giving_up_says_so(sandbox) -> None:
    client = Client(
        sandbox.url, TOKEN, limits=Limits(connect=1, read=1, total=0.5), sleep=lambda seconds: None
    )
    fate(sandbox, *["throttled"] * 50)
    with pytest.raises(Unreachable) as caught:
        client.run("BridgeStore")
    assert "THROTTLED" in str(caught.value)


def test_nobody_there(sandbox) -> None:
    client = Client("http://127.0.0.1:9", TOKEN, limits=Limits(total=0.1), sleep=lambda seconds: None)
    with pytest.raises(Unreachable):
        client.run("BridgeStore")


def test_a_wrong_token_is_told_apart(sandbox) -> None:
    with pytest.raises(Unauthorized):
        Client(sandbox.url, "wrong").run("BridgeStore")


def test_errors_never_quote_what_names_people(sandbox, client) -> None:
    bad = ORDER | {"shippingAddress": {"countryCode": "CANARY"}}
    with pytest.raises(Rejected) as caught:
        client.write("BridgeCreateOrder", order=bad, options=OPTIONS)
    assert "CANARY" not in str(caught.value)


def test_the_budget_waits_for_the_bucket(sandbox) -> None:
    waits: list[float] = []
    client = Client(sandbox.url, TOKEN, sleep=waits.append)
    client.run("BridgeStore")
    client.budget.settle(Ticket(), Spent(0, 0, level=0, size=2000, rate=100))
    client.run("BridgeStore")
    assert len(waits) == 1 and 0.1 < waits[0] < 2


@pytest.mark.parametrize(
    "shop",
    [
        "https://evil.example.com",
        "foo.myshopify.com.evil.com",
        "http://169.254.169.254",
        "http://foo.myshopify.com@evil.com",
        "",
    ],
)
def test_tokens_go_to_no_stranger(shop) -> None:
    with pytest.raises(ValueError, match=r"myshopify\.com"):
        base_url(shop)


def test_shops_are_found_under_their_domain() -> None:
    assert base_url("foo.myshopify.com") == base_url("foo") == "https://foo.myshopify.com"
