"""What a product only names: its tax class and the categories above its own. Read once, when first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

Node = Mapping[str, Any]
# A category deeper than this is a loop.
_DEPTH = 50


class Lookups:
    """`nodes` answers those of a document and its field."""

    def __init__(self, nodes: Callable[[str, str], Iterator[Node]], dialect: str):
        self._nodes, self._dialect = nodes, dialect
        self._parents: dict[str, str] = {}

    @cached_property
    def untaxed(self) -> frozenset[str]:
        """Tax classes that are zero in every country they name. 2.10 has none."""
        if self._dialect == "v2":
            return frozenset()
        return frozenset(
            node["id"]
            for node in self._nodes("TaxClasses", "taxClasses")
            if node["countries"] and not any(item["rate"] for item in node["countries"])
        )

    def above(self, category: str) -> tuple[str, ...]:
        """A category and those it lies in, as Saleor shows its products in all of them."""
        if category not in self._parents:
            for node in self._nodes("CategoryTree", "categories"):
                self._parents[node["id"]] = (node["parent"] or {}).get("id", "")
        path = [category]
        while (parent := self._parents.get(path[-1], "")) and len(path) < _DEPTH:
            path.append(parent)
        return tuple(path)
