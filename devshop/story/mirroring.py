"""The catalogue and the order are mirrored into a local Shopify store."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

from devshop.environments import has_saleor3
from devshop.shop import ADMIN
from devshop.story import store
from devshop.story.sale import QUANTITIES
from devshop.story.shipping import TRACKING
from devshop.story.stage import CHANNEL, Outcome, Stage, check

TITLE = "Mirrored to Shopify"
_ORDERS = """{ orders(first: 50) { nodes { name
  totalPriceSet { shopMoney { amount } }
  lineItems(first: 10) { nodes { sku quantity } } fulfillments { trackingInfo { number } } } } }"""


def play(stage: Stage) -> Outcome:
    """Connect, plan, apply, read the store, and plan again: nothing is left to do."""
    stage.mirrored = connect(stage)
    check({"Chicago", "Americas"} <= set(stage.mirrored), f"only {stage.mirrored} are connected")
    stage.say("shopify-bridge plan")
    plan = Counter(action["verb"] for action in store.planned(stage))
    check(plan["create"] > 0 and plan["order"] > 0, f"planned: {dict(plan)}")
    stage.say(f"shopify-bridge apply: {plan['create']} products, {plan['order']} orders")
    stage.bridge.must("apply", "demo", "--yes")
    products = store.products(stage)
    _check_products(products, plan["create"])
    store.check_stock(stage, products)
    name = _check_orders(stage, plan["order"])
    stage.say("shopify-bridge plan, again")
    left = store.planned(stage)
    check(not left, f"the plan after apply is not empty: {left[:3]}")
    variants = sum(len(product["variants"]["nodes"]) for product in products)
    return Outcome(
        f"{len(products)} products with {variants} variants, pictures and stock; {plan['order']} orders,"
        f" {name} with its lines and parcel; the plan after it is empty",
        "the store's Admin API: products, orders\nshopify-bridge plan",
    )


def connect(stage: Stage) -> list[str]:
    """Connect shop and store; return the warehouses whose stock is mirrored."""
    channel = ("--channel", CHANNEL) if has_saleor3() else ()
    source = ("--saleor-url", f"{stage.shop.address}/graphql/", "--saleor-email", ADMIN)
    target = ("--shop", stage.bridge.store, "--map-locations", "--json")
    locations = json.loads(stage.bridge.must("connect", "demo", *source, *channel, *target))["locations"]
    return [warehouse for warehouse, _location in locations]


def _check_products(products: list[dict[str, Any]], planned: int) -> None:
    check(len(products) == planned, f"{planned} products were planned, the store has {len(products)}")
    pictures = [medium["status"] for product in products for medium in product["media"]["nodes"]]
    check(bool(pictures) and set(pictures) == {"READY"}, f"the pictures are {Counter(pictures)}")


def _check_orders(stage: Stage, planned: int) -> str:
    """See that all are there, and that ours has its lines and its parcel; return its name."""
    orders = store.read(stage, _ORDERS)["orders"]["nodes"]
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
