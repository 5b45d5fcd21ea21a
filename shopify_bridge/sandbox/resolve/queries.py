"""The root fields of queries."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from .. import definitions
from ..definitions import full_namespace
from ..errors import UserError, bad_request
from ..metafields import owner_of
from ..state import Doc
from .common import Fields, Resolver, counted, get, listed, state_of, stored
from .stock import level_by_gid

MAX_IDS = 250


def _owned(owner: str, kind: str) -> Resolver:
    """productByIdentifier and its kin."""

    def resolve(_: Any, info: GraphQLResolveInfo, identifier: Doc) -> Doc | None:
        state = state_of(info)
        if "id" in identifier:
            return state.get(identifier["id"])
        if "handle" in identifier:
            scope = "handle" if owner == "PRODUCT" else f"{owner.lower()} handle"
            return state.get(state.named(scope, identifier["handle"]))
        try:
            return state.get(owner_of(state, owner, identifier["customId"]))
        except UserError as error:
            raise bad_request(str(error), "NOT_FOUND") from None

    return resolve


def _locations(
    _: Any,
    info: GraphQLResolveInfo,
    includeInactive: bool = False,
    sortKey: str = "NAME",
    **args: Any,
) -> Doc:
    args = {name: args[name] for name in ("first", "after", "reverse") if name in args}
    rows = [doc for _, doc in state_of(info).page("Location", 0, 1000) if doc["isActive"] or includeInactive]
    return listed(sorted(rows, key=lambda doc: doc["name"]) if sortKey == "NAME" else rows, **args)


def _location(_: Any, info: GraphQLResolveInfo, id: str | None = None) -> Doc | None:
    """A location; the first one where none is named."""
    return state_of(info).get(id) if id else next((d for _, d in state_of(info).page("Location", 0, 1)), None)


def _definitions(
    _: Any,
    info: GraphQLResolveInfo,
    ownerType: str,
    namespace: str | None = None,
    key: str | None = None,
    first: int | None = None,
    after: str | None = None,
    **args: Any,
) -> Doc:
    state = state_of(info)
    found = [state.get(gid) for gid in state.links.each("definition", ownerType)]
    if namespace is not None:
        namespace = full_namespace(namespace)
    rows = [d for d in found if d and namespace in (None, d["namespace"]) and key in (None, d["key"])]
    return listed(rows, first, after, args.get("reverse", False))


def _definition(
    _: Any, info: GraphQLResolveInfo, id: str | None = None, identifier: Doc | None = None
) -> Doc | None:
    if identifier is None:
        return state_of(info).get(id)
    namespace = full_namespace(identifier.get("namespace"))
    return definitions.find(state_of(info), identifier["ownerType"], namespace, identifier["key"])


def _level(_: Any, info: GraphQLResolveInfo, id: str) -> Doc | None:
    return level_by_gid(state_of(info), id)


def _nodes(_: Any, info: GraphQLResolveInfo, ids: list[str]) -> list[Doc | None]:
    if len(ids) > MAX_IDS:
        raise bad_request(
            f"The input array size of {len(ids)} is greater than the maximum allowed of {MAX_IDS}.",
            "MAX_INPUT_SIZE_EXCEEDED",
        )
    return [_node(_, info, gid) for gid in ids]


def _node(_: Any, info: GraphQLResolveInfo, id: str) -> Doc | None:
    if id.startswith("gid://shopify/InventoryLevel/"):
        return level_by_gid(state_of(info), id)
    return state_of(info).get(id)


def _open_fulfillment_orders(
    _: Any, info: GraphQLResolveInfo, includeClosed: bool = False, **args: Any
) -> Doc:
    rows = [doc for _, doc in state_of(info).page("FulfillmentOrder", 0, 100_000)]
    found = [doc for doc in rows if includeClosed or doc["status"] not in ("CLOSED", "CANCELLED")]
    return listed(found, args.get("first"), args.get("after"))


_SCOPES = (
    *("read_products", "write_products", "read_inventory", "write_inventory", "read_locations"),
    *("read_orders", "write_orders", "read_publications", "write_publications", "read_translations"),
    *("write_translations", "read_markets", "write_markets", "read_locales", "write_locales"),
    *("read_fulfillments", "write_fulfillments", "read_merchant_managed_fulfillment_orders"),
    *("write_merchant_managed_fulfillment_orders", "read_customers", "write_customers", "write_locations"),
)


def _installation(_: Any, info: GraphQLResolveInfo) -> Doc:
    return {
        "id": "gid://shopify/AppInstallation/1",
        "app": {"id": "gid://shopify/App/1", "title": "Saleor bridge", "handle": "saleor-bridge"},
        "accessScopes": [{"handle": handle, "description": handle.replace("_", " ")} for handle in _SCOPES],
    }


_QUERY: dict[str, Resolver] = {
    "shop": lambda _, info: info.context.shop,
    "currentAppInstallation": _installation,
    "publicApiVersions": lambda _, info: [
        {"handle": handle, "displayName": handle, "supported": True} for handle in ("2026-07", "2026-10")
    ],
    "locations": _locations,
    "location": _location,
    "locationByIdentifier": _owned("LOCATION", "Location"),
    "locationsCount": counted("Location"),
    "metafieldDefinitions": _definitions,
    "metafieldDefinition": _definition,
    "product": get(),
    "productVariant": get(),
    "productOperation": get(),
    "collection": get(),
    "order": get(),
    "inventoryItem": get(),
    "inventoryLevel": _level,
    "node": _node,
    "nodes": _nodes,
    "products": stored("Product"),
    "productVariants": stored("ProductVariant"),
    "collections": stored("Collection"),
    "orders": stored("Order"),
    "inventoryItems": stored("InventoryItem"),
    "productsCount": counted("Product"),
    "productVariantsCount": counted("ProductVariant"),
    "collectionsCount": counted("Collection"),
    "fulfillmentOrders": _open_fulfillment_orders,
    "productByIdentifier": _owned("PRODUCT", "Product"),
    "collectionByIdentifier": _owned("COLLECTION", "Collection"),
    "orderByIdentifier": _owned("ORDER", "Order"),
}

FIELDS: Fields = {"QueryRoot": _QUERY}
