"""Collections."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from .. import collections
from ..collections import AUTO, MEMBER
from ..state import Doc
from .common import Fields, connection, count, legacy, linked, listed, metafield, metafields, size, state_of
from .mutations import mutation
from .publications import PUBLISHABLE
from .translations import texts

_chosen, _met = linked(MEMBER), linked(AUTO)


def _products(doc: Doc, info: GraphQLResolveInfo, **args: Any) -> Doc:
    return (_met if collections.is_smart(doc) else _chosen)(doc, info, **args)


def _count(doc: Doc, info: GraphQLResolveInfo) -> Doc:
    kind = AUTO if collections.is_smart(doc) else MEMBER
    return count(state_of(info).links.count(kind, doc["id"]))


def _has(doc: Doc, info: GraphQLResolveInfo, id: str) -> bool:
    return any(state_of(info).links.has(kind, doc["id"], id) for kind in (MEMBER, AUTO))


def _image(doc: Doc, _: GraphQLResolveInfo) -> Doc | None:
    image = doc["image"]
    return image and {"url": image["src"], "altText": image["altText"], "id": None}


def _sources(doc: Doc, _: GraphQLResolveInfo) -> list[Doc]:
    return [source | {"_collection": doc["id"]} for source in doc["sources"]]


def _selected(source: Doc, info: GraphQLResolveInfo, first: int | None = None, **args: Any) -> Doc:
    """The products chosen by hand; none where conditions choose."""
    if source["conditions"]:
        return connection([], False, False)
    at = {"id": source["_collection"]}
    make = linked(MEMBER, lambda product, _: {"product": product, "variantIds": None})
    return make(at, info, first=first, **args)


def in_collections(doc: Doc, info: GraphQLResolveInfo, query: str | None = None, **args: Any) -> Doc:
    """The collections of a product; `query` may ask for those made by hand (collection_type:custom)."""
    state = state_of(info)
    gids = [*state.links.owners(MEMBER, doc["id"]), *state.links.owners(AUTO, doc["id"])]
    found = state.many(list(dict.fromkeys(gids)))
    if query and "collection_type:" in query:
        smart = "collection_type:smart" in query
        found = [item for item in found if collections.is_smart(item) is smart]
    args.pop("sortKey", None)
    return listed(found, **args)


def _has_none(_: Doc, info: GraphQLResolveInfo, first: int | None = None, **args: Any) -> Doc:
    size(first)
    return connection([], False, False)


FIELDS: Fields = {
    "Collection": {
        **PUBLISHABLE,
        "legacyResourceId": legacy,
        "description": lambda doc, info, truncateAt=None: doc["descriptionHtml"][:truncateAt],
        "metafield": metafield,
        "metafields": metafields,
        "products": _products,
        "productsCount": _count,
        "hasProduct": _has,
        "image": _image,
        "sources": _sources,
        "translations": texts,
    },
    "CollectionConditionsSource": {
        "exclusion": lambda doc, info: None,
        "shareable": lambda doc, info: False,
        "inclusion": lambda doc, info: doc,
        "products": lambda doc, info, **args: _products(
            {"id": doc["_collection"], "sources": [doc]}, info, **args
        ),
    },
    "CollectionSourceInclusion": {"selections": _selected},
    "CollectionSourceExclusion": {"selections": _has_none},
    "Product": {
        "collections": in_collections,
        "inCollection": lambda doc, info, id: any(
            state_of(info).links.has(kind, id, doc["id"]) for kind in (MEMBER, AUTO)
        ),
    },
    "Mutation": {
        "collectionCreate": mutation(
            "collection", lambda info, collection=None: collections.create(state_of(info), collection)
        ),
        "collectionUpdate": mutation(
            "collection", lambda info, collection=None: collections.update(state_of(info), collection)
        ),
        "collectionDelete": mutation(
            "deletedCollectionId",
            lambda info, input: collections.delete(state_of(info), input["id"]),
            also=lambda info: {"shop": info.context.shop},
        ),
    },
}
