"""Collections: reading them into the normal form, and Shopify's input for them."""

from __future__ import annotations

import json
from collections.abc import Collection as Many
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..domain.model import Collection, Picture
from ..domain.policy import Policy
from ..domain.texts import TRANSLATABLE
from .client import Client
from .documents import Document, document
from .inputs import metafield

Node = Mapping[str, Any]
PAGE = 100
_FIELD = {key: name for name, (key, _) in TRANSLATABLE.items()}


@dataclass(frozen=True)
class Found:
    """A collection of the store. `smart`: Shopify fills it by rules."""

    collection: Collection
    smart: bool = False


class Collections:
    """Reads a store's collections, with the publications and locales that a policy names."""

    def __init__(self, client: Client, policy: Policy):
        self._client = client
        self._publications = list(dict.fromkeys(policy.publications.values()))
        self._locales = list(dict.fromkeys(policy.locales.values()))

    def all(self) -> Iterator[Found]:
        """Every collection, page by page."""
        text = """query BridgeCollections($first: Int!, $after: String) {
          collections(first: $first, after: $after) {
            nodes { ...BridgeCollection %s }
            pageInfo { hasNextPage endCursor }
          }
        }"""
        yield from map(
            self._found,
            self._client.pages(self._document("BridgeCollections", text), "collections", first=PAGE),
        )

    def one(self, gid: str) -> Found | None:
        """One by its gid."""
        text = "query BridgeCollection($id: ID!) { collection(id: $id) { ...BridgeCollection %s } }"
        node = self._client.run(self._document("BridgeCollection", text), id=gid)["collection"]
        return self._found(node) if node else None

    def by_key(self, key: str) -> Found | None:
        """The one that carries a Saleor id."""
        node = self._client.run("BridgeCollectionByKey", key=key)["collectionByIdentifier"]
        return self._found(node) if node else None

    def _document(self, name: str, text: str) -> Document:
        """A query with a field for each publication and locale."""
        more = [
            f"p{i}: publishedOnPublication(publicationId: {json.dumps(gid)})"
            for i, gid in enumerate(self._publications)
        ]
        more += [
            f"t{i}: translations(locale: {json.dumps(code)}) {{ key value }}"
            for i, code in enumerate(self._locales)
        ]
        fragment = document("BridgeCollectionByKey").text.partition("fragment ")[2]
        return Document(name, f"{text % ' '.join(more)}\nfragment {fragment}", True)

    def _found(self, node: Node) -> Found:
        return Found(
            from_node(
                node,
                tuple(gid for i, gid in enumerate(self._publications) if node.get(f"p{i}")),
                {code: texts_of(node.get(f"t{i}") or []) for i, code in enumerate(self._locales)},
            ),
            any("inclusion" not in source or source["inclusion"]["conditions"] for source in node["sources"]),
        )


def texts_of(rows: Many[Node]) -> dict[str, str]:
    """Texts by field, of those that the bridge writes."""
    return {_FIELD[row["key"]]: row["value"] for row in rows if row["key"] in _FIELD and row["value"]}


def from_node(
    node: Node, published: tuple[str, ...] = (), translations: Mapping[str, Mapping[str, str]] | None = None
) -> Collection:
    """A collection as an answer has it."""
    image = node["image"]
    return Collection(
        key=node["metafield"]["value"] if node["metafield"] else "",
        title=node["title"],
        html=node["descriptionHtml"],
        handle=node["handle"],
        seo_title=node["seo"]["title"] or "",
        seo_description=node["seo"]["description"] or "",
        picture=Picture("", _without_query(image["url"]), image["altText"] or "") if image else None,
        published=published,
        translations=translations or {},
        gid=node["id"],
    )


def create_input(wanted: Collection) -> dict[str, Any]:
    """collectionCreate's input."""
    given = changed_input(wanted, ("title", "description", "seo title", "seo description", "picture"))
    return given | {"handle": wanted.handle, "metafields": [metafield(wanted.key)]}


def changed_input(wanted: Collection, paths: Many[str]) -> dict[str, Any]:
    """collectionUpdate's input for the fields that changed."""
    given: dict[str, Any] = {}
    if "title" in paths:
        given["title"] = wanted.title
    if "description" in paths:
        given["descriptionHtml"] = wanted.html
    seo = {
        "seo title": ("title", wanted.seo_title),
        "seo description": ("description", wanted.seo_description),
    }
    if said := {target: value for path, (target, value) in seo.items() if path in paths}:
        given["seo"] = said
    if "picture" in paths and wanted.picture:
        given["image"] = {"src": wanted.picture.url, "altText": wanted.picture.alt}
    return given


def _without_query(url: str) -> str:
    return url.partition("?")[0]
