"""The bridge's estimate of a document's cost, against what the store asks for it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from shopify_bridge.shopify.client import Client
from shopify_bridge.shopify.cost import estimate
from shopify_bridge.shopify.documents import document, names

from .conftest import TOKEN


def test_the_rules() -> None:
    assert estimate("{ shop { name } }", {}) == 1
    assert estimate("query($n: Int) { products(first: $n) { nodes { id } } }", {"n": 10}) == 2 + 4
    one = 2 + math.floor(2 * math.log(10)) * (1 + 1)
    assert (
        estimate("{ products(first: 10) { nodes { id seo { title } } pageInfo { endCursor } } }", {}) == one
    )
    inside = 2 + math.floor(2 * math.log(5)) * 1
    nested = "{ products(first: 10) { nodes { variants(first: 5) { nodes { id } } } } }"
    assert estimate(nested, {}) == 2 + math.floor(2 * math.log(10)) * (1 + inside)
    assert estimate("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 250}) == 250


def test_a_mutation_costs_ten_and_what_it_tells() -> None:
    text = (
        "mutation($i: ProductSetInput!) { productSet(input: $i) { product { id } userErrors { message } } }"
    )
    assert estimate(text, {"i": {}}) == 10
    variants = [{"file": {"id": "x"}, "metafields": [{}]}] * 5
    given = {"variants": variants, "files": [{}, {}], "metafields": [{}]}
    assert estimate(text, {"i": given}) == 10 + math.ceil(0.2 * 5 + 1.9 * 2 + 0.4 + 0.6 * 5 + 0.4 * 5)
    assert estimate("mutation { refundCreate { refund { id } } }", {}) == 20


@pytest.mark.parametrize("name", names())
def test_each_document_has_an_estimate_below_the_limit(name: str) -> None:
    given: dict[str, Any] = {"first": 10, "ids": ["gid://shopify/Product/1"] * 250, "input": {}}
    assert 1 <= estimate(document(name).text, given) <= 1000


def test_the_store_teaches_what_the_estimate_gets_wrong(sandbox: Any) -> None:
    client = Client(sandbox.url, TOKEN)
    doc = document("BridgeStore")
    client.run("BridgeStore")
    factor = client.budget.factor("BridgeStore")
    requested = sandbox.store.execute({"query": doc.text})["extensions"]["cost"]["requestedQueryCost"]
    assert factor and round(estimate(doc.text, {}) * factor) == requested
