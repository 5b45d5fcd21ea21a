"""What is made to measure fits the local store's schema; amounts keep their currency's exponent."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, validate

from shopify_bridge.domain.market import PriceChange, text
from shopify_bridge.domain.policy import Policy
from shopify_bridge.sandbox.store import schema
from shopify_bridge.shopify import prices
from shopify_bridge.shopify.collections import Collections

P1 = "gid://shopify/Publication/1"


class Client:
    """Remembers what it is asked and answers what it is told."""

    def __init__(self, *answers: Any):
        self.asked: list[Any] = []
        self._answers = list(answers)

    def pages(self, document: Any, root: str, **variables: Any) -> list[Any]:
        self.asked.append(document)
        return []

    def run(self, name: str, **variables: Any) -> Any:
        self.asked.append(variables)
        return self._answers.pop(0)


def test_collections_are_read_with_what_the_policy_names() -> None:
    client = Client()
    policy = Policy(publications={"a": P1, "b": P1}, locales={"DE": "de", "FR": 'f"r'})
    assert list(Collections(client, policy).all()) == []  # type: ignore[arg-type]
    (document,) = client.asked
    assert document.repeatable
    assert validate(schema(), parse(document.text)) == []
    assert document.text.count("publishedOnPublication") == 1
    assert document.text.count("translations(") == 2


@pytest.mark.parametrize(
    ("currency", "minor", "amount"), [("JPY", 1200, "1200"), ("EUR", 1200, "12.00"), ("BHD", 1200, "1.200")]
)
def test_amounts_have_the_digits_of_their_currency(currency: str, minor: int, amount: str) -> None:
    change = PriceChange("v", "", "V", None, (minor, minor + 1))
    given = prices.variables("list", currency, [("gid://shopify/ProductVariant/1", change)])
    assert given["prices"][0]["price"] == {"amount": amount, "currencyCode": currency}
    node = {
        "variant": {"id": "v"},
        "price": {"amount": amount, "currencyCode": currency},
        "compareAtPrice": None,
    }
    page = {"nodes": [node], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    client = Client({"priceList": {"prices": page}})
    assert list(prices.in_pages(client, "list", currency)) == [("list", "v", (minor, None))]  # type: ignore[arg-type]
    assert text((minor, None), currency) == f"{amount} {currency}"


def test_a_price_list_that_is_gone_has_no_prices() -> None:
    assert list(prices.in_pages(Client({"priceList": None}), "list", "EUR")) == []  # type: ignore[arg-type]


def test_variants_are_asked_for_fifty_at_a_time() -> None:
    empty = {"priceList": {"prices": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}}
    client = Client(empty, empty, empty)
    gids = [f"gid://shopify/ProductVariant/{number}" for number in range(120)]
    assert prices.of_variants(client, "list", "EUR", gids) == {}  # type: ignore[arg-type]
    assert [asked["query"].count("variant_id:") for asked in client.asked] == [50, 50, 20]
