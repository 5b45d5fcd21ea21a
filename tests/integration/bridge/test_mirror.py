"""plan and apply, against a store over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from .fake_saleor import FakeSaleor

PRODUCTS = """{ products(first: 3) { nodes { id title status handle descriptionHtml tags
  metafield(namespace: "saleor", key: "saleor_id") { value }
  media(first: 3) { nodes { id alt status } }
  variants(first: 5) { nodes { id sku price compareAtPrice selectedOptions { name value }
    inventoryItem { id unitCost { amount } measurement { weight { value unit } }
      inventoryLevels(first: 3) { nodes { location { name } quantities(names: ["available"]) { quantity } } }
  } } } } } }"""
EDIT = """mutation($i: ProductSetIdentifiers!, $p: ProductSetInput!) {
  productSet(identifier: $i, input: $p) { userErrors { message } } }"""
TEXT = '{"blocks": [{"type": "paragraph", "data": {"text": "Soft <b>cotton</b><script>x</script>"}}]}'


def verbs(actions: list[Any]) -> list[str]:
    return [action.verb for action in actions]


def shirts(saleor: FakeSaleor) -> dict[str, Any]:
    return saleor.product(
        1,
        "Shirt",
        [
            {"sku": "S-S", "price": "19.99", "size": "S", "stock": [5, 0], "cost": "7.50", "was": "25.00"},
            {"sku": "S-M", "price": "19.99", "size": "M", "stock": [1, 2]},
        ],
        description=TEXT,
        images=[("UHJvZHVjdEltYWdlOjE=", "http://pictures.example/1.png", "A shirt")],
        seo=("Best shirt", "Buy it"),
    )


def test_everything_of_a_product_arrives_and_the_next_plan_is_empty(
    saleor, store, planned, applied, admin
) -> None:
    shirts(saleor)
    saleor.product(2, "Mug")
    assert verbs(planned()) == ["create", "create"]
    applied()
    shirt, mug = admin(PRODUCTS)["products"]["nodes"]
    assert (shirt["title"], shirt["status"], shirt["handle"]) == ("Shirt", "ACTIVE", "p-1")
    assert shirt["descriptionHtml"] == "<p>Soft <strong>cotton</strong></p>"
    small, medium = shirt["variants"]["nodes"]
    assert (small["sku"], small["price"], small["compareAtPrice"]) == ("S-S", "19.99", "25.00")
    assert small["selectedOptions"] == [{"name": "Size", "value": "S"}]
    assert small["inventoryItem"]["unitCost"]["amount"] == "7.50"
    assert small["inventoryItem"]["measurement"]["weight"] == {"value": 1500.0, "unit": "GRAMS"}
    stock = {
        n["location"]["name"]: n["quantities"][0]["quantity"]
        for n in medium["inventoryItem"]["inventoryLevels"]["nodes"]
    }
    assert stock == {"Main warehouse": 1, "Europe": 2}
    assert [m["alt"] for m in shirt["media"]["nodes"]] == ["A shirt"]
    assert mug["variants"]["nodes"][0]["selectedOptions"] == [{"name": "Title", "value": "Default Title"}]
    assert planned() == []
    assert applied() is None


def test_an_edit_in_shopify_shows_just_that_field_and_is_set_back(
    saleor, store, planned, applied, admin
) -> None:
    shirts(saleor)
    applied()
    product = admin(PRODUCTS)["products"]["nodes"][0]
    admin(
        EDIT,
        i={"id": product["id"]},
        p={"title": "Shirt!", "tags": ["merchant"], "vendor": "Mine"},
    )
    (action,) = planned()
    assert [(c.path, c.before, c.after) for c in action.fields] == [("title", "Shirt!", "Shirt")]
    applied()
    product = admin(PRODUCTS)["products"]["nodes"][0]
    assert (product["title"], product["tags"]) == ("Shirt", ["merchant"])
    assert planned() == []


def test_a_price_change_touches_one_variant_only(saleor, store, planned, applied, admin) -> None:
    shirt = shirts(saleor)
    applied()
    before = admin(PRODUCTS)["products"]["nodes"][0]
    shirt["variants"][1]["price"] = "21.00"
    (action,) = planned()
    assert [(c.path, c.before, c.after) for c in action.fields] == [("variant S-M price", 1999, 2100)]
    applied()
    after = admin(PRODUCTS)["products"]["nodes"][0]
    assert [v["id"] for v in after["variants"]["nodes"]] == [v["id"] for v in before["variants"]["nodes"]]
    assert [v["price"] for v in after["variants"]["nodes"]] == ["19.99", "21.00"]
    assert [m["id"] for m in after["media"]["nodes"]] == [m["id"] for m in before["media"]["nodes"]]
    assert planned() == []


def test_variants_come_and_go(saleor, store, planned, applied, admin) -> None:
    shirt = shirts(saleor)
    applied()
    del shirt["variants"][0]
    shirt["variants"].append(
        {
            "id": "UHJvZHVjdFZhcmlhbnQ6MTk5",
            "sku": "S-L",
            "price": "20.00",
            "size": "L",
            "stock": [9, 0],
            "was": None,
            "cost": None,
        }
    )
    assert verbs(planned()) == ["update"]
    applied()
    nodes = admin(PRODUCTS)["products"]["nodes"][0]["variants"]["nodes"]
    assert [node["sku"] for node in nodes] == ["S-M", "S-L"]
    assert planned() == []


def test_a_variant_that_the_merchant_added_in_shopify_survives(
    saleor, store, planned, applied, admin
) -> None:
    shirt = shirts(saleor)
    applied()
    product = admin(PRODUCTS)["products"]["nodes"][0]
    old = [
        {"id": v["id"], "optionValues": [{"optionName": "Size", "name": v["selectedOptions"][0]["value"]}]}
        for v in product["variants"]["nodes"]
    ]
    extra = {"optionValues": [{"optionName": "Size", "name": "Custom"}], "price": "99.00", "sku": "MINE"}
    given = {
        "productOptions": [{"name": "Size", "values": [{"name": n} for n in ("S", "M", "Custom")]}],
        "variants": [*old, extra],
    }
    admin(
        EDIT,
        i={"id": product["id"]},
        p=given,
    )
    assert planned() == []
    shirt["variants"][0]["price"] = "5.00"
    applied()
    nodes = admin(PRODUCTS)["products"]["nodes"][0]["variants"]["nodes"]
    assert [(n["sku"], n["price"]) for n in nodes] == [("S-S", "5.00"), ("S-M", "19.99"), ("MINE", "99.00")]
    assert planned() == []


def test_stock_follows_by_compare_and_set(saleor, store, planned, applied, admin) -> None:
    shirt = shirts(saleor)
    applied()
    shirt["variants"][0]["stock"] = [7, 4]
    actions = planned()
    assert verbs(actions) == ["stock"]
    assert {c.path: (c.before, c.after) for a in actions for c in a.fields} == {
        "S-S at Main warehouse": (5, 7),
        "S-S at Europe": (0, 4),
    }
    applied()
    nodes = admin(PRODUCTS)["products"]["nodes"][0]["variants"]["nodes"][0]["inventoryItem"][
        "inventoryLevels"
    ]["nodes"]
    assert {n["location"]["name"]: n["quantities"][0]["quantity"] for n in nodes} == {
        "Main warehouse": 7,
        "Europe": 4,
    }
    assert planned() == []


def test_a_sale_in_shopify_between_plan_and_apply_is_not_overwritten(
    saleor, sandbox, store, planned, admin
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    shirt = shirts(saleor)
    prepare(Sides(store))
    record(store, planned())
    drain()
    shirt["variants"][0]["stock"] = [8, 0]
    shirt["variants"][1]["stock"] = [4, 2]
    actions = planned()
    item = admin(PRODUCTS)["products"]["nodes"][0]["variants"]["nodes"][0]["inventoryItem"]["id"]
    place = next(p.gid for p in store.mappings.filter(kind="place", key=saleor.warehouses[0][0]))
    state = sandbox.store.state
    with state.transaction():
        doc = state.get(item)
        doc["levels"][place]["available"] = 3
        state.put("InventoryItem", doc)
    record(store, actions)
    drain()
    stock = {
        n["sku"]: level["quantities"][0]["quantity"]
        for n in admin(PRODUCTS)["products"]["nodes"][0]["variants"]["nodes"]
        for level in n["inventoryItem"]["inventoryLevels"]["nodes"]
        if level["location"]["name"] == "Main warehouse"
    }
    assert stock == {"S-S": 3, "S-M": 4}
    (parked,) = Change.objects.filter(state="PARKED")
    assert parked.reason == "changed in Shopify since the plan: S-S 5 -> 3; plan again"
    assert [(c.before, c.after) for c in planned()[0].fields] == [(3, 8)]


def test_a_product_that_left_saleor_is_archived_not_deleted(saleor, store, planned, applied, admin) -> None:
    shirts(saleor)
    saleor.product(2, "Mug")
    applied()
    del saleor.products[1]
    (action,) = planned()
    assert (action.verb, action.fields[0].after) == ("archive", "ARCHIVED")
    applied()
    assert [n["status"] for n in admin(PRODUCTS)["products"]["nodes"]] == ["ACTIVE", "ARCHIVED"]
    assert planned() == []


def test_a_product_of_the_merchant_is_found_by_sku_and_linked(saleor, store, planned, applied, admin) -> None:
    admin(
        "mutation($p: ProductSetInput!) { productSet(input: $p) { userErrors { message } } }",
        p={
            "title": "Old mug",
            "productOptions": [{"name": "Title", "values": [{"name": "Default Title"}]}],
            "variants": [
                {
                    "optionValues": [{"optionName": "Title", "name": "Default Title"}],
                    "sku": "SKU-2",
                    "price": "1.00",
                }
            ],
        },
    )
    saleor.product(2, "Mug")
    actions = planned()
    assert (actions[0].verb, actions[0].reason) == ("update", "found by SKU, to be linked")
    assert [(a.verb, a.fields[0].path) for a in actions[1:2]] == [("describe", "key")]
    applied()
    (node,) = admin(PRODUCTS)["products"]["nodes"]
    assert (node["title"], node["metafield"]["value"], node["variants"]["nodes"][0]["price"]) == (
        "Mug",
        saleor.products[0]["id"],
        "10.00",
    )
    assert planned() == []


def test_what_shopify_cannot_hold_is_refused_with_the_reason(saleor, store, planned, applied) -> None:
    from shopify_bridge.models import Change

    saleor.product(3, "Nothing to buy")["variants"] = []
    (action,) = planned()
    assert (action.verb, action.reason) == ("refuse", "it has no variants")
    applied()
    applied()
    assert list(Change.objects.values_list("state", "reason")) == [("PARKED", "it has no variants")]


def test_a_plan_that_is_out_of_date_changes_nothing(saleor, sandbox, store, planned, admin) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    shirt = shirts(saleor)
    prepare(Sides(store))
    record(store, planned())
    drain()
    shirt["title"] = "Better shirt"
    actions = planned()
    gid = admin(PRODUCTS)["products"]["nodes"][0]["id"]
    admin(
        EDIT,
        i={"id": gid},
        p={"title": "Edited meanwhile"},
    )
    record(store, actions)
    drain()
    assert admin(PRODUCTS)["products"]["nodes"][0]["title"] == "Edited meanwhile"
    assert Change.objects.get(state="PARKED").reason == "changed in Shopify since the plan: title; plan again"


def test_planning_writes_nothing(saleor, sandbox, store, planned, admin) -> None:
    shirts(saleor)
    before = sandbox.store.state.number("probe")
    planned()
    assert admin(PRODUCTS)["products"]["nodes"] == []
    assert (
        admin("{ metafieldDefinitions(first: 5, ownerType: PRODUCT) { nodes { id } } }")[
            "metafieldDefinitions"
        ]["nodes"]
        == []
    )
    assert store.changes.count() == 0 and before


def test_a_picture_of_the_merchant_stays_where_it_is(saleor, store, planned, applied, admin) -> None:
    shirt = shirts(saleor)
    applied()
    product = admin(PRODUCTS)["products"]["nodes"][0]
    ours = product["media"]["nodes"][0]["id"]
    files = [{"originalSource": "https://merchant.example/x.png", "alt": "mine"}, {"id": ours}]
    admin(EDIT, i={"id": product["id"]}, p={"files": files})
    assert planned() == []
    shirt["title"] = "New"
    applied()
    assert [m["alt"] for m in admin(PRODUCTS)["products"]["nodes"][0]["media"]["nodes"]] == [
        "mine",
        "A shirt",
    ]
    assert list(store.mappings.filter(kind="picture").values_list("gid", flat=True)) == [ours]
    shirt["images"].append(("UHJvZHVjdEltYWdlOjI=", "http://pictures.example/2.png", "Back"))
    assert [change.path.split()[0] for change in planned()[0].fields] == ["picture"]
    applied()
    media = admin(PRODUCTS)["products"]["nodes"][0]["media"]["nodes"]
    assert sorted(m["alt"] for m in media) == ["A shirt", "Back", "mine"]
    assert planned() == []


def test_an_empty_answer_of_saleor_archives_nothing(saleor, store, planned, applied) -> None:
    from saleor_plugins.kernel.errors import Conflict

    shirts(saleor)
    applied()
    saleor.products.clear()
    with pytest.raises(Conflict, match="no products at all"):
        planned()


def test_saleor_that_fails_now_and_then_is_asked_again(saleor, store, planned) -> None:
    shirts(saleor)
    saleor.failures = 2
    assert verbs(planned()) == ["create"]
