"""The catalogue and the order are mirrored into a local Shopify store."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

from devshop.client import GraphQL
from devshop.environments import has_saleor3
from devshop.places import Failed
from devshop.shop import ADMIN
from devshop.story.sale import QUANTITIES
from devshop.story.shipping import TRACKING
from devshop.story.stage import CHANNEL, Outcome, Stage, check

TITLE = "Mirrored to Shopify"
_VERSION = "2026-10"
_PRODUCTS = """query($after: String) { products(first: 20, after: $after) {
  nodes { media(first: 5) { nodes { status } } variants(first: 100) { nodes { sku inventoryQuantity } } }
  pageInfo { hasNextPage endCursor } } }"""
_ORDERS = """{ orders(first: 50) { nodes { name
  totalPriceSet { shopMoney { amount } }
  lineItems(first: 10) { nodes { sku quantity } } fulfillments { trackingInfo { number } } } } }"""


def play(stage: Stage) -> Outcome:
    """Connect, plan, apply, read the store, and plan again: nothing is left to do."""
    warehouses = _connect(stage)
    stage.say("shopify-bridge plan")
    planned = Counter(action["verb"] for action in _plan(stage))
    check(planned["create"] > 0 and planned["order"] > 0, f"planned: {dict(planned)}")
    stage.say(f"shopify-bridge apply: {planned['create']} products to create")
    stage.bridge.must("apply", "demo", "--yes")
    products = _products(stage)
    _check_products(products, planned["create"])
    _check_stock(stage, products, warehouses)
    name = _check_orders(stage, planned["order"])
    stage.say("shopify-bridge plan, again")
    left = [action for action in _plan(stage) if action["verb"] != "refuse"]
    check(not left, f"the plan after apply is not empty: {left[:3]}")
    variants = sum(len(product["variants"]["nodes"]) for product in products)
    return Outcome(
        f"{len(products)} products with {variants} variants, pictures and stock; {planned['order']} orders,"
        f" {name} with its lines and parcel; the plan after it is empty",
        "the store's Admin API: products, orders\nshopify-bridge plan",
    )


def _connect(stage: Stage) -> list[str]:
    """Connect shop and store; return the warehouses whose stock is mirrored."""
    channel = ("--channel", CHANNEL) if has_saleor3() else ()
    source = ("--saleor-url", f"{stage.shop.address}/graphql/", "--saleor-email", ADMIN)
    target = ("--shop", stage.bridge.store, "--map-locations", "--json")
    locations = json.loads(stage.bridge.must("connect", "demo", *source, *channel, *target))["locations"]
    names = [warehouse for warehouse, _location in locations]
    check({"Chicago", "Americas"} <= set(names), f"only {names} are connected")
    return names


def _plan(stage: Stage) -> list[dict[str, Any]]:
    return list(json.loads(stage.bridge.must("plan", "demo", "--json"))["actions"])


def _read(stage: Stage, query: str, **variables: Any) -> dict[str, Any]:
    """Ask the store's Admin API, waiting when it throttles, as Shopify does."""
    address = f"{stage.bridge.store}/admin/api/{_VERSION}/graphql.json"
    admin = GraphQL(address, {"X-Shopify-Access-Token": stage.bridge.token})

    def ask() -> dict[str, Any] | None:
        try:
            return admin(query, **variables)
        except Failed as failure:
            if "Throttled" not in str(failure):
                raise
            return None

    return stage.until("the store answers", ask)


def _products(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = _read(stage, _PRODUCTS, after=after)["products"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def _check_products(products: list[dict[str, Any]], planned: int) -> None:
    check(len(products) == planned, f"{planned} products were planned, the store has {len(products)}")
    pictures = [medium["status"] for product in products for medium in product["media"]["nodes"]]
    check(bool(pictures) and set(pictures) == {"READY"}, f"the pictures are {Counter(pictures)}")


def _check_stock(stage: Stage, products: list[dict[str, Any]], warehouses: list[str]) -> None:
    """The store has what is free in the connected warehouses, as Postgres adds it up."""
    variants = [variant for product in products for variant in product["variants"]["nodes"]]
    mirrored = {variant["sku"]: variant["inventoryQuantity"] for variant in variants}
    names = ", ".join(f"'{name}'" for name in warehouses)
    for variant in stage.variants:
        rows = stage.rows(
            "SELECT sum(s.quantity) - coalesce(sum(a.units), 0) AS free FROM warehouse_stock s"
            " JOIN warehouse_warehouse w ON w.id = s.warehouse_id"
            " JOIN product_productvariant v ON v.id = s.product_variant_id LEFT JOIN"
            " (SELECT stock_id, sum(quantity_allocated) AS units FROM warehouse_allocation GROUP BY 1) a"
            f" ON a.stock_id = s.id WHERE v.sku = '{variant.sku}' AND w.name IN ({names})"
        )
        there, free = mirrored.get(variant.sku), rows[0]["free"]
        check(there == free, f"the store has {there} of {variant.sku}, the warehouses {free}")


def _check_orders(stage: Stage, planned: int) -> str:
    """See that all are there, and that ours has its lines and its parcel; return its name."""
    orders = _read(stage, _ORDERS)["orders"]["nodes"]
    check(len(orders) == planned, f"{planned} orders were planned, the store has {len(orders)}")
    ours = [order for order in orders if TRACKING in _tracking(order)]
    check(len(ours) == 1 and _tracking(ours[0]) == [TRACKING], f"{len(ours)} orders have our tracking number")
    lines = {line["sku"]: line["quantity"] for line in ours[0]["lineItems"]["nodes"]}
    check(
        lines == {v.sku: q for v, q in zip(stage.variants, QUANTITIES, strict=True)}, f"its lines are {lines}"
    )
    total = Decimal(ours[0]["totalPriceSet"]["shopMoney"]["amount"])
    check(total == stage.total, f"its total is {total}, the order's {stage.total}")
    return str(ours[0]["name"])


def _tracking(order: dict[str, Any]) -> list[str]:
    return [info["number"] for parcel in order["fulfillments"] for info in parcel["trackingInfo"]]
