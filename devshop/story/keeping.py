"""Both sides tell what changes: a new name is in the store at once, a sale there lowers Saleor's stock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from devshop.environments import has_saleor3
from devshop.places import Failed
from devshop.story import store
from devshop.story.stage import Outcome, Stage, check, in_channel

TITLE = "Kept in step"
_RENAME = """mutation($id: ID!, $name: String!) { productUpdate(id: $id, input: { name: $name }) {
  product { name } %s { message } } }"""
_PRODUCT = """query($key: String!) { productByIdentifier(
  identifier: { customId: { namespace: "saleor", key: "saleor_id", value: $key } }) {
  id title variants(first: 50) { nodes { sku inventoryItem { id inventoryLevels(first: 10) { nodes {
    location { id name } quantities(names: ["available"]) { quantity } } } } } } } }"""
_SELL = """mutation($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { message code } } }"""
_EDIT = """mutation($id: ID!, $title: String!) {
  productUpdate(product: { id: $id, title: $title }) { userErrors { message } } }"""
_SHELF = """SELECT sum(s.quantity) AS units FROM warehouse_stock s
  JOIN product_productvariant v ON v.id = s.product_variant_id WHERE v.sku = '{sku}'"""
_HOME = "query($id: ID!) { productVariant%s { product { id name } } }"


def play(stage: Stage) -> Outcome:
    """Webhooks both ways; an edit in the store of what is Saleor's is set back; the doctor finds nothing."""
    stage.bridge.must("configure", "demo", "stock=both")
    stage.bridge.must("webhooks", "demo", "--url", stage.bridge.address)
    key, name = _product(stage)
    seconds = _rename(stage, key, name)
    sold = _sell(stage, key)
    _edit(stage, key, f"{name}, new")
    _until(stage, "the plan is empty", lambda: not store.planned(stage))
    findings = json.loads(stage.bridge.must("doctor", "demo", "--json"))
    problems = [finding for finding in findings if finding["level"] == "problem"]
    check(not problems, f"the doctor found {problems[:2]}")
    way = "told by webhook" if has_saleor3() else "found by asking, as 2.10 tells of no change"
    return Outcome(
        f"A new name was in the store {seconds:.1f} s later ({way}); a unit of {sold} sold there is gone from"
        " Saleor's shelf; a title changed there was set back; the doctor has nothing to mend",
        "the store's Admin API: title, inventory\nPostgres: warehouse_stock\nshopify-bridge doctor, plan",
    )


def _product(stage: Stage) -> tuple[str, str]:
    """Saleor's id and name of the product of our first variant."""
    asked = _HOME % in_channel("id: $id")
    found = stage.staff(asked, id=stage.variants[0].id)["productVariant"]["product"]
    return str(found["id"]), str(found["name"])


def _there(stage: Stage, key: str) -> dict[str, Any]:
    found: dict[str, Any] = store.read(stage, _PRODUCT, key=key)["productByIdentifier"]
    return found


def _rename(stage: Stage, key: str, name: str) -> float:
    """Rename the product in Saleor; return after how many seconds the store has it."""
    errors = "errors" if has_saleor3() else "productErrors"
    stage.staff(_RENAME % errors, id=key, name=f"{name}, new")
    began = time.monotonic()
    if not has_saleor3():
        # Whether the worker or this command does it: it gets done.
        stage.bridge("sync", "demo", "--poll")
    _until(stage, "the new name is there", lambda: _there(stage, key)["title"] == f"{name}, new")
    return time.monotonic() - began


def _sell(stage: Stage, key: str) -> str:
    """Sell a unit in the store; return its SKU once Saleor has a unit less of it."""
    for variant in _there(stage, key)["variants"]["nodes"]:
        for level in variant["inventoryItem"]["inventoryLevels"]["nodes"]:
            units = level["quantities"][0]["quantity"]
            if units > 0 and level["location"]["name"]:
                return _sold(stage, variant, level["location"]["id"], units)
    raise Failed("no variant of it is on a shelf")


def _sold(stage: Stage, variant: dict[str, Any], location: str, units: int) -> str:
    sku, item = str(variant["sku"]), variant["inventoryItem"]["id"]
    before = stage.rows(_SHELF.format(sku=sku))[0]["units"]
    level = {
        "inventoryItemId": item,
        "locationId": location,
        "quantity": units - 1,
        "changeFromQuantity": units,
    }
    given = {"name": "available", "reason": "correction", "quantities": [level]}
    done = store.read(stage, _SELL, input=given, key=f"sale-{sku}")["inventorySetQuantities"]
    check(not done["userErrors"], f"not sold: {done['userErrors']}")
    shelf = lambda: stage.rows(_SHELF.format(sku=sku))[0]["units"]  # noqa: E731
    _until(stage, "Saleor has a unit less", lambda: shelf() == before - 1)
    return sku


def _edit(stage: Stage, key: str, title: str) -> None:
    """Change the title in the store; it is Saleor's, so it comes back."""
    store.read(stage, _EDIT, id=_there(stage, key)["id"], title="Bargain!!")
    _until(stage, "the title is set back", lambda: _there(stage, key)["title"] == title)


def _until(stage: Stage, what: str, is_so: Callable[[], bool]) -> None:
    stage.until(what, lambda: is_so() or None)
