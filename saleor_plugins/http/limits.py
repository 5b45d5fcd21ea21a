"""What a GraphQL request may cost before it is run.

The length limit comes first because parsing is the expensive part of a hostile query.
"""

from __future__ import annotations

from typing import Any

from graphql.language import ast

from ..kernel.errors import Invalid

MAX_BODY_BYTES = 1_000_000
MAX_QUERY_CHARS = 20_000
MAX_DEPTH = 15
MAX_FIELDS = 500


def check_document(document: Any) -> None:
    """Refuse a parsed query that is too deep or too wide, its fragments counted where they are spread."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, ast.FragmentDefinition)
    }
    total = sum(
        _count(definition.selection_set, fragments, 1, ())
        for definition in document.definitions
        if isinstance(definition, ast.OperationDefinition)
    )
    _check_fields(total)


def _check_fields(count: int) -> None:
    if count > MAX_FIELDS:
        raise Invalid(f"The query asks for more than {MAX_FIELDS} fields.", field="query")


def _count(selections: Any, fragments: dict[str, Any], depth: int, seen: tuple[str, ...]) -> int:
    """Fields below `selections`; stops with Invalid as soon as a limit is passed."""
    if selections is None:
        return 0
    if depth > MAX_DEPTH:
        raise Invalid(f"The query is nested deeper than {MAX_DEPTH}.", field="query")
    total = 0
    for node in selections.selections:
        if isinstance(node, ast.FragmentSpread):
            name = node.name.value
            if name in seen:
                raise Invalid("The query's fragments form a circle.", field="query")
            if name in fragments:
                total += _count(fragments[name].selection_set, fragments, depth, (*seen, name))
        else:
            inline = isinstance(node, ast.InlineFragment)
            total += 0 if inline else 1
            total += _count(node.selection_set, fragments, depth + (not inline), seen)
        _check_fields(total)
    return total
