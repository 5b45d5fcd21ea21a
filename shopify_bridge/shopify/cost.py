"""What a document will ask of the shop's budget, before it is sent.

Shopify's documented rules (scalar 0, object 1, mutation 10, a connection by its size) without its
schema: what is an object and what a connection is told by its selection. The little that this gets wrong
is a constant factor of a document, which its answers teach (`budget.py`). The logarithm and the extra of
productSet were fitted to recorded costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    value_from_ast_untyped,
)

# One query may not ask for more (MAX_COST_EXCEEDED).
MOST = 1000
_MUTATION, _DEAR_MUTATION = 10, 20
_DEAR = {"refundCreate", "orderCapture", "fileCreate"}
_FREE = {"userErrors", "pageInfo", "shopMoney", "presentmentMoney", "shippingAddress", "billingAddress"}


def estimate(text: str, variables: Mapping[str, Any]) -> int:
    """Points that the first operation of a document asks for."""
    document = _parsed(text)
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    count = _Count(fragments, dict(variables))
    if operation.operation.value == "mutation":
        return sum(count.mutation(node) for node in count.fields(operation.selection_set))
    return max(1, count.selections(operation.selection_set))


@lru_cache(maxsize=256)
def _parsed(text: str) -> DocumentNode:
    return parse(text, no_location=True)


class _Count:
    """Counts one operation with its variables."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: dict[str, Any]):
        self._fragments, self._variables = fragments, variables

    def mutation(self, node: FieldNode) -> int:
        """Points of one mutation; objects directly in its payload are free."""
        points = _DEAR_MUTATION if node.name.value in _DEAR else _MUTATION
        for child in self.fields(node.selection_set):
            if child.name.value not in _FREE:
                points += self.selections(child.selection_set)
        return points + (self._set_extra(node) if node.name.value == "productSet" else 0)

    def selections(self, selections: SelectionSetNode | None) -> int:
        """Points of what is selected of one object."""
        return sum(self._field(node) for node in self.fields(selections) if node.selection_set)

    def fields(self, selections: SelectionSetNode | None) -> list[FieldNode]:
        """The fields of a selection, through its fragments."""
        found: list[FieldNode] = []
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                found.append(node)
            elif isinstance(node, FragmentSpreadNode):
                found += self.fields(self._fragments[node.name.value].selection_set)
            else:
                found += self.fields(node.selection_set)  # type: ignore[attr-defined]
        return found

    def _field(self, node: FieldNode) -> int:
        children = self.fields(node.selection_set)
        inner = [child for child in children if child.name.value in ("nodes", "edges")]
        if inner:
            size = self._argument(node, "first") or self._argument(node, "last") or 1
            each = sum(self.selections(child.selection_set) for child in inner)
            return 2 + max(1, math.floor(2 * math.log(max(int(size), 1)))) * (1 + each)
        ids = self._argument(node, "ids")
        times = len(ids) if isinstance(ids, list) else 1
        return times * ((node.name.value not in _FREE) + self.selections(node.selection_set))

    def _argument(self, node: FieldNode, name: str) -> Any:
        for argument in node.arguments:
            if argument.name.value == name:
                return value_from_ast_untyped(argument.value, self._variables)
        return None

    def _set_extra(self, node: FieldNode) -> int:
        given = self._argument(node, "input") or {}
        variants = given.get("variants") or []
        return math.ceil(
            0.2 * len(variants)
            + 1.9 * len(given.get("files") or [])
            + 0.4 * len(given.get("metafields") or [])
            + 0.6 * sum(1 for variant in variants if variant.get("file"))
            + 0.4 * sum(len(variant.get("metafields") or []) for variant in variants)
        )
