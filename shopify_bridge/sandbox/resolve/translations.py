"""Languages and translations."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from .. import translations as languages
from ..state import Doc
from ..translations import Resource
from .common import Fields, connection, listed, state_of, stored
from .mutations import mutation

_KINDS = {"PRODUCT": "Product", "COLLECTION": "Collection", "MEDIA_IMAGE": "MediaImage"}


def texts(doc: Doc, info: GraphQLResolveInfo, locale: str, marketId: str | None = None) -> list[Doc]:
    """The translations of a resource; only those of published languages."""
    state = state_of(info)
    language = state.get(f"gid://shopify/ShopLocale/{locale}")
    if not language or not language["published"] or language["primary"] or marketId:
        return []
    return Resource(state, doc["id"]).translations(locale)


def _locales(_: Any, info: GraphQLResolveInfo, published: bool = False) -> list[Doc]:
    return [doc for doc in languages.locales(state_of(info)) if doc["published"] or not published]


def _resource(info: GraphQLResolveInfo, gid: str) -> Doc | None:
    found = Resource(state_of(info), gid)
    return {"resourceId": gid, "_resource": found} if found.found else None


def _every(_: Any, info: GraphQLResolveInfo, resourceType: str, **args: Any) -> Doc:
    kind = _KINDS.get(resourceType)
    if kind is None:
        return connection([], False, False)
    page = stored(kind)(None, info, **args)
    nodes = [_resource(info, doc["id"]) for doc in page["nodes"]]
    edges = [edge | {"node": node} for edge, node in zip(page["edges"], nodes, strict=True)]
    return page | {"nodes": nodes, "edges": edges}


def _by_ids(_: Any, info: GraphQLResolveInfo, resourceIds: list[str], **args: Any) -> Doc:
    found = [_resource(info, gid) for gid in resourceIds]
    return listed([item for item in found if item], **args)


def _within(doc: Doc, info: GraphQLResolveInfo, resourceType: str | None = None, **args: Any) -> Doc:
    """Options and their values within a product."""
    options = (doc["_resource"].doc or {}).get("options", []) if "/Product/" in doc["resourceId"] else []
    gids: list[str] = []
    for option in options:
        if resourceType in (None, "PRODUCT_OPTION"):
            gids.append(option["id"])
        if resourceType in (None, "PRODUCT_OPTION_VALUE"):
            gids += [value["id"] for value in option["values"]]
    return listed([_resource(info, gid) for gid in gids], **args)


def _register(info: GraphQLResolveInfo, gid: str, given: list[Doc]) -> list[Doc]:
    return languages.register(state_of(info), gid, given)


def _remove(info: GraphQLResolveInfo, gid: str, keys: list[str], locales: list[str]) -> list[Doc]:
    return languages.remove(state_of(info), gid, keys, locales)


FIELDS: Fields = {
    "QueryRoot": {
        "shopLocales": _locales,
        "translatableResource": lambda _, info, resourceId: _resource(info, resourceId),
        "translatableResources": _every,
        "translatableResourcesByIds": _by_ids,
    },
    "TranslatableResource": {
        "translatableContent": lambda doc, info, marketId=None: doc["_resource"].content(),
        "translations": lambda doc, info, locale, marketId=None, outdated=None: (
            [] if marketId else doc["_resource"].translations(locale, outdated)
        ),
        "nestedTranslatableResources": _within,
    },
    "Product": {"translations": texts},
    "ProductVariant": {"translations": lambda doc, info, locale, marketId=None: []},
    "ProductOption": {"translations": texts},
    "ProductOptionValue": {"translations": texts},
    "Metafield": {"translations": lambda doc, info, locale, marketId=None: []},
    "Mutation": {
        "translationsRegister": mutation(
            "translations",
            lambda info, resourceId, translations: _register(info, resourceId, translations),
        ),
        "translationsRemove": mutation(
            "translations",
            lambda info, resourceId, translationKeys, locales, marketIds=None: _remove(
                info, resourceId, translationKeys, locales
            ),
        ),
        "shopLocaleEnable": mutation(
            "shopLocale", lambda info, locale: languages.enable(state_of(info), locale)
        ),
        "shopLocaleUpdate": mutation(
            "shopLocale",
            lambda info, locale, shopLocale: languages.update(state_of(info), locale, shopLocale),
        ),
        "shopLocaleDisable": mutation(
            "locale", lambda info, locale: languages.disable(state_of(info), locale)
        ),
    },
}
