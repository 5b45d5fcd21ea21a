"""What a query selects, so that only that is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql.language.ast import Field

Asked = dict[str, Any]


def asked(info: Any, *path: str) -> Asked:
    """The fields selected below `path`, which starts below the field that is resolved; nested by name.

    Fragments are followed. Directives are not: what `@skip` leaves out is read in vain, never missed.
    """
    tree = _tree(info, info.field_asts)
    for name in path:
        tree = tree.get(name, {})
    return tree


def _tree(info: Any, nodes: list[Any]) -> Asked:
    found: dict[str, list[Any]] = {}
    for node in _fields(info, nodes):
        found.setdefault(node.name.value, []).append(node)
    return {name: _tree(info, same) for name, same in found.items()}


def _fields(info: Any, nodes: list[Any]) -> Iterator[Any]:
    for node in nodes:
        for selection in node.selection_set.selections if node.selection_set else ():
            if isinstance(selection, Field):
                yield selection
            else:
                # A spread names its fragment, an inline fragment is one.
                named = getattr(selection, "name", None)
                yield from _fields(info, [info.fragments[named.value] if named else selection])
