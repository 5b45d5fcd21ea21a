"""Collections and categories as collections, known by Saleor's id; the merchant's own are never taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ALL = """{ collections(first: 20) { nodes { id title handle descriptionHtml seo { title description }
  image { url altText } metafield(namespace: "saleor", key: "saleor_id") { value }
  products(first: 9) { nodes { title } } } } }"""
MAKE = """mutation($c: CollectionCreateInput!) {
  collectionCreate(collection: $c) { collection { id } userErrors { message } } }"""
EDIT = """mutation($c: CollectionUpdateInput!) {
  collectionUpdate(collection: $c) { userErrors { message } } }"""
SMART = [
    {
        "source": {
            "title": "Rules",
            "inclusion": {
                "matchType": "ANY",
                "conditions": [
                    {"productTag": {"values": ["hot"], "relation": "TAGGED_WITH", "matchType": "ANY"}}
                ],
            },
        }
    }
]
TEXT = '{"blocks": [{"type": "paragraph", "data": {"text": "For <b>hot</b> days"}}]}'


@pytest.fixture
def there(admin: Callable[..., Any]) -> Callable[[], dict[str, Any]]:
    """The store's collections by title."""
    return lambda: {node["title"]: node for node in admin(ALL)["collections"]["nodes"]}


def collects(actions: list[Any]) -> list[tuple[str, str]]:
    return [(a.payload["do"], a.label) for a in actions if a.verb == "collect"]


def test_collections_and_categories_arrive_with_their_products(
    saleor, store, planned, applied, there
) -> None:
    summer = saleor.collection(1, "Summer", slug="summer", description=TEXT, seo=("Hot", "Days"))
    drinks = saleor.category(1, "Drinks")
    saleor.product(1, "Mug", collections=[summer], category=drinks)
    assert collects(planned()) == [("create", "Summer"), ("create", "Drinks")]
    applied()
    found = there()
    assert found["Summer"]["handle"] == "summer"
    assert found["Summer"]["descriptionHtml"] == "<p>For <strong>hot</strong> days</p>"
    assert found["Summer"]["seo"] == {"title": "Hot", "description": "Days"}
    assert found["Summer"]["metafield"]["value"] == summer["id"]
    assert [p["title"] for p in found["Summer"]["products"]["nodes"]] == ["Mug"]
    assert [p["title"] for p in found["Drinks"]["products"]["nodes"]] == ["Mug"]
    assert planned() == []


def test_an_edit_is_shown_field_by_field_and_set_back(saleor, store, planned, applied, there, admin) -> None:
    summer = saleor.collection(1, "Summer", slug="summer")
    applied()
    gid = there()["Summer"]["id"]
    admin(EDIT, c={"id": gid, "title": "Hot!", "templateSuffix": "mine"})
    summer["seo"] = ("Sun", "")
    (action,) = planned()
    assert [(c.path, c.before, c.after) for c in action.fields] == [
        ("title", "Hot!", "Summer"),
        ("seo title", "", "Sun"),
    ]
    applied()
    assert there()["Summer"]["seo"]["title"] == "Sun"
    assert planned() == []


def test_a_merchants_collection_of_the_same_handle_is_never_taken(
    saleor, store, planned, applied, there, admin
) -> None:
    from shopify_bridge.usecases.plan import Notes, make_plan
    from shopify_bridge.usecases.sides import Sides

    admin(MAKE, c={"title": "Summer of the merchant", "handle": "summer"})
    saleor.collection(1, "Summer", slug="summer")
    notes = Notes()
    assert collects(list(make_plan(Sides(store), notes))) == [("create", "Summer")]
    assert any("Summer of the merchant" in line for line in notes.lines)
    applied()
    found = there()
    assert found["Summer of the merchant"]["metafield"] is None
    assert found["Summer of the merchant"]["handle"] == "summer"
    assert found["Summer"]["handle"] != "summer"
    assert planned() == []


def test_it_is_joined_when_the_policy_says_so_and_keeps_its_products(
    saleor, store, choose, planned, applied, there, admin
) -> None:
    choose(same_handle="link")
    own = admin(
        "mutation($p: ProductSetInput!) { productSet(input: $p) { product { id } userErrors { message } } }",
        p={
            "title": "Own",
            "productOptions": [{"name": "Title", "values": [{"name": "Default Title"}]}],
            "variants": [{"optionValues": [{"optionName": "Title", "name": "Default Title"}], "price": "1"}],
        },
    )["productSet"]["product"]["id"]
    sources = [{"source": {"title": "By hand", "inclusion": {"selections": [{"productId": own}]}}}]
    admin(MAKE, c={"title": "Sommer", "handle": "summer", "sources": sources})
    summer = saleor.collection(1, "Summer", slug="summer")
    saleor.product(1, "Mug", collections=[summer])
    (action,) = [a for a in planned() if a.verb == "collect"]
    assert (action.payload["do"], action.reason) == ("link", "found by handle, to be linked")
    assert [c.path for c in action.fields] == ["key", "title"]
    applied()
    (node,) = there().values()
    assert (node["title"], node["metafield"]["value"]) == ("Summer", summer["id"])
    assert sorted(p["title"] for p in node["products"]["nodes"]) == ["Mug", "Own"]
    assert planned() == []


def test_a_collection_with_rules_is_never_joined(
    saleor, store, choose, planned, applied, there, admin
) -> None:
    choose(same_handle="link")
    admin(MAKE, c={"title": "Rules", "handle": "summer", "sources": SMART})
    saleor.collection(1, "Summer", slug="summer")
    assert collects(planned()) == [("create", "Summer")]
    applied()
    assert there()["Rules"]["metafield"] is None
    assert planned() == []


def test_the_plan_is_kept_to_when_the_merchant_edits_meanwhile(
    saleor, store, planned, applied, there, admin
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import record

    summer = saleor.collection(1, "Summer")
    applied()
    summer["title"] = "Winter"
    actions = planned()
    admin(EDIT, c={"id": there()["Summer"]["id"], "title": "Mine"})
    record(store, actions)
    drain()
    assert list(there()) == ["Mine"]
    assert Change.objects.get(state="PARKED").reason == "changed in Shopify since the plan: title; plan again"


def test_one_that_left_saleor_stays_is_hidden_or_goes(
    saleor, store, choose, planned, applied, there, admin
) -> None:
    saleor.collection(1, "Summer")
    saleor.collection(2, "Winter")
    applied()
    del saleor.collections[0]
    assert planned() == []
    choose(gone="delete")
    (action,) = planned()
    assert collects([action]) == [("delete", "Summer")]
    applied()
    assert list(there()) == ["Winter"]
    assert planned() == []
    assert store.mappings.filter(kind="collection").count() == 1


def test_an_empty_answer_of_saleor_takes_nothing_away(saleor, store, choose, planned, applied) -> None:
    choose(gone="delete")
    saleor.collection(1, "Summer")
    applied()
    saleor.collections.clear()
    assert planned() == []


def test_the_policy_leaves_categories_out(saleor, store, choose, planned, applied, there) -> None:
    choose(categories=False)
    saleor.collection(1, "Summer")
    saleor.category(1, "Drinks")
    applied()
    assert list(there()) == ["Summer"]
    choose(categories=True, collections=False)
    applied()
    assert sorted(there()) == ["Drinks", "Summer"]
    assert planned() == []


def test_a_collection_that_our_tables_forgot_is_found_by_saleors_id(
    saleor, store, planned, applied, there
) -> None:
    saleor.collection(1, "Summer")
    applied()
    store.mappings.filter(kind="collection").delete()
    (action,) = planned()
    assert collects([action]) == [("remember", "Summer")]
    applied()
    assert len(there()) == 1 and planned() == []


def test_a_lost_answer_makes_no_second_collection(saleor, store, planned, weather, there, sandbox) -> None:
    for number in range(1, 13):
        saleor.collection(number, f"Collection {number}")
    weather(lost=0.3, error=0.2, throttled=0.2)
    assert sorted(there()) == sorted(f"Collection {number}" for number in range(1, 13))
    assert len(there()) == sandbox.store.state.count("Collection")
    assert not store.changes.filter(state="PARKED").exists()
    assert planned() == []


def test_a_picture_is_sent_once(saleor, store, planned, applied, there) -> None:
    summer = saleor.collection(1, "Summer", image=("http://pictures.example/s.png", "Sun"))
    applied()
    assert there()["Summer"]["image"]["altText"] == "Sun"
    assert planned() == []
    summer["image"] = ("http://pictures.example/t.png", "Sea")
    (action,) = planned()
    assert [c.path for c in action.fields] == ["picture"]
    applied()
    assert there()["Summer"]["image"]["altText"] == "Sea"
    assert planned() == []


def test_a_thousand_collections_are_read_in_a_few_calls(saleor, sandbox, store, planned, admin) -> None:
    from shopify_bridge.usecases.plan import Notes
    from shopify_bridge.usecases.plan_collections import plan_collections
    from shopify_bridge.usecases.sides import Sides

    for number in range(1, 251):
        admin(MAKE, c={"title": f"Mine {number}"})
    saleor.collection(1, "Summer")
    sides = Sides(store)
    before = sides.client.calls
    assert len(list(plan_collections(sides, Notes()))) == 1
    assert sides.client.calls - before == 3


def test_one_that_changed_is_read_alone(saleor, store, choose, applied, there, admin) -> None:
    from shopify_bridge.usecases.notes import Notes
    from shopify_bridge.usecases.plan_collections import plan_one_collection
    from shopify_bridge.usecases.sides import Sides

    summer = saleor.collection(1, "Summer")
    applied()
    for number in range(150):
        admin(MAKE, c={"title": f"Mine {number}"})
    sides = Sides(store)
    before = sides.client.calls
    assert plan_one_collection(sides, summer["id"], Notes()) == []
    assert sides.client.calls - before == 1
    summer["title"] = "Winter"
    (action,) = plan_one_collection(Sides(store), summer["id"], Notes())
    assert [(c.path, c.before, c.after) for c in action.fields] == [("title", "Summer", "Winter")]
    winter = saleor.collection(2, "Snow")
    (action,) = plan_one_collection(Sides(store), winter["id"], Notes())
    assert action.payload["do"] == "create"
