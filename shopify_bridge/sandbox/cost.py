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
_MUTATIONS = {"refundCreate": 20, "orderCapture": 20, "fileCreate": 20}


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
            _MUTATIONS.get(node.name.value, _MUTATION) + self._extra(node) + self._payload(node, root, data)
            for node, _ in self._fields(operation.selection_set, root)
        )

    def _payload(self, node: FieldNode, root: GraphQLObjectType, data: Any) -> int:
        """Objects directly under a payload are free; what they hold is not."""
        payload = get_named_type(root.fields[node.name.value].type)
        total = 0
        for child, parent in self._fields(node.selection_set, payload):
            kind = _type(parent, child)
            if child.selection_set and kind:
                value = _dig(_dig(data, node), child)
                total += self._selections(child.selection_set, kind, value)
        return total

    def _selections(self, selections: SelectionSetNode | None, kind: GraphQLNamedType, data: Any) -> int:
        if isinstance(data, list):
            return sum(self._selections(selections, kind, item) for item in data)
        total = 0
        for node, parent in self._fields(selections, kind):
            child = _type(parent, node)
            if node.selection_set and child:
                total += self._field(node, child, _dig(data, node), counted=data is not None)
        return total

    def _field(self, node: FieldNode, kind: GraphQLNamedType, data: Any, counted: bool) -> int:
        if kind.name.endswith("Error") or (counted and data is None):
            return 0
        if kind.name.endswith("Connection"):
            return self._connection(node, kind, data, counted)
        one = kind.name not in _FREE
        ids = self._arg(node, "ids")
        if isinstance(ids, list):
            # Assumed: what is asked for by a list of ids costs as many objects.
            if counted:
                return len(data) * one + self._selections(node.selection_set, kind, data)
            return len(ids) * (one + self._selections(node.selection_set, kind, None))
        return one + self._selections(node.selection_set, kind, data)

    def _connection(self, node: FieldNode, kind: GraphQLNamedType, data: Any, counted: bool) -> int:
        size, children = self._arg(node, "first") or self._arg(node, "last") or 1, 0
        for field, parent in self._fields(node.selection_set, kind):
            if field.name.value not in ("nodes", "edges"):
                continue
            items = _dig(data, field)
            if counted:
                size = len(items or [])
            child = _type(parent, field)
            if child and field.selection_set and (items or not counted):
                sample = items[:1] if items else None
                children += self._selections(field.selection_set, child, sample)
        return 2 + max(1, math.floor(2 * math.log(max(size, 1)))) * (1 + children)

    def _fields(
        self, selections: SelectionSetNode | None, kind: GraphQLNamedType
    ) -> list[tuple[FieldNode, GraphQLNamedType]]:
        """The fields selected, each with the type it is a field of."""
        found: list[tuple[FieldNode, GraphQLNamedType]] = []
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                found.append((node, kind))
                continue
            inside: Any = node if hasattr(node, "selection_set") else self.fragments[node.name.value]  # type: ignore[attr-defined]
            on = inside.type_condition
            found += self._fields(inside.selection_set, self.schema.type_map[on.name.value] if on else kind)
        return found

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


def _type(kind: GraphQLNamedType, node: FieldNode) -> GraphQLNamedType | None:
    field = getattr(kind, "fields", {}).get(node.name.value)
    return get_named_type(field.type) if field is not None else None


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
