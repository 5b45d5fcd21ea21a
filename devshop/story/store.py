"""Reading the mirror: the plan, and the store's Admin API."""

from __future__ import annotations

import json
from typing import Any

from devshop.client import GraphQL
from devshop.places import Failed
from devshop.story.stage import Stage, check

_VERSION = "2026-10"
_PRODUCTS = """query($after: String) { products(first: 20, after: $after) {
  nodes { media(first: 5) { nodes { status } } variants(first: 100) { nodes { sku inventoryQuantity } } }
  pageInfo { hasNextPage endCursor } } }"""


def planned(stage: Stage) -> list[dict[str, Any]]:
    """What `shopify-bridge apply` would write."""
    actions = json.loads(stage.bridge.must("plan", "demo", "--json"))["actions"]
    return [action for action in actions if action["verb"] != "refuse"]


def read(stage: Stage, query: str, **variables: Any) -> dict[str, Any]:
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


def products(stage: Stage) -> list[dict[str, Any]]:
    """All products of the store."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = read(stage, _PRODUCTS, after=after)["products"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def check_stock(stage: Stage, found: list[dict[str, Any]]) -> None:
    """The store has what is free in the connected warehouses, as Postgres adds it up."""
    variants = [variant for product in found for variant in product["variants"]["nodes"]]
    mirrored = {variant["sku"]: variant["inventoryQuantity"] for variant in variants}
    names = ", ".join(f"'{name}'" for name in stage.mirrored)
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
