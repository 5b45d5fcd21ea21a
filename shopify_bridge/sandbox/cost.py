"""What a request costs, and the leaky bucket that pays for it.

The rules are those Shopify documents under "API rate limits" for the GraphQL Admin API (scalar 0, object 1,
mutation 10, connections sized by their `first`, logarithmically); the logarithm and the exceptions
were fitted to recorded costs and are assumed, not documented.
"""

from __future__ import annotations

import math
import threading
import time
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

MAX_QUERY_COST = 1000
_FREE = {"MoneyBag", "MoneyV2", "MailingAddress", "PageInfo", "UserError"}
_MUTATION = 10


class Costs:
    """Counts the cost of one operation; with `data`, the cost of what was really returned."""

    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], variables: dict):
        self.schema, self.fragments, self.variables = schema, fragments, variables

    def of(self, operation: OperationDefinitionNode, data: Any = None) -> int:
        """Points of the whole operation."""
        mutation = operation.operation.value == "mutation"
        root = self.schema.mutation_type if mutation else self.schema.query_type
        assert root
        if not mutation:
            return max(1, self._selections(operation.selection_set, root, data))
        return sum(
            _MUTATION + self._extra(node) + self._payload(node, root, data)
            for node in self._fields(operation.selection_set)
        )

    def _payload(self, node: FieldNode, root: GraphQLObjectType, data: Any) -> int:
        """Objects directly under a payload are free; what they hold is not."""
        payload = get_named_type(root.fields[node.name.value].type)
        total = 0
        for child in self._fields(node.selection_set):
            kind = self._type(payload, child)
            if child.selection_set and kind:
                value = _dig(_dig(data, node), child)
                total += self._selections(child.selection_set, kind, value)
        return total

    def _selections(self, selections: SelectionSetNode | None, kind: GraphQLNamedType, data: Any) -> int:
        if isinstance(data, list):
            return sum(self._selections(selections, kind, item) for item in data)
        total = 0
        for node in self._fields(selections):
            child = self._type(kind, node)
            if node.selection_set and child:
                total += self._field(node, child, _dig(data, node), counted=data is not None)
        return total

    def _field(self, node: FieldNode, kind: GraphQLNamedType, data: Any, counted: bool) -> int:
        if kind.name.endswith("Error"):
            return 0
        if counted and data is None:
            return 0
        if not kind.name.endswith("Connection"):
            return (kind.name not in _FREE) + self._selections(node.selection_set, kind, data)
        inner = [
            field for field in self._fields(node.selection_set) if field.name.value in ("nodes", "edges")
        ]
        size, children = self._arg(node, "first") or 1, 0
        for field in inner:
            items = _dig(data, field)
            if counted:
                size = len(items or [])
            child = self._type(kind, field)
            sample = items[:1] if items else None
            if child and field.selection_set:
                children += self._selections(field.selection_set, child, sample)
        return 2 + max(1, math.floor(2 * math.log(max(size, 1)))) * (1 + children)

    def _fields(self, selections: SelectionSetNode | None) -> list[FieldNode]:
        found: list[FieldNode] = []
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                found.append(node)
            elif hasattr(node, "selection_set"):
                found += self._fields(node.selection_set)
            else:
                found += self._fields(self.fragments[node.name.value].selection_set)  # type: ignore[attr-defined]
        return found

    def _type(self, kind: GraphQLNamedType, node: FieldNode) -> GraphQLNamedType | None:
        field = getattr(kind, "fields", {}).get(node.name.value)
        if field is not None:
            return get_named_type(field.type)
        # A field of an inline fragment on an interface: the only other type here is MediaImage.
        media = self.schema.type_map["MediaImage"]
        field = getattr(media, "fields", {}).get(node.name.value)
        return get_named_type(field.type) if field is not None else None

    def _arg(self, node: FieldNode, name: str) -> Any:
        for argument in node.arguments:
            if argument.name.value == name:
                return value_from_ast_untyped(argument.value, self.variables)
        return None

    def _extra(self, node: FieldNode) -> int:
        if node.name.value != "productSet":
            return 0
        given = self._arg(node, "input") or {}
        variants = given.get("variants") or []
        return math.ceil(
            0.2 * len(variants)
            + 1.9 * len(given.get("files") or [])
            + 0.4 * len(given.get("metafields") or [])
            + 0.6 * sum(1 for variant in variants if variant.get("file"))
            + 0.4 * sum(len(variant.get("metafields") or []) for variant in variants)
        )


def _dig(data: Any, node: FieldNode) -> Any:
    if not isinstance(data, dict):
        return None
    return data.get(node.alias.value if node.alias else node.name.value)


class Bucket:
    """Reserves what a request may cost, gives back what it did not."""

    def __init__(self, size: float = 2000, rate: float = 100):
        self.size, self.rate, self._level = float(size), float(rate), float(size)
        self._at, self._lock = time.monotonic(), threading.Lock()

    def reserve(self, points: float) -> bool:
        """Take `points`, if they are there."""
        with self._lock:
            self._refill()
            if points > self._level:
                return False
            self._level -= points
            return True

    def give_back(self, points: float) -> None:
        """Return the unused part of a reservation."""
        with self._lock:
            self._refill()
            self._level = min(self.size, self._level + points)

    def status(self) -> dict[str, float]:
        """The throttleStatus of an answer."""
        with self._lock:
            self._refill()
            return {
                "maximumAvailable": self.size,
                "currentlyAvailable": int(self._level),
                "restoreRate": self.rate,
            }

    def _refill(self) -> None:
        now = time.monotonic()
        self._level = min(self.size, self._level + (now - self._at) * self.rate)
        self._at = now
