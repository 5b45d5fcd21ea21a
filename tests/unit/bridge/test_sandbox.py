"""The local store refuses what Shopify refuses, with its codes, and changes nothing when it does."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from shopify_bridge.sandbox.server import Sandbox
from shopify_bridge.sandbox.store import Shop

from .conftest import TOKEN

SET = """mutation($i: ProductSetIdentifiers, $p: ProductSetInput!) { productSet(identifier: $i, input: $p) {
  product { id handle tags options(first: 3) { values } media(first: 5) { nodes { id status } }
    metafields(first: 5) { nodes { key } }
    variants(first: 5) { nodes { id sku price inventoryItem { id } } } }
  userErrors { field code } } }"""
STOCK = """mutation($i: InventorySetQuantitiesInput!, $k: String!) {
  inventorySetQuantities(input: $i) @idempotent(key: $k) {
  inventoryAdjustmentGroup { id changes { delta } } userErrors { field code } } }"""
DEFINE = """mutation($d: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $d) {
  createdDefinition { id } userErrors { code } } }"""
ORDER = """mutation($o: OrderCreateOrderInput!) {
  orderCreate(order: $o) { order { id } userErrors { field code } } }"""
ID = {"namespace": "saleor", "key": "saleor_id", "value": "p1"}


def definition(owner: str) -> dict[str, str]:
    return {"name": "x", "namespace": "saleor", "key": "saleor_id", "type": "id", "ownerType": owner}


def shirt(**more: Any) -> dict[str, Any]:
    return {
        "title": "Shirt",
        "productOptions": [{"name": "Size", "values": [{"name": "S"}, {"name": "M"}]}],
        "variants": [
            {"optionValues": [{"optionName": "Size", "name": n}], "price": "3.50", "sku": n} for n in "SM"
        ],
    } | more


def code(answer: Any) -> list[str]:
    (payload,) = answer["data"].values()
    return [error["code"] for error in payload["userErrors"]]


def test_only_with_the_token_and_at_its_place(sandbox) -> None:
    url = f"{sandbox.url}/admin/api/2026-10/graphql.json"
    assert requests.post(url, json={}, timeout=5).status_code == 401
    assert (
        requests.post(
            url, json={}, headers={"X-Shopify-Access-Token": "é".encode().decode("latin1")}, timeout=5
        ).status_code
        == 401
    )
    assert (
        requests.post(
            f"{sandbox.url}/admin/api/nope/graphql.json", headers={"X-Shopify-Access-Token": TOKEN}, timeout=5
        ).status_code
        == 404
    )
    assert (
        requests.post(url, data=b"{", headers={"X-Shopify-Access-Token": TOKEN}, timeout=5).status_code == 400
    )


def test_lists_replace_and_scalars_patch(ask) -> None:
    ask(DEFINE, d=definition("PRODUCT"))
    made = ask(SET, i={"customId": ID}, p=shirt(tags=["a"], metafields=[ID]))["data"]["productSet"]["product"]
    kept = [{"id": made["variants"]["nodes"][1]["id"], "optionValues": [{"optionName": "Size", "name": "M"}]}]
    given = {"productOptions": [{"name": "Size", "values": [{"name": "M"}]}], "variants": kept}
    after = ask(SET, i={"id": made["id"]}, p=given)["data"]["productSet"]["product"]
    assert [(v["id"], v["price"]) for v in after["variants"]["nodes"]] == [(kept[0]["id"], "3.50")]
    assert after["tags"] == ["a"] and len(after["metafields"]["nodes"]) == 1
    assert (
        ask(SET, i={"customId": ID}, p={"title": "Again"})["data"]["productSet"]["product"]["id"]
        == made["id"]
    )


@pytest.mark.parametrize(
    ("identifier", "given", "expected"),
    [
        ({"id": "gid://shopify/Product/1"}, {"title": "x"}, "PRODUCT_DOES_NOT_EXIST"),
        ({"customId": ID}, {"title": "x"}, "NOT_FOUND"),
        (None, {}, "INVALID_PRODUCT"),
        (None, shirt(variants=None), "VARIANTS_INPUT_MISSING"),
        (None, {k: v for k, v in shirt().items() if k != "productOptions"}, "PRODUCT_OPTIONS_INPUT_MISSING"),
        (
            None,
            shirt(productOptions=[{"name": str(i), "values": [{"name": "x"}]} for i in range(4)]),
            "OPTIONS_OVER_LIMIT",
        ),
        (None, shirt(variants=shirt()["variants"] + shirt()["variants"][:1]), "INVALID_VARIANT"),
        (None, shirt(variants=shirt()["variants"] * 1025), "VARIANTS_OVER_LIMIT"),
        (None, shirt(files=[{"originalSource": "file:///etc/passwd"}]), "INVALID_INPUT"),
    ],
)
def test_products_are_refused_with_the_code_and_nothing_is_stored(
    sandbox, ask, identifier, given, expected
) -> None:
    assert code(ask(SET, i=identifier, p=given)) == [expected]
    assert sandbox.store.state.count("Product") == sandbox.store.state.count("ProductVariant") == 0


def test_handles_and_custom_ids_are_unique(ask) -> None:
    ask(DEFINE, d=definition("PRODUCT"))
    assert code(ask(DEFINE, d=definition("PRODUCT"))) == ["TAKEN"]
    ask(SET, i={"customId": ID}, p=shirt(handle="h", metafields=[ID]))
    assert code(ask(SET, p=shirt(handle="h"))) == ["HANDLE_NOT_UNIQUE"]
    assert code(ask(SET, p=shirt(metafields=[ID]))) == ["CAPABILITY_VIOLATION"]
    assert code(ask(SET, i={"customId": ID}, p={"metafields": []})) == ["METAFIELD_MISMATCH"]
    assert ask(SET, p=shirt())["data"]["productSet"]["product"]["handle"] == "shirt"


@pytest.fixture
def level(ask) -> dict[str, Any]:
    place = ask("{ locations(first: 1) { nodes { id } } }")["data"]["locations"]["nodes"][0]["id"]
    variants = shirt()["variants"]
    variants[0]["inventoryQuantities"] = [{"locationId": place, "name": "available", "quantity": 4}]
    made = ask(SET, p=shirt(variants=variants))["data"]["productSet"]["product"]
    return {"inventoryItemId": made["variants"]["nodes"][0]["inventoryItem"]["id"], "locationId": place}


def set_stock(ask: Any, key: str, *quantities: Any) -> Any:
    return ask(STOCK, k=key, i={"name": "available", "reason": "correction", "quantities": list(quantities)})


def test_stock_is_compared_before_it_is_set_and_keys_are_kept(ask, level) -> None:
    right = level | {"quantity": 9, "changeFromQuantity": 4}
    first = set_stock(ask, "k1", right)
    assert (
        first["data"]["inventorySetQuantities"]["inventoryAdjustmentGroup"]["changes"] == [{"delta": 5}] * 2
    )
    assert set_stock(ask, "k1", right)["data"] == first["data"]
    assert code(set_stock(ask, "k1", right | {"quantity": 8})) == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]
    assert code(set_stock(ask, "k2", right)) == ["CHANGE_FROM_QUANTITY_STALE"]
    assert code(set_stock(ask, "k3", level | {"quantity": 1, "changeFromQuantity": None})) == []


def test_stock_limits(ask, level) -> None:
    assert "changeFromQuantity" in set_stock(ask, "k", level | {"quantity": 1})["errors"][0]["message"]
    without = STOCK.replace(", $k: String!", "").replace(" @idempotent(key: $k)", "")
    given = {
        "name": "available",
        "reason": "correction",
        "quantities": [level | {"quantity": 1, "changeFromQuantity": 4}],
    }
    assert "idempotent" in ask(without, i=given)["errors"][0]["message"]
    many = [level | {"quantity": 1, "changeFromQuantity": 4}] * 251
    assert set_stock(ask, "k", *many)["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"
    for quantity, expected in (
        (10**9 + 1, "INVALID_QUANTITY_TOO_HIGH"),
        (-(10**9) - 1, "INVALID_QUANTITY_TOO_LOW"),
    ):
        assert code(set_stock(ask, "k", level | {"quantity": quantity, "changeFromQuantity": 4})) == [
            expected
        ]
    both = [level | {"quantity": 1, "changeFromQuantity": 4}] * 2
    assert code(set_stock(ask, "k", *both)) == ["NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"]
    assert code(ask(STOCK, k="k", i=given | {"reason": "because"})) == ["INVALID_REASON"]


def test_orders_are_not_idempotent_but_custom_ids_are_unique(sandbox, ask) -> None:
    order: dict[str, Any] = {"lineItems": [{"title": "x", "quantity": 1}]}
    ask(ORDER, o=order)
    ask(ORDER, o=order)
    assert sandbox.store.state.count("Order") == 2
    ask(DEFINE, d=definition("ORDER"))
    assert code(ask(ORDER, o=order | {"metafields": [ID]})) == []
    assert code(ask(ORDER, o=order | {"metafields": [ID]})) == ["INVALID"]
    bag = {"shopMoney": {"amount": "0.001", "currencyCode": "USD"}}
    assert code(ask(ORDER, o={"lineItems": [{"title": "x", "quantity": 1, "priceSet": bag}]})) == ["INVALID"]
    tax = [{"title": "T", "rate": "0.1"}]
    both = {"lineItems": [{"title": "x", "quantity": 1, "taxLines": tax}], "taxLines": tax}
    assert code(ask(ORDER, o=both)) == ["INVALID"]


def test_the_bucket_throttles_with_status_200_and_refills(ask, sandbox) -> None:
    query = "{ products(first: 10) { nodes { id variants(first: 50) { nodes { id } } } } }"
    cost = ask(query)["extensions"]["cost"]
    # 2 + floor(2 ln 10) * (1 + 2 + floor(2 ln 50) * 1)
    assert cost["requestedQueryCost"] == 2 + 4 * (1 + 2 + 7)
    assert cost["actualQueryCost"] < cost["requestedQueryCost"]
    sandbox.store.bucket._level = 0
    sandbox.store.bucket.rate = 0.001
    throttled = ask(query)
    assert throttled["errors"][0]["extensions"]["code"] == "THROTTLED" and "data" not in throttled
    assert throttled["extensions"]["cost"]["actualQueryCost"] is None
    sandbox.store.bucket.rate = 1e9
    assert "errors" not in ask(query)


def test_a_query_has_a_largest_cost(ask) -> None:
    metafields = "metafields(first: 250) { nodes { id } }"
    query = (
        f"{{ products(first: 250) {{ nodes {{ variants(first: 250) {{ nodes {{ {metafields} }} }} }} }} }}"
    )
    assert ask(query)["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_connections_need_a_size_and_cursors_reach_everything(ask) -> None:
    assert (
        ask("{ products { nodes { id } } }")["errors"][0]["message"]
        == "you must provide one of first or last"
    )
    for number in range(5):
        ask(SET, p=shirt(title=f"P{number}"))
    seen, after = [], None
    while True:
        page = ask(
            "query($a: String) { products(first: 2, after: $a) { nodes { title }"
            " pageInfo { hasNextPage endCursor } } }",
            a=after,
        )
        page = page["data"]["products"]
        seen += [node["title"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [f"P{n}" for n in range(5)]


def test_the_store_survives_a_restart(tmp_path) -> None:
    folder = tmp_path / "kept"
    for _ in range(2):
        with Sandbox(folder, Shop(token=TOKEN), fetch_media=False) as server:
            if not server.store.state.count("Product"):
                server.store.execute({"query": SET, "variables": {"p": shirt()}})
            shop = server.store.doc["id"]
            assert server.store.state.count("Product") == 1 and server.store.state.count("Shop") == 1
    assert shop


def test_media_takes_a_while(sandbox, ask) -> None:
    import time

    made = ask(
        SET,
        p=shirt(
            files=[
                {
                    "originalSource": "https://x.example/a.png",
                    "alt": "A",
                    "filename": "saleor-0123456789abcdef.png",
                }
            ]
        ),
    )
    assert made["data"]["productSet"]["product"]["media"]["nodes"][0]["status"] == "UPLOADED"
    media = "media(first: 1) { nodes { status ... on MediaImage { image { url } } } }"
    query = f"{{ products(first: 1) {{ nodes {{ {media} }} }} }}"
    for _ in range(50):
        node = ask(query)["data"]["products"]["nodes"][0]["media"]["nodes"][0]
        if node["status"] == "READY":
            break
        time.sleep(0.1)
    assert "/saleor-0123456789abcdef.png" in node["image"]["url"]


def test_the_page_shows_the_store_and_escapes_it(sandbox, ask) -> None:
    ask(SET, p=shirt(title="<script>alert(1)</script>"))
    ask(ORDER, o={"lineItems": [{"title": "<b>x", "quantity": 2}], "name": "S-<1>"})
    page = requests.get(sandbox.url, timeout=5).text
    assert "<script>" not in page and "&lt;script&gt;alert(1)" in page
    assert "S-&lt;1&gt;" in page and "2 × &lt;b&gt;x" in page
