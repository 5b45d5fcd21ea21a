"""Markets, catalogs and price lists."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from .. import markets
from ..markets import PRICE
from ..state import Doc
from .common import Fields, get, linked, listed, many, state_of, stored
from .mutations import mutation


def _prices(
    doc: Doc, info: GraphQLResolveInfo, originType: str | None = None, query: str | None = None, **args: Any
) -> Doc:
    """Fixed prices are read from the list; the rest is every variant of the store, adjusted."""
    if query and query.startswith(("variant_id:", "product_id:")):
        return listed(_of_some(doc, info, query, originType), **args)
    if originType == "FIXED":
        make = linked(PRICE, lambda variant, data: {"variant": variant["id"], "originType": "FIXED", **data})
        return make(doc, info, **args)
    page = stored("ProductVariant")(None, info, **args)
    nodes = [_price(doc, info, variant) for variant in page["nodes"]]
    edges = [edge | {"node": node} for edge, node in zip(page["edges"], nodes, strict=True)]
    return page | {"nodes": nodes, "edges": edges}


def _of_some(doc: Doc, info: GraphQLResolveInfo, query: str, origin: str | None) -> list[Doc]:
    """Those of a search by variants or products: terms with OR between them."""
    state, gids = state_of(info), dict[str, None]()
    for term in query.split(" OR "):
        name, _, value = term.strip().partition(":")
        number = value.strip("'\" ").rsplit("/", 1)[-1]
        if name == "variant_id":
            gids[f"gid://shopify/ProductVariant/{number}"] = None
        elif product := state.get(f"gid://shopify/Product/{number}"):
            gids |= dict.fromkeys(product["variants"])
    prices = [_price(doc, info, variant) for variant in state.many(list(gids))]
    return [price for price in prices if origin in (None, price["originType"])]


def _price(doc: Doc, info: GraphQLResolveInfo, variant: Doc) -> Doc:
    state = state_of(info)
    if state.links.has(PRICE, doc["id"], variant["id"]):
        return markets.fixed(state, doc["id"], variant["id"])
    return markets.relative(doc, variant)


def _catalogs(_: Any, info: GraphQLResolveInfo, type: str | None = None, **args: Any) -> Doc:
    kinds = {"APP": ("AppCatalog",), "MARKET": ("MarketCatalog",), None: ("AppCatalog", "MarketCatalog")}
    found = [doc for kind in kinds.get(type, ()) for _, doc in state_of(info).page(kind, 0, 250)]
    return listed(found, args.get("first"), args.get("after"), args.get("reverse", False))


def _update(info: GraphQLResolveInfo, gid: str, add: list[Doc], drop: list[str]) -> Doc:
    state = state_of(info)
    gone = markets.delete_prices(state, gid, drop, "variantIdsToDelete")
    added = markets.add_prices(state, gid, add, "pricesToAdd")
    return {"pricesAdded": added, "deletedFixedPriceVariantIds": gone, "priceList": state.get(gid)}


FIELDS: Fields = {
    "QueryRoot": {
        "markets": stored("Market"),
        "market": get(),
        "priceLists": stored("PriceList"),
        "priceList": get(),
        "catalogs": _catalogs,
    },
    "Market": {"catalogs": many("catalogs")},
    "MarketCatalog": {
        "markets": many("markets"),
        "priceList": get("priceList"),
        "publication": get("publication"),
    },
    "PriceList": {
        "catalog": get("catalog"),
        "fixedPricesCount": lambda doc, info: state_of(info).links.count(PRICE, doc["id"]),
        "prices": _prices,
    },
    "PriceListPrice": {"variant": get("variant")},
    "Mutation": {
        "priceListCreate": mutation("priceList", lambda info, input: markets.create(state_of(info), input)),
        "priceListFixedPricesAdd": mutation(
            "prices",
            lambda info, priceListId, prices: markets.add_prices(state_of(info), priceListId, prices),
        ),
        "priceListFixedPricesDelete": mutation(
            "deletedFixedPriceVariantIds",
            lambda info, priceListId, variantIds: markets.delete_prices(
                state_of(info), priceListId, variantIds
            ),
        ),
        "priceListFixedPricesUpdate": mutation(
            None,
            lambda info, priceListId, pricesToAdd, variantIdsToDelete: _update(
                info, priceListId, pricesToAdd, variantIdsToDelete
            ),
        ),
    },
}
