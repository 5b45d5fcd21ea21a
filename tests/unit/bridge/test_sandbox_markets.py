"""Languages, translations and market prices in the local store."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

SET = """mutation($i: ProductSetIdentifiers, $p: ProductSetInput!) { productSet(identifier: $i, input: $p) {
  product { id options(first: 1) { id optionValues { id } } variants(first: 5) { nodes { id } } }
  userErrors { code } } }"""
REGISTER = """mutation($r: ID!, $t: [TranslationInput!]!) { translationsRegister(resourceId: $r, translations: $t) {
  translations { key locale value } userErrors { field code } } }"""
READ = (
    """query($i: ID!, $l: String!) { product(id: $i) { translations(locale: $l) { key value outdated } } }"""
)
ADD = """mutation($l: ID!, $p: [PriceListPriceInput!]!) { priceListFixedPricesAdd(priceListId: $l, prices: $p) {
  prices { originType price { amount currencyCode } } userErrors { field code } } }"""
DROP = """mutation($l: ID!, $v: [ID!]!) { priceListFixedPricesDelete(priceListId: $l, variantIds: $v) {
  deletedFixedPriceVariantIds userErrors { field code } } }"""
PRICES = """query($l: ID!, $o: PriceListPriceOriginType) { priceList(id: $l) { fixedPricesCount
  prices(first: 9, originType: $o) { nodes { originType price { amount } compareAtPrice { amount }
    variant { id } } } } }"""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def shirt(ask) -> Any:
    given = {
        "title": "Shirt",
        "descriptionHtml": "<p>x</p>",
        "productOptions": [{"name": "Size", "values": [{"name": "S"}, {"name": "M"}]}],
        "variants": [
            {"optionValues": [{"optionName": "Size", "name": n}], "price": "10.00", "compareAtPrice": "12.00"}
            for n in "SM"
        ],
    }
    return ask(SET, i=None, p=given)["data"]["productSet"]["product"]


@pytest.fixture
def german(ask) -> None:
    enable = 'mutation { shopLocaleEnable(locale: "de") { shopLocale { published } userErrors { message } } }'
    assert ask(enable)["data"]["shopLocaleEnable"] == {"shopLocale": {"published": False}, "userErrors": []}
    publish = """mutation { shopLocaleUpdate(locale: "de", shopLocale: {published: true}) {
      shopLocale { published } userErrors { message } } }"""
    assert ask(publish)["data"]["shopLocaleUpdate"]["shopLocale"] == {"published": True}


def text(key: str, value: str, source: str, locale: str = "de") -> dict[str, str]:
    return {"key": key, "value": value, "locale": locale, "translatableContentDigest": digest(source)}


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


def register(ask: Any, gid: str, *texts: dict[str, str]) -> Any:
    return ask(REGISTER, r=gid, t=list(texts))["data"]["translationsRegister"]


def test_a_text_is_kept_until_its_source_changes(ask, german, shirt) -> None:
    assert codes(register(ask, shirt["id"], text("title", "Hemd", "Shirt"))) == []
    row = {"key": "title", "value": "Hemd", "outdated": False}
    assert ask(READ, i=shirt["id"], l="de")["data"]["product"]["translations"] == [row]
    ask(SET, i={"id": shirt["id"]}, p={"title": "T-shirt"})
    assert ask(READ, i=shirt["id"], l="de")["data"]["product"]["translations"] == [row | {"outdated": True}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (text("title", "x", "other"), "INVALID_TRANSLATABLE_CONTENT"),
        (text("colour", "x", "Shirt"), "INVALID_KEY_FOR_MODEL"),
        (text("meta_title", "x", ""), "INVALID_KEY_FOR_MODEL"),
        (text("title", "x", "Shirt", "fr"), "INVALID_LOCALE_FOR_SHOP"),
        (text("title", "x", "Shirt", "en"), "INVALID_LOCALE_FOR_SHOP"),
    ],
)
def test_texts_that_do_not_fit_are_refused_all_together(ask, german, shirt, given, expected) -> None:
    good = text("body_html", "<p>y</p>", "<p>x</p>")
    assert codes(register(ask, shirt["id"], good, given)) == [expected]
    assert ask(READ, i=shirt["id"], l="de")["data"]["product"]["translations"] == []


def test_a_hundred_and_one_texts_and_nobodys_texts_are_refused(ask, german, shirt) -> None:
    many = [text("title", "x", "Shirt")] * 101
    assert codes(register(ask, shirt["id"], *many)) == ["TOO_MANY_KEYS_FOR_RESOURCE"]
    assert codes(register(ask, "gid://shopify/Product/1", many[0])) == ["RESOURCE_NOT_FOUND"]


def test_texts_are_taken_away(ask, german, shirt) -> None:
    register(ask, shirt["id"], text("title", "Hemd", "Shirt"))
    drop = """mutation($r: ID!) { translationsRemove(resourceId: $r, translationKeys: ["title"], locales: ["de"]) {
      translations { value } userErrors { code } } }"""
    assert ask(drop, r=shirt["id"])["data"]["translationsRemove"]["translations"] == [{"value": "Hemd"}]
    assert ask(READ, i=shirt["id"], l="de")["data"]["product"]["translations"] == []


def test_options_and_their_values_have_texts_of_their_own(ask, german, shirt) -> None:
    option = shirt["options"][0]
    assert codes(register(ask, option["id"], text("name", "Größe", "Size"))) == []
    assert codes(register(ask, option["optionValues"][0]["id"], text("name", "K", "S"))) == []
    look = """query($i: ID!) { product(id: $i) { options(first: 1) { translations(locale: "de") { value }
      optionValues { translations(locale: "de") { value } } } } }"""
    found = ask(look, i=shirt["id"])["data"]["product"]["options"][0]
    assert found["translations"] == [{"value": "Größe"}]
    assert [value["translations"] for value in found["optionValues"]] == [[{"value": "K"}], []]
    nested = """query($i: ID!) { translatableResource(resourceId: $i) {
      translatableContent { key digest } nestedTranslatableResources(first: 9) { nodes {
        resourceId translatableContent { value digest } } } } }"""
    resource = ask(nested, i=shirt["id"])["data"]["translatableResource"]
    assert {"key": "title", "digest": digest("Shirt")} in resource["translatableContent"]
    assert [
        n["translatableContent"][0]["value"] for n in resource["nestedTranslatableResources"]["nodes"]
    ] == [
        "Size",
        "S",
        "M",
    ]


def test_an_unpublished_language_is_not_shown_with_the_product(ask, german, shirt) -> None:
    register(ask, shirt["id"], text("title", "Hemd", "Shirt"))
    ask(
        'mutation { shopLocaleUpdate(locale: "de", shopLocale: {published: false}) { userErrors { message } } }'
    )
    assert ask(READ, i=shirt["id"], l="de")["data"]["product"]["translations"] == []
    look = 'query($i: ID!) { translatableResource(resourceId: $i) { translations(locale: "de") { value } } }'
    assert ask(look, i=shirt["id"])["data"]["translatableResource"]["translations"] == [{"value": "Hemd"}]


@pytest.fixture
def euros(ask) -> str:
    nodes = ask("{ priceLists(first: 9) { nodes { id currency } } }")["data"]["priceLists"]["nodes"]
    return next(node["id"] for node in nodes if node["currency"] == "EUR")


def price(variant: str, amount: str, currency: str = "EUR", compared: str | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {"variantId": variant, "price": {"amount": amount, "currencyCode": currency}}
    return row | ({"compareAtPrice": {"amount": compared, "currencyCode": currency}} if compared else {})


def test_fixed_prices_are_added_replaced_and_deleted(ask, shirt, euros) -> None:
    first, second = (node["id"] for node in shirt["variants"]["nodes"])
    assert (
        codes(
            ask(ADD, l=euros, p=[price(first, "9.90", compared="11.00")])["data"]["priceListFixedPricesAdd"]
        )
        == []
    )
    ask(ADD, l=euros, p=[price(first, "8.50")])
    found = ask(PRICES, l=euros, o="FIXED")["data"]["priceList"]
    assert found["fixedPricesCount"] == 1
    assert found["prices"]["nodes"] == [
        {"originType": "FIXED", "price": {"amount": "8.5"}, "compareAtPrice": None, "variant": {"id": first}}
    ]
    every = ask(PRICES, l=euros, o=None)["data"]["priceList"]["prices"]["nodes"]
    assert [(row["originType"], row["price"]["amount"]) for row in every] == [
        ("FIXED", "8.5"),
        ("RELATIVE", "10.00"),
    ]
    gone = ask(DROP, l=euros, v=[first])["data"]["priceListFixedPricesDelete"]
    assert gone == {"deletedFixedPriceVariantIds": [first], "userErrors": []}
    assert codes(ask(DROP, l=euros, v=[second])["data"]["priceListFixedPricesDelete"]) == ["PRICE_NOT_FIXED"]


def test_prices_that_do_not_fit_are_refused_all_together(ask, shirt, euros) -> None:
    first, second = (node["id"] for node in shirt["variants"]["nodes"])

    def add(gid: str, *prices: Any) -> Any:
        return ask(ADD, l=gid, p=list(prices))["data"]["priceListFixedPricesAdd"]

    wrong = add(euros, price(first, "1.00"), price(second, "1.00", "USD"))
    assert [(e["code"], e["field"][1]) for e in wrong["userErrors"]] == [
        ("PRICE_LIST_CURRENCY_MISMATCH", "1")
    ]
    assert ask(PRICES, l=euros, o="FIXED")["data"]["priceList"]["fixedPricesCount"] == 0
    assert codes(add(euros, price("gid://shopify/ProductVariant/1", "1.00"))) == ["VARIANT_NOT_FOUND"]
    assert codes(add("gid://shopify/PriceList/1", price(first, "1.00"))) == ["PRICE_LIST_NOT_FOUND"]
    many = ask(ADD, l=euros, p=[price(first, "1.00")] * 251)
    assert many["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_a_deleted_variant_takes_its_prices_along(ask, shirt, euros) -> None:
    first = shirt["variants"]["nodes"][0]["id"]
    ask(ADD, l=euros, p=[price(first, "9.90")])
    given = {
        "productOptions": [{"name": "Size", "values": [{"name": "M"}]}],
        "variants": [{"optionValues": [{"optionName": "Size", "name": "M"}]}],
    }
    ask(SET, i={"id": shirt["id"]}, p=given)
    assert ask(PRICES, l=euros, o="FIXED")["data"]["priceList"]["fixedPricesCount"] == 0


def test_a_market_has_a_catalog_with_its_price_list(ask, euros) -> None:
    look = """{ markets(first: 9) { nodes { name status catalogs(first: 2) { nodes { title
      priceList { id currency } } } } } }"""
    nodes = ask(look)["data"]["markets"]["nodes"]
    assert [node["name"] for node in nodes] == ["Europe", "Primary", "United Kingdom"]
    assert nodes[0]["catalogs"]["nodes"] == [
        {"title": "Europe", "priceList": {"id": euros, "currency": "EUR"}}
    ]
