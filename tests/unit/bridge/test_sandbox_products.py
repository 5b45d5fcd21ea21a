"""productSet and its kin in the local store: lists replace, scalars patch, limits and codes are Shopify's."""

from __future__ import annotations

import time
from typing import Any

import pytest

SET = """mutation($i: ProductSetIdentifiers, $p: ProductSetInput!) { productSet(identifier: $i, input: $p) {
  product { id handle title tags updatedAt
    options(first: 3) { id name optionValues { id name hasVariants } }
    media(first: 5) { nodes { id alt } }
    metafields(first: 9) { nodes { namespace key type value } }
    variants(first: 50) { nodes { id sku barcode taxable price position selectedOptions { name value }
      media(first: 1) { nodes { id } } metafields(first: 5) { nodes { key value } }
      inventoryItem { id unitCost { amount } } } } }
  userErrors { field message code } } }"""
SIZES = [{"name": "Size", "values": [{"name": "S"}, {"name": "M"}]}]
ID = {"namespace": "saleor", "key": "saleor_id", "value": "p1"}


def variant(value: str, **more: Any) -> dict[str, Any]:
    return {"optionValues": [{"optionName": "Size", "name": value}], "sku": value, "price": "3.50"} | more


def shirt(**more: Any) -> dict[str, Any]:
    return {"title": "Shirt", "productOptions": SIZES, "variants": [variant("S"), variant("M")]} | more


@pytest.fixture
def put(ask):
    def send(given: dict[str, Any], **identifier: Any) -> Any:
        return ask(SET, i=identifier or None, p=given)["data"]["productSet"]

    return send


def made(payload: Any) -> Any:
    assert payload["userErrors"] == []
    return payload["product"]


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


def define(ask: Any, owner: str = "PRODUCT", kind: str = "id", key: str = "saleor_id", **more: Any) -> Any:
    given = {"name": key, "namespace": "saleor", "key": key, "type": kind, "ownerType": owner} | more
    text = """mutation($d: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $d) {
      createdDefinition { id } userErrors { code } } }"""
    return ask(text, d=given)["data"]["metafieldDefinitionCreate"]


def test_a_variant_has_all_that_the_bridge_writes(put) -> None:
    file = {"originalSource": "https://x.example/a.png", "alt": "A"}
    given = variant(
        "S",
        barcode="123",
        taxable=False,
        file=file,
        metafields=[{"namespace": "n12", "key": "colour", "type": "single_line_text_field", "value": "red"}],
        inventoryItem={"cost": "1.25", "tracked": True},
    )
    product = made(put(shirt(variants=[given, variant("M")], files=[file])))
    first = product["variants"]["nodes"][0]
    assert (first["barcode"], first["taxable"], first["metafields"]["nodes"]) == (
        "123",
        False,
        [{"key": "colour", "value": "red"}],
    )
    assert first["media"]["nodes"] == [{"id": product["media"]["nodes"][0]["id"]}]
    assert first["inventoryItem"]["unitCost"]["amount"] == "1.25"


def test_a_variants_file_must_be_the_products(put) -> None:
    alone = variant("S", file={"originalSource": "https://x.example/b.png"})
    assert codes(put(shirt(variants=[alone, variant("M")]))) == ["INVALID_INPUT"]


def test_an_option_and_a_value_are_renamed_by_id_and_variants_stay(put) -> None:
    product = made(put(shirt()))
    option = product["options"][0]
    small, medium = option["optionValues"]
    given = {
        "productOptions": [
            {
                "id": option["id"],
                "name": "Length",
                "values": [{"id": small["id"], "name": "Short"}, {"id": medium["id"]}],
            }
        ],
        "variants": [{"optionValues": [{"optionName": "Length", "name": name}]} for name in ("Short", "M")],
    }
    after = made(put(given, id=product["id"]))
    assert [v["id"] for v in after["variants"]["nodes"]] == [v["id"] for v in product["variants"]["nodes"]]
    assert [v["selectedOptions"][0]["value"] for v in after["variants"]["nodes"]] == ["Short", "M"]
    assert after["options"][0]["name"] == "Length"


def test_a_value_renamed_without_its_id_is_another_variant(put) -> None:
    product = made(put(shirt()))
    renamed = [{"name": "Size", "values": [{"name": "Small"}, {"name": "M"}]}]
    given = {"productOptions": renamed, "variants": [variant("Small"), variant("M")]}
    after = made(put(given, id=product["id"]))
    before = [v["id"] for v in product["variants"]["nodes"]]
    now = [v["id"] for v in after["variants"]["nodes"]]
    assert now[0] not in before and now[1] == before[1]


def test_variants_not_named_are_deleted_with_their_stock(put, sandbox) -> None:
    product = made(put(shirt()))
    gone = product["variants"]["nodes"][0]
    made(
        put(
            {"productOptions": [{"name": "Size", "values": [{"name": "M"}]}], "variants": [variant("M")]},
            id=product["id"],
        )
    )
    state = sandbox.store.state
    assert state.get(gone["id"]) is None and state.get(gone["inventoryItem"]["id"]) is None
    assert state.count("ProductVariant") == state.count("InventoryItem") == 1


def test_metafields_and_files_not_named_go(put) -> None:
    fields = [
        {"namespace": "n12", "key": f"k{n}", "type": "single_line_text_field", "value": "v"} for n in (1, 2)
    ]
    files = [{"originalSource": f"https://x.example/{n}.png"} for n in (1, 2)]
    product = made(put(shirt(metafields=fields, files=files)))
    kept = product["media"]["nodes"][1]["id"]
    after = made(put({"metafields": fields[1:], "files": [{"id": kept, "alt": "new"}]}, id=product["id"]))
    assert [m["key"] for m in after["metafields"]["nodes"]] == ["k2"]
    assert after["media"]["nodes"] == [{"id": kept, "alt": "new"}]
    assert len(after["variants"]["nodes"]) == 2


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (shirt(title=" "), "INVALID_PRODUCT"),
        (shirt(title="x" * 256), "INVALID_PRODUCT"),
        (shirt(descriptionHtml="x" * (512 * 1024 + 1)), "INVALID_PRODUCT"),
        (shirt(productOptions=[{"name": "Size", "values": []}]), "OPTION_VALUES_MISSING"),
        (
            shirt(productOptions=[{"name": "Size", "values": [{"name": "S"}, {"name": "S"}]}]),
            "DUPLICATED_OPTION_VALUE",
        ),
        (
            shirt(productOptions=[*SIZES, {"name": "size", "values": [{"name": "x"}]}]),
            "DUPLICATED_OPTION_NAME",
        ),
        (shirt(variants=[variant("XL")]), "OPTION_VALUE_DOES_NOT_EXIST"),
        (
            shirt(variants=[{"optionValues": [{"optionName": "Colour", "name": "S"}]}]),
            "OPTION_DOES_NOT_EXIST",
        ),
        (shirt(variants=[variant("S", price="-1")]), "INVALID_VARIANT"),
        (shirt(variants=[variant("S", sku="x" * 256)]), "INVALID_VARIANT"),
        (
            shirt(variants=[variant("S", id="gid://shopify/ProductVariant/1")]),
            "PRODUCT_VARIANT_DOES_NOT_EXIST",
        ),
        (shirt(variants=[variant("S")] * 2049), "VARIANTS_OVER_LIMIT"),
        (shirt(collections=["gid://shopify/Collection/1"]), "INVALID_INPUT"),
        (shirt(files=[{"id": "gid://shopify/MediaImage/1"}]), "INVALID_INPUT"),
        (
            shirt(metafields=[{"namespace": "n12", "key": "k12", "type": "number_integer", "value": "x"}]),
            "INVALID_METAFIELD",
        ),
        (shirt(metafields=[{"namespace": "n12", "key": "k12", "value": "x"}]), "INVALID_METAFIELD"),
    ],
)
def test_what_is_wrong_is_refused_whole(put, sandbox, given, expected) -> None:
    assert codes(put(given)) == [expected]
    state = sandbox.store.state
    assert state.count("Product") == state.count("ProductVariant") == state.count("MediaImage") == 0


def test_two_thousand_and_forty_eight_variants_are_taken(put) -> None:
    values = [{"name": f"v{n}"} for n in range(2048)]
    given = shirt(
        productOptions=[{"name": "Size", "values": values}], variants=[variant(v["name"]) for v in values]
    )
    product = made(put(given))
    began = time.monotonic()
    made(put(given, id=product["id"]))
    assert time.monotonic() - began < 20, "the work must not grow with the square of the variants"


def test_quantities_are_limited_in_sum(put, ask) -> None:
    places = [n["id"] for n in ask("{ locations(first: 9) { nodes { id } } }")["data"]["locations"]["nodes"]]
    many = [{"locationId": places[0], "name": "available", "quantity": 1}] * 25_001
    given = shirt(variants=[variant("S", inventoryQuantities=many), variant("M", inventoryQuantities=many)])
    assert codes(put(given)) == ["INVENTORY_QUANTITIES_LIMIT_EXCEEDED"]


def test_a_new_variant_is_stocked_where_it_says_and_an_old_one_only_where_it_is(put, ask) -> None:
    places = [n["id"] for n in ask("{ locations(first: 9) { nodes { id } } }")["data"]["locations"]["nodes"]]

    def stock(place: str) -> dict[str, Any]:
        return {"inventoryQuantities": [{"locationId": place, "name": "available", "quantity": 5}]}

    product = made(put(shirt(variants=[variant("S", **stock(places[1])), variant("M")])))
    again = {"productOptions": SIZES, "variants": [variant("S", **stock(places[2])), variant("M")]}
    assert codes(put(again, id=product["id"])) == ["INVALID_INPUT"]
    again["variants"][0] |= stock(places[1])
    assert codes(put(again, id=product["id"])) == []


def test_a_custom_id_needs_its_definition_its_value_and_no_other_owner(put, ask) -> None:
    assert codes(put(shirt(metafields=[ID]), customId=ID)) == ["NOT_FOUND"]
    define(ask)
    assert codes(put(shirt(), customId=ID)) == ["MISSING_FIELD_REQUIRED"]
    assert codes(put(shirt(metafields=[ID | {"value": "other"}]), customId=ID)) == ["METAFIELD_MISMATCH"]
    first = made(put(shirt(metafields=[ID]), customId=ID))
    assert made(put(shirt(metafields=[ID], title="Again"), customId=ID))["id"] == first["id"]
    assert codes(put(shirt(metafields=[ID]))) == ["CAPABILITY_VIOLATION"]
    assert codes(put({"metafields": []}, customId=ID)) == ["METAFIELD_MISMATCH"]


def test_the_same_input_twice_changes_nothing_but_the_date(put, ask, sandbox) -> None:
    define(ask)
    first = made(put(shirt(metafields=[ID], tags=["b", "A", "a"]), customId=ID))
    second = made(put(shirt(metafields=[ID], tags=["b", "A", "a"]), customId=ID))
    assert first | {"updatedAt": 0} == second | {"updatedAt": 0}
    assert first["tags"] == ["A", "b"]


def test_a_taken_handle_is_refused_and_one_from_a_title_gets_a_number(put) -> None:
    handles = [made(put(shirt(title="Café Crème")))["handle"] for _ in range(3)]
    assert handles == ["cafe-creme", "cafe-creme-1", "cafe-creme-2"]
    assert codes(put(shirt(handle="cafe-creme"))) == ["HANDLE_NOT_UNIQUE"]
    assert made(put(shirt(handle="Ours & Theirs")))["handle"] == "ours-theirs"


def test_a_partial_list_wipes_what_it_does_not_name(put) -> None:
    product = made(put(shirt()))
    given = {"productOptions": [{"name": "Size", "values": [{"name": "S"}]}], "variants": [variant("S")]}
    assert len(made(put(given, id=product["id"]))["variants"]["nodes"]) == 1


def test_an_asynchronous_call_answers_an_operation(ask) -> None:
    text = """mutation($p: ProductSetInput!) { productSet(input: $p, synchronous: false) {
      product { id } productSetOperation { id status } userErrors { code } } }"""
    payload = ask(text, p=shirt())["data"]["productSet"]
    assert payload["product"] is None and payload["userErrors"] == []
    look = """query($i: ID!) { productOperation(id: $i) { status product { title }
      ... on ProductSetOperation { userErrors { code } } } }"""
    done = ask(look, i=payload["productSetOperation"]["id"])["data"]["productOperation"]
    assert done == {"status": "COMPLETE", "product": {"title": "Shirt"}, "userErrors": []}


def test_a_deleted_product_leaves_nothing_behind(put, ask, sandbox) -> None:
    define(ask)
    product = made(
        put(shirt(metafields=[ID], files=[{"originalSource": "https://x.example/a.png"}]), customId=ID)
    )
    text = "mutation($i: ID!) { productDelete(input: {id: $i}) { deletedProductId userErrors { message } } }"
    assert ask(text, i=product["id"])["data"]["productDelete"]["deletedProductId"] == product["id"]
    state = sandbox.store.state
    kinds = ("Product", "ProductVariant", "InventoryItem", "MediaImage")
    assert [state.count(kind) for kind in kinds] == [0, 0, 0, 0]
    assert state.rows("SELECT COUNT(*) FROM links WHERE kind != 'definition'") == [(0,)]
    assert len(ask(text, i=product["id"])["data"]["productDelete"]["userErrors"]) == 1
    assert made(put(shirt(metafields=[ID], handle=product["handle"]), customId=ID))["id"] != product["id"]


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        ("number_integer", "12", True),
        ("number_integer", "1.5", False),
        ("number_decimal", "1.5", True),
        ("number_decimal", "1.1234567890", False),
        ("boolean", "true", True),
        ("boolean", "yes", False),
        ("date", "2026-02-28", True),
        ("date", "2026-02-30", False),
        ("date_time", "2026-02-28T10:00:00Z", True),
        ("date_time", "2026-02-28", False),
        ("url", "https://x.example/a", True),
        ("url", "javascript:alert(1)", False),
        ("color", "#ffAA00", True),
        ("color", "red", False),
        ("single_line_text_field", "two\nlines", False),
        ("multi_line_text_field", "two\nlines", True),
        ("list.single_line_text_field", '["a", "b"]', True),
        ("list.single_line_text_field", "a, b", False),
        ("json", "{", False),
        ("rich_text_field", '{"type": "root", "children": []}', True),
        ("rich_text_field", "<p>x</p>", False),
        ("weight", '{"value": 2, "unit": "KILOGRAMS"}', True),
        ("product_reference", "gid://shopify/Product/1", True),
        ("product_reference", "gid://shopify/Collection/1", False),
        ("list.boolean", "[]", False),
    ],
)
def test_values_are_checked_by_type(put, kind, value, good) -> None:
    field = {"namespace": "n12", "key": "k12", "type": kind, "value": value}
    assert codes(put(shirt(metafields=[field]))) == ([] if good else ["INVALID_METAFIELD"])


def test_a_definition_decides_the_type_and_its_validations_hold(put, ask) -> None:
    choices = {"name": "choices", "value": '["red", "blue"]'}
    done = define(ask, kind="single_line_text_field", key="colour", validations=[choices])
    assert done["userErrors"] == []
    field = {"namespace": "saleor", "key": "colour", "value": "red"}
    assert made(put(shirt(metafields=[field])))["metafields"]["nodes"][0]["type"] == "single_line_text_field"
    assert codes(put(shirt(metafields=[field | {"value": "green"}]))) == ["INVALID_METAFIELD"]
    assert codes(put(shirt(metafields=[field | {"type": "boolean"}]))) == ["INVALID_METAFIELD"]


def test_metafields_set_is_atomic_and_compares(put, ask) -> None:
    product = made(put(shirt()))["id"]
    text = """mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
      metafields { compareDigest value } userErrors { field code elementIndex } } }"""
    kind = {"ownerId": product, "namespace": "n12", "type": "number_integer"}
    both = [kind | {"key": "good", "value": "1"}, kind | {"key": "bad", "value": "x"}]
    refused = ask(text, m=both)["data"]["metafieldsSet"]
    assert refused["userErrors"] == [
        {"field": ["metafields", "1", "value"], "code": "INVALID_VALUE", "elementIndex": None}
    ]
    look = f'{{ product(id: "{product}") {{ metafields(first: 5) {{ nodes {{ key }} }} }} }}'
    assert ask(look)["data"]["product"]["metafields"]["nodes"] == []
    first = ask(text, m=both[:1])["data"]["metafieldsSet"]["metafields"][0]
    change = kind | {"key": "good", "value": "2"}
    stale = ask(text, m=[change | {"compareDigest": "0"}])["data"]["metafieldsSet"]["userErrors"]
    assert [error["code"] for error in stale] == ["STALE_OBJECT"]
    assert not ask(text, m=[change | {"compareDigest": first["compareDigest"]}])["data"]["metafieldsSet"][
        "userErrors"
    ]
    many = [change | {"key": f"k{n:02}"} for n in range(26)]
    assert [e["code"] for e in ask(text, m=many)["data"]["metafieldsSet"]["userErrors"]] == [
        "LESS_THAN_OR_EQUAL_TO"
    ]


def test_every_change_moves_the_products_date(put, ask, sandbox) -> None:
    product = made(put(shirt()))
    gid, first = product["id"], product["variants"]["nodes"][0]
    state = sandbox.store.state

    def moved(text: str, **variables: Any) -> bool:
        with state.transaction():
            state.put("Product", state.get(gid) | {"updatedAt": "2020-01-01T00:00:00Z"})
        answer = ask(text, **variables)
        (payload,) = answer["data"].values()
        assert payload["userErrors"] == [], payload
        return state.get(gid)["updatedAt"] > "2020-01-02"

    place = ask("{ location { id } }")["data"]["location"]["id"]
    quantity = {"inventoryItemId": first["inventoryItem"]["id"], "locationId": place, "quantity": 3}
    stock = {
        "name": "available",
        "reason": "correction",
        "quantities": [quantity | {"changeFromQuantity": 0}],
    }
    publication = ask("{ publications(first: 1) { nodes { id } } }")["data"]["publications"]["nodes"][0]["id"]
    field = {"ownerId": first["id"], "namespace": "n12", "key": "k12", "type": "boolean", "value": "true"}
    assert moved(SET, i={"id": gid}, p={"title": "Other"})
    assert moved(
        """mutation($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i)
          @idempotent(key: "a") { userErrors { code } } }""",
        i=stock,
    )
    assert moved(
        "mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { code } } }",
        m=[field],
    )
    assert moved(
        """mutation($i: ID!, $p: ID!) { publishablePublish(id: $i, input: [{publicationId: $p}]) {
          userErrors { message } } }""",
        i=gid,
        p=publication,
    )
    assert moved(
        """mutation($i: ID!, $v: [ProductVariantsBulkInput!]!) {
          productVariantsBulkUpdate(productId: $i, variants: $v) { userErrors { code } } }""",
        i=gid,
        v=[{"id": first["id"], "price": "9.00"}],
    )


def test_products_are_found_by_what_shopify_finds_them_by(put, ask, sandbox) -> None:
    for name in ("Red shirt", "Blue shirt", "Mug"):
        made(
            put(
                shirt(
                    title=name,
                    tags=[name.split()[0]],
                    variants=[variant("S", sku=name), variant("M", sku="")],
                )
            )
        )
    state = sandbox.store.state
    with state.transaction():
        for n, (_, doc) in enumerate(state.page("Product", 0, 9)):
            state.put("Product", doc | {"updatedAt": f"2026-01-0{3 - n}T10:00:00Z"})

    def titles(query: str, sort: str = "ID", reverse: bool = False) -> list[str]:
        text = """query($q: String, $s: ProductSortKeys, $r: Boolean) {
          products(first: 9, query: $q, sortKey: $s, reverse: $r) { nodes { title } } }"""
        nodes = ask(text, q=query, s=sort, r=reverse)["data"]["products"]["nodes"]
        return [node["title"] for node in nodes]

    assert titles("title:shirt") == ["Red shirt", "Blue shirt"]
    assert titles("sku:'red shirt'") == ["Red shirt"]
    assert titles("tag:mug OR sku:'Blue shirt'") == ["Blue shirt", "Mug"]
    assert titles("title:shirt AND NOT tag:red") == titles("title:shirt -tag:red") == ["Blue shirt"]
    assert titles("updated_at:>'2026-01-01T12:00:00+02:00'") == ["Red shirt", "Blue shirt"]
    assert titles("updated_at:>=2026-01-02T10:00:00Z", "UPDATED_AT") == ["Blue shirt", "Red shirt"]
    assert titles("", "UPDATED_AT", True) == ["Red shirt", "Blue shirt", "Mug"]
    gid = state.page("Product", 0, 1)[0][1]["id"]
    assert titles(f"id:{gid.rsplit('/', 1)[-1]}") == ["Red shirt"]
    assert titles(f"id:>{gid.rsplit('/', 1)[-1]}") == ["Blue shirt", "Mug"]


def test_pages_by_date_lose_nothing_where_dates_are_equal(put, ask, sandbox) -> None:
    for n in range(7):
        made(put(shirt(title=f"P{n}")))
    state = sandbox.store.state
    with state.transaction():
        for _, doc in state.page("Product", 0, 9):
            state.put("Product", doc | {"updatedAt": "2026-01-01T00:00:00Z"})
    text = """query($a: String) { products(first: 3, after: $a, sortKey: UPDATED_AT,
      query: "updated_at:>=2026-01-01") { nodes { title } pageInfo { hasNextPage endCursor } } }"""
    seen, after = [], None
    while True:
        page = ask(text, a=after)["data"]["products"]
        seen += [node["title"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == [f"P{n}" for n in range(7)]


def test_nobody_pages_past_the_25_000th(ask, put) -> None:
    import base64
    import json

    made(put(shirt()))
    cursor = base64.b64encode(json.dumps([0, 0, 24_999]).encode()).decode()
    query = f'{{ products(first: 2, after: "{cursor}") {{ nodes {{ id }} }} }}'
    assert "25000" in ask(query)["errors"][0]["message"]
    assert "errors" not in ask(query.replace("first: 2", "first: 1"))


def test_counts_stop_at_their_limit(ask, put) -> None:
    for _ in range(3):
        made(put(shirt()))
    text = (
        "{ a: productsCount(limit: 2) { count precision } b: productsCount(limit: null) { count precision } }"
    )
    answer = ask(text)["data"]
    assert answer == {
        "a": {"count": 2, "precision": "AT_LEAST"},
        "b": {"count": 3, "precision": "EXACT"},
    }


def test_more_than_250_ids_are_refused(ask) -> None:
    answer = ask("query($i: [ID!]!) { nodes(ids: $i) { id } }", i=["gid://shopify/Product/1"] * 251)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"
