"""What of a product one connection has to read: mapped locations, its attributes, languages and publications.

Each is asked for by an alias of its own rather than by a connection, which a bulk query has five of and nests
twice at most, and of which every one has a last page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from ..domain.model import ATTRIBUTES, Metafield
from .documents import Document, document

Node = Mapping[str, Any]
# Shopify's key of a translated text, and the field it is.
TRANSLATED = {
    "title": "title",
    "body_html": "description",
    "meta_title": "seo title",
    "meta_description": "seo description",
}


@dataclass(frozen=True)
class Shape:
    """Location gids, keys of attributes, Shopify locales and publication gids; names of what is read."""

    places: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()

    def document(self, name: str) -> Document:
        """The document `name` with what this shape reads in it."""
        if name not in self._documents:
            plain = document(name)
            parsed = parse(plain.text)
            kept = [d for d in parsed.definitions if _name(d) not in self._fragments]
            text = "\n".join([*(print_ast(d) for d in kept), *self._used(plain.text)])
            self._documents[name] = Document(name, text, plain.repeatable)
        return self._documents[name]

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {}

    def bulk(self) -> str:
        """One query for every product, its fragments written out."""
        parsed = parse(self.document("BridgeEverything").text)
        fragments = {d.name.value: d for d in parsed.definitions if isinstance(d, FragmentDefinitionNode)}
        (query,) = [d for d in parsed.definitions if isinstance(d, OperationDefinitionNode)]
        return print_ast(DocumentNode(definitions=(visit(query, _Inline(fragments)),)))

    def _used(self, text: str) -> Iterator[str]:
        yield from (made for name, made in self._fragments.items() if f"...{name}" in text)

    @cached_property
    def _fragments(self) -> dict[str, str]:
        product = [*self._attributes(), *self._translations(), *self._publications()]
        return {
            "BridgeProductShape": _fragment("BridgeProductShape", "Product", product),
            "BridgeVariantShape": _fragment(
                "BridgeVariantShape", "ProductVariant", [*self._attributes(), *self._levels()]
            ),
        }

    def _attributes(self) -> Iterator[str]:
        for i, key in enumerate(self.attributes):
            where = f"namespace: {_text(ATTRIBUTES)}, key: {_text(key)}"
            yield f"a{i}: metafield({where}) {{ key type value compareDigest }}"

    def _translations(self) -> Iterator[str]:
        for i, locale in enumerate(self.locales):
            yield f"t{i}: translations(locale: {_text(locale)}) {{ key value }}"

    def _publications(self) -> Iterator[str]:
        for i, gid in enumerate(self.publications):
            yield f"p{i}: publishedOnPublication(publicationId: {_text(gid)})"

    def _levels(self) -> Iterator[str]:
        levels = [
            f"l{i}: inventoryLevel(locationId: {_text(place)}) "
            '{ quantities(names: ["available"]) { quantity } }'
            for i, place in enumerate(self.places)
        ]
        if levels:
            yield f"inventoryItem {{ {' '.join(levels)} }}"

    def metafields(self, node: Node) -> tuple[Metafield, ...]:
        """The attributes of a product or variant."""
        found = (node.get(f"a{i}") for i in range(len(self.attributes)))
        return tuple(Metafield(m["key"], m["type"], m["value"], m["compareDigest"]) for m in found if m)

    def stock(self, item: Node) -> dict[str, int]:
        """Free units by location, for those an inventory item is stocked at."""
        levels = ((place, item.get(f"l{i}")) for i, place in enumerate(self.places))
        return {place: level["quantities"][0]["quantity"] for place, level in levels if level}

    def published(self, node: Node) -> tuple[str, ...]:
        """The publications, of those this shape names, that show a product."""
        return tuple(gid for i, gid in enumerate(self.publications) if node.get(f"p{i}"))

    def translations(self, node: Node) -> dict[str, dict[str, str]]:
        """Texts by field by locale."""
        every = {
            locale: {
                TRANSLATED[text["key"]]: text["value"]
                for text in node.get(f"t{i}") or []
                if text["key"] in TRANSLATED and text["value"]
            }
            for i, locale in enumerate(self.locales)
        }
        return {locale: texts for locale, texts in every.items() if texts}


class _Inline(Visitor):
    """Writes fragments out where they are spread."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]):
        super().__init__()
        self.fragments = fragments

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> InlineFragmentNode:
        made = self.fragments[node.name.value]
        return InlineFragmentNode(
            type_condition=made.type_condition,
            directives=(),
            selection_set=visit(made.selection_set, _Inline(self.fragments)),
        )


def _fragment(name: str, kind: str, fields: list[str]) -> str:
    return f"fragment {name} on {kind} {{ id {' '.join(fields)} }}"


def _name(definition: Any) -> str:
    return definition.name.value if getattr(definition, "name", None) else ""


def _text(value: str) -> str:
    return json.dumps(value)
