"""The root fields of queries."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from ..errors import UserError, bad_request
from ..metafields import owner_of
from ..state import Doc
from .common import Fields, Resolver, get, listed, state_of, stored


def _owned(owner: str, kind: str) -> Resolver:
    """productByIdentifier and its kin."""

    def resolve(_: Any, info: GraphQLResolveInfo, identifier: Doc) -> Doc | None:
        state = state_of(info)
        if "id" in identifier:
            return state.get(identifier["id"])
        if "handle" in identifier:
            return state.get(state.named("handle", identifier["handle"]))
        try:
            return state.get(owner_of(state, owner, identifier["customId"]))
        except UserError as error:
            raise bad_request(str(error), "NOT_FOUND") from None

    return resolve


def _locations(_: Any, info: GraphQLResolveInfo, includeInactive: bool = False, **args: Any) -> Doc:
    rows = [doc for _, doc in state_of(info).page("Location", 0, 1000) if doc["isActive"] or includeInactive]
    return listed(sorted(rows, key=lambda doc: doc["name"]), args.get("first"), args.get("after"))


def _definitions(_: Any, info: GraphQLResolveInfo, ownerType: str, **args: Any) -> Doc:
    wanted = {"ownerType": ownerType} | {n: args[n] for n in ("key", "namespace") if n in args}
    rows = [doc for _, doc in state_of(info).page("MetafieldDefinition", 0, 10_000)]
    found = [doc for doc in rows if all(doc[name] == value for name, value in wanted.items())]
    return listed(found, args.get("first"), args.get("after"))


def _open_fulfillment_orders(
    _: Any, info: GraphQLResolveInfo, includeClosed: bool = False, **args: Any
) -> Doc:
    rows = [doc for _, doc in state_of(info).page("FulfillmentOrder", 0, 100_000)]
    found = [doc for doc in rows if includeClosed or doc["status"] not in ("CLOSED", "CANCELLED")]
    return listed(found, args.get("first"), args.get("after"))


_QUERY: dict[str, Resolver] = {
    "shop": lambda _, info: info.context.shop,
    "locations": _locations,
    "metafieldDefinitions": _definitions,
    "product": get(),
    "order": get(),
    "inventoryItem": get(),
    "node": get(),
    "nodes": lambda _, info, ids: [state_of(info).get(gid) for gid in ids],
    "products": stored("Product"),
    "productVariants": stored("ProductVariant"),
    "orders": stored("Order"),
    "inventoryItems": stored("InventoryItem"),
    "productsCount": lambda _, info: {"count": state_of(info).count("Product")},
    "fulfillmentOrders": _open_fulfillment_orders,
    "productByIdentifier": _owned("PRODUCT", "Product"),
    "orderByIdentifier": _owned("ORDER", "Order"),
}

FIELDS: Fields = {"QueryRoot": _QUERY}
