"""What the tests of products ask the store, and do there behind the bridge's back."""

from __future__ import annotations

import time
from typing import Any

PRODUCTS = """{ products(first: 20) { nodes { id title status handle descriptionHtml tags productType vendor updatedAt
  seo { title } options(first: 3) { name values }
  saleor: metafield(namespace: "saleor", key: "saleor_id") { value }
  metafields(first: 20) { nodes { namespace key type value } }
  collections(first: 9) { nodes { id title } }
  media(first: 5) { nodes { id alt status } }
  variants(first: 5) { nodes { id sku price compareAtPrice barcode taxable selectedOptions { name value }
    saleor: metafield(namespace: "saleor", key: "saleor_id") { value }
    metafields(first: 9) { nodes { namespace key value } }
    inventoryItem { id tracked unitCost { amount } } } } } } }"""
SET = """mutation($i: ProductSetIdentifiers, $p: ProductSetInput!) {
  productSet(identifier: $i, input: $p) { product { id } userErrors { field message code } } }"""
METAFIELDS = (
    """mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }"""
)
DELETE = "mutation($i: ID!) { productDelete(input: {id: $i}) { deletedProductId userErrors { message } } }"
COLLECTION = """mutation($c: CollectionCreateInput!) {
  collectionCreate(collection: $c) { collection { id } userErrors { message } } }"""
JOIN = (
    """mutation($c: CollectionUpdateInput!) { collectionUpdate(collection: $c) { userErrors { message } } }"""
)


def products(admin: Any) -> list[dict[str, Any]]:
    """The store's products."""
    return admin(PRODUCTS)["products"]["nodes"]


def edit(admin: Any, gid: str, **given: Any) -> None:
    """productSet by the merchant."""
    done = admin(SET, i={"id": gid}, p=given)["productSet"]
    assert done["userErrors"] == []


def made(admin: Any, title: str, sku: str = "", **more: Any) -> str:
    """A product of the merchant's; its gid."""
    given = {
        "title": title,
        "productOptions": [{"name": "Title", "values": [{"name": "Default Title"}]}],
        "variants": [
            {"optionValues": [{"optionName": "Title", "name": "Default Title"}], "sku": sku, "price": "1.00"}
        ],
        **more,
    }
    done = admin(SET, p=given)["productSet"]
    assert done["userErrors"] == []
    return done["product"]["id"]


def pictures_done(sandbox: Any) -> None:
    """Wait until every picture is taken in: that moves a product's `updatedAt`."""
    deadline = time.monotonic() + 30
    while any(doc["status"] in ("UPLOADED", "PROCESSING") for doc in _files(sandbox)):
        assert time.monotonic() < deadline, "pictures take too long"
        time.sleep(0.05)


def _files(sandbox: Any) -> list[Any]:
    with sandbox.store.state.lock:
        return [doc for _, doc in sandbox.store.state.page("MediaImage", 0, 10_000)]


def work() -> None:
    """Do all that is open, bulk operations with their waits too."""
    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.models import OPEN, Change

    for _ in range(100):
        Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
        drain(strict=False)
        if not Change.objects.filter(state__in=OPEN).exists():
            return
        time.sleep(0.05)
    raise AssertionError(list(Change.objects.filter(state__in=OPEN).values("verb", "state", "reason")[:5]))


def paths(actions: list[Any]) -> list[tuple[str, str, Any, Any]]:
    """What a plan shows."""
    return [(a.verb, c.path, c.before, c.after) for a in actions for c in a.fields]


def metafields(node: dict[str, Any], namespace: str) -> dict[str, str]:
    """The values of a namespace by key."""
    return {m["key"]: m["value"] for m in node["metafields"]["nodes"] if m["namespace"] == namespace}
