"""Publications, and what they show."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from .. import publications
from ..state import Doc
from .common import Fields, Resolver, count, get, listed, state_of
from .mutations import mutation


def every(info: GraphQLResolveInfo) -> list[Doc]:
    """The store's publications: as few as it has channels."""
    return [doc for _, doc in state_of(info).page("Publication", 0, 250)]


def _resource(doc: Doc, info: GraphQLResolveInfo) -> Doc:
    if doc["id"].split("/")[3] == "ProductVariant":
        return state_of(info).get(doc["product"]) or doc
    return doc


def _rows(doc: Doc, info: GraphQLResolveInfo, onlyPublished: bool = True) -> list[Doc]:
    owner = _resource(doc, info)
    rows = []
    for gid, date in owner.get("publications", {}).items():
        shown = publications.published(owner, gid)
        if shown or not onlyPublished:
            rows.append(
                {"isPublished": shown, "publishDate": date, "publication": gid, "publishable": doc["id"]}
            )
    return rows


def _listed(
    doc: Doc, info: GraphQLResolveInfo, onlyPublished: bool = True, catalogType: Any = None, **args: Any
) -> Doc:
    return listed(_rows(doc, info, onlyPublished), **args)


def _missing(doc: Doc, info: GraphQLResolveInfo, **args: Any) -> Doc:
    shown = {row["publication"] for row in _rows(doc, info)}
    return listed([item for item in every(info) if item["id"] not in shown], **args)


PUBLISHABLE: dict[str, Resolver] = {
    "publishedOnPublication": lambda doc, info, publicationId: publications.published(
        _resource(doc, info), publicationId
    ),
    "resourcePublicationsCount": lambda doc, info, onlyPublished=True: count(
        len(_rows(doc, info, onlyPublished))
    ),
    "resourcePublicationsV2": _listed,
    "unpublishedPublications": _missing,
}


def _root(_: Any, info: GraphQLResolveInfo, catalogType: str | None = None, **args: Any) -> Doc:
    # Only channels have publications here: those of apps.
    found = every(info) if catalogType in (None, "APP") else []
    return listed(found, **args)


def _has_collection(doc: Doc, info: GraphQLResolveInfo, id: str) -> bool:
    found = state_of(info).get(id)
    return bool(found) and publications.published(found or {}, doc["id"])


def _shown(call: Any) -> Resolver:
    return mutation(
        "publishable",
        lambda info, id, input: call(state_of(info), id, input),
        also=lambda info: {"shop": info.context.shop},
    )


FIELDS: Fields = {
    "QueryRoot": {
        "publications": _root,
        "publication": get(),
        "publicationsCount": lambda _, info, catalogType=None, limit=None: count(len(every(info))),
    },
    "Publication": {"catalog": get("catalog"), "hasCollection": _has_collection},
    "AppCatalog": {"publication": get("publication"), "priceList": get("priceList")},
    "ResourcePublicationV2": {"publication": get("publication"), "publishable": get("publishable")},
    "Mutation": {
        "publishablePublish": _shown(publications.publish),
        "publishableUnpublish": _shown(publications.unpublish),
    },
}
