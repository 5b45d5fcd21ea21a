"""What a query selects, so that only that is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql.language.ast import Field


def asked(info: Any, *path: str) -> set[str]:
    """Names of the fields selected below `path`, which starts below the field that is resolved.

    Fragments are followed. Directives are not: what `@skip` leaves out is read in vain, never missed.
    """
    nodes = list(info.field_asts)
    for name in path:
        nodes = [node for node in _fields(info, nodes) if node.name.value == name]
    return {node.name.value for node in _fields(info, nodes)}


def _fields(info: Any, nodes: list[Any]) -> Iterator[Any]:
    for node in nodes:
        for selection in node.selection_set.selections if node.selection_set else ():
            if isinstance(selection, Field):
                yield selection
            else:
                # A spread names its fragment, an inline fragment is one.
                named = getattr(selection, "name", None)
                yield from _fields(info, [info.fragments[named.value] if named else selection])
