"""productVariantsBulkCreate, -Update and -Delete in the local store: others stay; codes and limits are Shopify's."""

from __future__ import annotations

from typing import Any

import pytest

from .test_sandbox_products import codes, define, made, put, shirt, variant

__all__ = ["put"]
TOLD = """product { id updatedAt options(first: 3) { values }
  variants(first: 9) { nodes { id sku price position selectedOptions { value } inventoryQuantity } } }
  userErrors { field message code }"""
CREATE = f"""mutation($i: ID!, $v: [ProductVariantsBulkInput!]!, $s: ProductVariantsBulkCreateStrategy) {{
  productVariantsBulkCreate(productId: $i, variants: $v, strategy: $s) {{
    productVariants {{ id sku position metafield(namespace: "saleor", key: "saleor_id") {{ value }} }} {TOLD} }} }}"""
UPDATE = f"""mutation($i: ID!, $v: [ProductVariantsBulkInput!]!) {{
  productVariantsBulkUpdate(productId: $i, variants: $v) {{ productVariants {{ id sku }} {TOLD} }} }}"""
DELETE = f"""mutation($i: ID!, $v: [ID!]!) {{
  productVariantsBulkDelete(productId: $i, variantsIds: $v) {{ {TOLD} }} }}"""
STRATEGIES = ("DEFAULT", "PRESERVE_STANDALONE_VARIANT", "REMOVE_STANDALONE_VARIANT")


@pytest.fixture
def call(ask):
    def send(text: str, **variables: Any) -> Any:
        (payload,) = ask(text, **variables)["data"].values()
        return payload

    return send


def size(value: str, **more: Any) -> dict[str, Any]:
    return {"optionValues": [{"optionName": "Size", "name": value}], **more}


def skus(payload: Any) -> list[tuple[str, str]]:
    nodes = made(payload)["variants"]["nodes"]
    return [(node["sku"], node["selectedOptions"][0]["value"]) for node in nodes]


def test_a_new_variant_comes_last_with_all_it_has(put, call, ask) -> None:
    define(ask, "PRODUCTVARIANT")
    gid = made(put(shirt()))["id"]
    place = ask("{ location { id } }")["data"]["location"]["id"]
    key = {"namespace": "saleor", "key": "saleor_id", "type": "id", "value": "v1"}
    item = {"sku": "L", "cost": "1.00", "tracked": True}
    given = size("L", price="9.00", inventoryItem=item, metafields=[key])
    given["inventoryQuantities"] = [{"locationId": place, "availableQuantity": 7}]
    payload = call(CREATE, i=gid, v=[given])
    assert skus(payload) == [("S", "S"), ("M", "M"), ("L", "L")]
    assert payload["product"]["options"] == [{"values": ["S", "M", "L"]}]
    assert payload["product"]["variants"]["nodes"][2]["inventoryQuantity"] == 7
    (new,) = payload["productVariants"]
    assert (new["sku"], new["position"], new["metafield"]) == ("L", 3, {"value": "v1"})
    again = call(CREATE, i=gid, v=[given])
    assert codes(again) == ["VARIANT_ALREADY_EXISTS"] and again["productVariants"] is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([size("S")], "VARIANT_ALREADY_EXISTS"),
        ([size("L"), size("L")], "VARIANT_ALREADY_EXISTS"),
        ([{"price": "1.00"}], "NEED_TO_ADD_OPTION_VALUES"),
        ([{"optionValues": [{"optionName": "Fit", "name": "Slim"}]}], "OPTION_VALUES_FOR_NUMBER_OF_UNKNOWN_OPTIONS"),
        ([size("L", id="gid://shopify/ProductVariant/1")], "NO_KEY_ON_CREATE"),
        ([size("L", price="-1.00")], "NEGATIVE_PRICE_VALUE"),
        ([size("L", barcode="x" * 256)], "INVALID_INPUT"),
        ([size(str(number)) for number in range(2047)], "INVALID_INPUT"),
        (
            [size("L", inventoryQuantities=[{"locationId": "gid://shopify/Location/9", "availableQuantity": 1}])],
            "TRACKED_VARIANT_LOCATION_NOT_FOUND",
        ),
        (
            [size("L", inventoryQuantities=[{"locationId": "x", "availableQuantity": 1}] * 50_001)],
            "INVENTORY_QUANTITIES_LIMIT_EXCEEDED",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_made_makes_nothing(put, call, sandbox, given, code) -> None:
    gid = made(put(shirt()))["id"]
    assert codes(call(CREATE, i=gid, v=given)) == [code]
    assert sandbox.store.state.count("ProductVariant") == 2
    assert sandbox.store.state.get(gid)["options"][0]["values"][-1]["name"] == "M"


@pytest.mark.parametrize(("alone", "left"), [("default", (0, 1, 0)), ("custom", (1, 1, 0))])
def test_what_becomes_of_the_only_variant(put, call, alone, left) -> None:
    for strategy, kept in zip(STRATEGIES, left, strict=True):
        given = {"title": "Mug"} if alone == "default" else shirt(variants=[variant("S")])
        if alone == "custom":
            given["productOptions"] = [{"name": "Size", "values": [{"name": "S"}]}]
        gid = made(put(given))["id"]
        name = "Title" if alone == "default" else "Size"
        new = {"optionValues": [{"optionName": name, "name": "L"}]}
        payload = call(CREATE, i=gid, v=[new], s=strategy)
        assert len(made(payload)["variants"]["nodes"]) == kept + 1, strategy


def test_values_are_renamed_one_variant_at_a_time(put, call) -> None:
    product = made(put(shirt()))
    first, second = (node["id"] for node in product["variants"]["nodes"])
    payload = call(UPDATE, i=product["id"], v=[size("Small", id=first, price="1.00")])
    assert skus(payload) == [("S", "Small"), ("M", "M")]
    assert sorted(payload["product"]["options"][0]["values"]) == ["M", "Small"]
    assert codes(call(UPDATE, i=product["id"], v=[size("M", id=first)])) == ["VARIANT_ALREADY_EXISTS"]
    assert codes(call(UPDATE, i=product["id"], v=[{"price": "1.00"}])) == ["PRODUCT_VARIANT_ID_MISSING"]
    wrong = size("x" * 256, id=second)
    assert codes(call(UPDATE, i=product["id"], v=[wrong])) == ["OPTION_VALUE_NAME_TOO_LONG"]
    wrong = {"id": second, "optionValues": [{"optionName": "Fit", "name": "Slim"}]}
    assert codes(call(UPDATE, i=product["id"], v=[wrong])) == ["OPTION_DOES_NOT_EXIST"]
    wrong = {"id": second, "inventoryQuantities": [{"locationId": "x", "availableQuantity": 1}]}
    assert codes(call(UPDATE, i=product["id"], v=[wrong])) == ["NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE"]
    assert codes(call(UPDATE, i=product["id"], v=[{"id": first, "price": "-1"}])) == ["NEGATIVE_PRICE_VALUE"]


def test_the_last_variant_stays(put, call) -> None:
    product = made(put(shirt()))
    first, second = (node["id"] for node in product["variants"]["nodes"])
    assert codes(call(DELETE, i=product["id"], v=[first, second])) == ["CANNOT_DELETE_LAST_VARIANT"]
    payload = call(DELETE, i=product["id"], v=[first])
    assert skus(payload) == [("M", "M")] and payload["product"]["variants"]["nodes"][0]["position"] == 1
    again = call(DELETE, i=product["id"], v=[first])
    assert codes(again) == ["AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"]
    assert codes(call(DELETE, i="gid://shopify/Product/99", v=[first])) == ["PRODUCT_DOES_NOT_EXIST"]
