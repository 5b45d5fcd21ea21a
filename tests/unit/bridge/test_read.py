"""What is asked of a store, and how its answers are put together again in whatever order they come."""

from __future__ import annotations

import random
from typing import Any

import pytest
from graphql import parse, visit
from graphql.language import FieldNode, OperationDefinitionNode, Visitor

from shopify_bridge.shopify.cost import estimate
from shopify_bridge.shopify.documents import document
from shopify_bridge.shopify.read import by_hand
from shopify_bridge.shopify.shape import Shape

SHAPE = Shape(
    ("gid://shopify/Location/1",), ("color", 'od"d'), ("de", "fr"), ("gid://shopify/Publication/1",)
)


class _Connections(Visitor):
    """Counts connections and how deep they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.depth = self.deepest = 0

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value == "edges":
            self.count += 1
            self.depth += 1
            self.deepest = max(self.depth, self.deepest)

    def leave_field(self, node: FieldNode, *_: Any) -> None:
        self.depth -= node.name.value == "edges"


def test_the_bulk_query_is_one_shopify_runs() -> None:
    """One top-level connection, five in all at most, nested two deep at most, no fragments, no pages."""
    parsed = parse(SHAPE.bulk())
    (query,) = parsed.definitions
    assert isinstance(query, OperationDefinitionNode) and len(query.selection_set.selections) == 1
    counted = _Connections()
    visit(parsed, counted)
    assert (counted.count, counted.deepest) == (4, 2)
    assert "..." not in SHAPE.bulk().replace("... on", "") and "first: 1" not in SHAPE.bulk()


def test_a_shape_is_in_every_document_that_reads_products() -> None:
    for name in ("BridgeProducts", "BridgeProduct", "BridgeProductByKey", "BridgeMoreVariants"):
        text = SHAPE.document(name).text
        assert 'key: "od\\"d"' in text and 'locationId: "gid://shopify/Location/1"' in text
    assert estimate(SHAPE.document("BridgeProducts").text, {"first": 25}) < 1000


def test_a_product_with_three_variants_a_picture_and_metafields_costs_twenty_points() -> None:
    given = {
        "variants": [{"metafields": [{}]}] * 3,
        "files": [{}],
        "metafields": [{}, {}],
    }
    assert estimate(document("BridgeSetProduct").text, {"variants": 3, "input": given}) <= 20


def test_collections_with_rules_are_told_from_those_filled_by_hand() -> None:
    assert by_hand({"sources": [{"id": "x", "inclusion": {"conditions": []}}, {"id": "y"}]})
    assert by_hand({"sources": []})
    assert not by_hand({"sources": [{"id": "x", "inclusion": {"conditions": [{"id": "c"}]}}]})


@pytest.mark.parametrize("seed", range(5))
def test_lines_in_any_order_make_the_same_products(seed: int) -> None:
    from shopify_bridge.usecases.spool import Spool

    lines: list[dict[str, Any]] = []
    for number in range(20):
        gid = f"gid://shopify/Product/{number}"
        lines.append({"id": gid, "metafield": {"value": f"P{number}"}, "handle": f"h{number}"})
        for at in range(3):
            variant = {"id": f"gid://shopify/ProductVariant/{number}{at}", "sku": f"S{number}-{at}"}
            lines.append(variant | {"__parentId": gid})
        lines.append({"id": f"gid://shopify/MediaImage/{number}", "__parentId": gid})
        lines.append({"id": f"gid://shopify/Collection/{number}", "__parentId": gid})
    random.Random(seed).shuffle(lines)
    with Spool(lambda node: node) as spool:  # type: ignore[arg-type,return-value]
        assert sum(spool.add(line) for line in lines) == 20
        spool.ready()
        node: Any = spool.take(key="P7")
        assert sorted(v["sku"] for v in node["variants"]["nodes"]) == ["S7-0", "S7-1", "S7-2"]
        assert len(node["media"]["nodes"]) == len(node["collections"]["nodes"]) == 1
        assert [n["id"] for n in spool.with_skus([" s8-1 "])] == ["gid://shopify/Product/8"]  # type: ignore[index]
        assert spool.handled("h3") and not spool.handled("h99")
        assert len(list(spool.orphans())) == 19
