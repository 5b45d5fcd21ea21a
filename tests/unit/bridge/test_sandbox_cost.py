"""What the local store charges, and how its bucket fills: Shopify's documented rules, in numbers."""

from __future__ import annotations

import math
import threading
from typing import Any

import pytest
from graphql import FragmentDefinitionNode, get_operation_ast, parse

from shopify_bridge.sandbox.cost import MAX_QUERY_COST, Bucket, Costs
from shopify_bridge.sandbox.store import schema

from .test_sandbox_bulk import SET, product


def cost(text: str, data: Any = None, **variables: Any) -> int:
    document = parse(text)
    fragments = {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}
    operation = get_operation_ast(document)
    assert operation
    return Costs(schema(), fragments, variables).of(operation, data)


def of(size: int, children: int = 0) -> int:
    """A connection of `size` nodes that hold `children` points each."""
    return 2 + max(1, math.floor(2 * math.log(size))) * (1 + children)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ shop { name email } }", 1),
        ("{ products(first: 1) { nodes { id title } } }", of(1)),
        ("{ products(first: 250) { nodes { id } pageInfo { endCursor } } }", of(250)),
        ("{ products(first: 10) { nodes { seo { title } } } }", of(10, 1)),
        ("{ products(first: 10) { edges { node { id } } } }", of(10, 1)),
        ("{ products(first: 9) { nodes { variants(first: 4) { nodes { id } } } } }", of(9, of(4))),
        ("{ a: shop { name } b: shop { name } }", 2),
        ("{ ...Q } fragment Q on QueryRoot { shop { name } }", 1),
        ('{ node(id: "x") { ... on Product { seo { title } } ... on Location { name } } }', 2),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3),
        ('{ order(id: "x") { totalPriceSet { shopMoney { amount } } } }', 1),
    ],
)
def test_reads(text: str, points: int) -> None:
    assert cost(text) == points


def test_mutations() -> None:
    assert cost(SET, p={}) == 10
    deep = SET.replace("title }", "seo { title } variants(first: 3) { nodes { id } } }")
    assert cost(deep, p={}) == 10 + 1 + of(3)
    given = product("A", "SML") | {"metafields": [{}] * 4}
    given["variants"][0] |= {"file": {"id": "x"}, "metafields": [{}, {}]}
    assert cost(SET, p=given) == 10 + math.ceil(0.2 * 3 + 1.9 + 0.4 * 4 + 0.6 + 0.4 * 2)


def test_a_product_of_three_variants_with_a_picture_and_metafields_stays_below_twenty() -> None:
    given = product("A", "SML") | {"metafields": [{}] * 5}
    for variant in given["variants"]:
        variant["metafields"] = [{}]
    assert cost(SET, p=given) <= 20


def test_what_was_not_there_is_given_back(ask: Any) -> None:
    said = ask("{ products(first: 200) { nodes { variants(first: 10) { nodes { id } } } } }")["extensions"][
        "cost"
    ]
    assert said["requestedQueryCost"] == of(200, of(10)) and said["actualQueryCost"] == 2 + 1
    left = said["throttleStatus"]["currentlyAvailable"]
    assert left >= said["throttleStatus"]["maximumAvailable"] - 5


def test_no_answer_costs_more_than_was_asked(ask: Any) -> None:
    for name in "ABC":
        ask(SET, p=product(name))
    text = "{ products(first: 3) { nodes { options(first: 3) { id optionValues { id } } variants(first: 2) { nodes { id } } } } }"
    said = ask(text)["extensions"]["cost"]
    assert 0 < said["actualQueryCost"] <= said["requestedQueryCost"] <= MAX_QUERY_COST


def test_the_bucket_never_gives_more_than_it_has() -> None:
    bucket = Bucket(1000, rate=0.0001)
    taken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(bucket.reserve(7) for _ in range(50))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 1000 // 7
    bucket.give_back(10**6)
    assert bucket.status() == {"maximumAvailable": 1000, "currentlyAvailable": 1000, "restoreRate": 0.0001}
