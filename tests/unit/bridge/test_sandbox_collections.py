"""Collections and publications in the local store."""

from __future__ import annotations

from typing import Any

import pytest

CREATE = """mutation($c: CollectionCreateInput) { collectionCreate(collection: $c) {
  collection { id handle sources { id title } } userErrors { field message } } }"""
UPDATE = """mutation($c: CollectionUpdateInput) { collectionUpdate(collection: $c) {
  collection { id title handle descriptionHtml seo { title } image { url altText }
    metafield(namespace: "saleor", key: "saleor_id") { value } updatedAt } userErrors { field message } } }"""
SET = """mutation($i: ProductSetIdentifiers, $p: ProductSetInput!) { productSet(identifier: $i, input: $p) {
  product { id collections(first: 9) { nodes { title } } manual: collections(first: 9, query: "collection_type:custom") {
    nodes { title } } } userErrors { field code } } }"""


def create(ask: Any, title: str, **more: Any) -> Any:
    payload = ask(CREATE, c={"title": title} | more)["data"]["collectionCreate"]
    assert payload["userErrors"] == []
    return payload["collection"]


def product(ask: Any, gid: str | None = None, **given: Any) -> Any:
    return ask(SET, i={"id": gid} if gid else None, p={"title": "Mug"} | given)["data"]["productSet"]


def titles(payload: Any, name: str = "collections") -> list[str]:
    return [node["title"] for node in payload["product"][name]["nodes"]]


def members(ask: Any, gid: str) -> list[str]:
    text = """query($i: ID!) { collection(id: $i) { productsCount { count }
      products(first: 9) { nodes { id } } } }"""
    found = ask(text, i=gid)["data"]["collection"]
    assert found["productsCount"]["count"] == len(found["products"]["nodes"])
    return [node["id"] for node in found["products"]["nodes"]]


def test_a_product_is_in_the_collections_it_names_and_no_others(ask) -> None:
    a, b, c = (create(ask, title)["id"] for title in "ABC")
    first = product(ask, collections=[a, b])
    gid = first["product"]["id"]
    assert titles(first) == ["A", "B"]
    assert titles(product(ask, gid, title="Other")) == ["A", "B"], "not given: left alone"
    assert titles(product(ask, gid, collections=[b, c])) == ["B", "C"]
    assert members(ask, a) == [] and members(ask, c) == [gid]
    assert titles(product(ask, gid, collections=[])) == []


def test_conditions_choose_and_nobody_adds_by_hand(ask) -> None:
    tag = {"productTag": {"matchType": "ANY", "relation": "TAGGED_WITH", "values": ["Sale"]}}
    before = product(ask, tags=["sale"])["product"]["id"]
    source = {"source": {"title": "by tag", "inclusion": {"conditions": [tag], "matchType": "ALL"}}}
    smart = create(ask, "Sale", sources=[source])["id"]
    hand = create(ask, "Hand")["id"]
    assert members(ask, smart) == [before]
    refused = product(ask, before, collections=[smart])
    assert [(e["field"], e["code"]) for e in refused["userErrors"]] == [
        (["input", "collections", "0"], "INVALID_INPUT")
    ]
    both = product(ask, before, collections=[hand])
    assert sorted(titles(both)) == ["Hand", "Sale"] and titles(both, "manual") == ["Hand"]
    product(ask, before, tags=[])
    assert members(ask, smart) == []
    look = """query($q: String) { collections(first: 9, query: $q) { nodes { title sources {
      ... on CollectionConditionsSource { inclusion { conditions { id } } } } } } }"""
    found = ask(look, q="collection_type:smart")["data"]["collections"]["nodes"]
    assert [node["title"] for node in found] == ["Sale"]
    assert len(found[0]["sources"][0]["inclusion"]["conditions"]) == 1
    custom = ask(look, q="collection_type:custom")["data"]["collections"]["nodes"]
    assert [node["title"] for node in custom] == ["Hand"]


def test_products_are_added_and_removed_by_selections(ask) -> None:
    made = create(ask, "A")
    gids = [product(ask)["product"]["id"] for _ in range(3)]
    source = made["sources"][0]["id"]

    def change(**inclusion: Any) -> Any:
        given = {"id": made["id"], "sourcesToUpdate": [{"condition": {"id": source, "inclusion": inclusion}}]}
        return ask(UPDATE, c=given)["data"]["collectionUpdate"]["userErrors"]

    assert change(selectionsToAdd=[{"productId": gid} for gid in gids]) == []
    assert members(ask, made["id"]) == gids
    assert change(selectionsToRemove=[{"productId": gids[1]}]) == []
    assert members(ask, made["id"]) == [gids[0], gids[2]]
    assert len(change(selectionsToAdd=[{"productId": "gid://shopify/Product/1"}])) == 1
    many = {
        "id": made["id"],
        "sourcesToUpdate": [
            {"condition": {"id": source, "inclusion": {"selectionsToAdd": [{"productId": gids[0]}] * 251}}}
        ],
    }
    assert ask(UPDATE, c=many)["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_what_is_not_given_stays(ask) -> None:
    define = """mutation($d: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $d) {
      userErrors { code } } }"""
    kind = {"name": "x", "namespace": "saleor", "key": "saleor_id", "type": "id", "ownerType": "COLLECTION"}
    ask(define, d=kind)
    field = {"namespace": "saleor", "key": "saleor_id", "value": "c1"}
    made = create(
        ask,
        "A",
        descriptionHtml="<p>x</p>",
        seo={"title": "S"},
        metafields=[field],
        image={"src": "https://x.example/a.png", "altText": "alt"},
    )
    after = ask(UPDATE, c={"id": made["id"], "title": "B"})["data"]["collectionUpdate"]["collection"]
    assert (after["title"], after["handle"], after["descriptionHtml"]) == ("B", "a", "<p>x</p>")
    assert after["seo"]["title"] == "S" and after["metafield"]["value"] == "c1"
    assert after["image"] == {"url": "https://x.example/a.png", "altText": "alt"}
    look = """query($k: String!) { collectionByIdentifier(identifier: {customId:
      {namespace: "saleor", key: "saleor_id", value: $k}}) { id } }"""
    assert ask(look, k="c1")["data"]["collectionByIdentifier"] == {"id": made["id"]}
    taken = ask(CREATE, c={"title": "C", "metafields": [field]})["data"]["collectionCreate"]
    assert "already been taken" in taken["userErrors"][0]["message"]


def test_two_of_one_title_have_two_handles_and_a_taken_one_is_refused(ask) -> None:
    assert [create(ask, "A")["handle"] for _ in range(2)] == ["a", "a-1"]
    refused = ask(CREATE, c={"title": "B", "handle": "a"})["data"]["collectionCreate"]
    assert refused["collection"] is None and refused["userErrors"][0]["field"] == ["collection", "handle"]


def test_a_deleted_collection_leaves_its_products(ask, sandbox) -> None:
    gid = create(ask, "A")["id"]
    made = product(ask, collections=[gid])["product"]["id"]
    text = "mutation($i: ID!) { collectionDelete(input: {id: $i}) { deletedCollectionId userErrors { message } } }"
    assert ask(text, i=gid)["data"]["collectionDelete"]["deletedCollectionId"] == gid
    assert titles(product(ask, made)) == []
    assert sandbox.store.state.get(made)


@pytest.fixture
def channels(ask) -> list[str]:
    nodes = ask("{ publications(first: 9) { nodes { id catalog { title } } } }")["data"]["publications"][
        "nodes"
    ]
    return [node["id"] for node in nodes]


PUBLISH = """mutation($i: ID!, $p: [PublicationInput!]!) { publishablePublish(id: $i, input: $p) {
  publishable { resourcePublicationsCount { count } } shop { id } userErrors { field message } } }"""
SHOWN = """query($i: ID!, $a: ID!, $b: ID!) { node(id: $i) { ... on Publishable {
  a: publishedOnPublication(publicationId: $a) b: publishedOnPublication(publicationId: $b) } } }"""


@pytest.mark.parametrize("kind", ["product", "collection"])
def test_what_is_published_is_shown_there_only(ask, channels, kind) -> None:
    gid = product(ask)["product"]["id"] if kind == "product" else create(ask, "A")["id"]

    def shown() -> Any:
        return ask(SHOWN, i=gid, a=channels[0], b=channels[1])["data"]["node"]

    assert shown() == {"a": False, "b": False}, "nothing is published by itself"
    done = ask(PUBLISH, i=gid, p=[{"publicationId": channels[1]}])["data"]["publishablePublish"]
    assert done["userErrors"] == [] and done["publishable"]["resourcePublicationsCount"]["count"] == 1
    assert shown() == {"a": False, "b": True}
    undo = PUBLISH.replace("publishablePublish", "publishableUnpublish")
    for _ in range(2):
        assert (
            ask(undo, i=gid, p=[{"publicationId": channels[1]}])["data"]["publishableUnpublish"]["userErrors"]
            == []
        )
    assert shown() == {"a": False, "b": False}


def test_a_draft_is_shown_nowhere_and_a_date_to_come_waits(ask, channels) -> None:
    gid = product(ask, status="DRAFT")["product"]["id"]
    ask(PUBLISH, i=gid, p=[{"publicationId": channels[0]}])
    assert ask(SHOWN, i=gid, a=channels[0], b=channels[1])["data"]["node"]["a"] is False
    product(ask, gid, status="ACTIVE")
    assert ask(SHOWN, i=gid, a=channels[0], b=channels[1])["data"]["node"]["a"] is True
    later = {"publicationId": channels[0], "publishDate": "2999-01-01T00:00:00Z"}
    ask(PUBLISH, i=gid, p=[later])
    assert ask(SHOWN, i=gid, a=channels[0], b=channels[1])["data"]["node"]["a"] is False
    refused = ask(PUBLISH, i=gid, p=[later | {"publicationId": channels[1]}])["data"]["publishablePublish"]
    assert refused["userErrors"][0]["field"] == ["input", "0", "publishDate"]


def test_publishing_nothing_or_nowhere_is_refused(ask, channels) -> None:
    gid = product(ask)["product"]["id"]
    for one, other in ((gid, "gid://shopify/Publication/1"), ("gid://shopify/Product/1", channels[0])):
        payload = ask(PUBLISH, i=one, p=[{"publicationId": other}])["data"]["publishablePublish"]
        assert len(payload["userErrors"]) == 1 and payload["publishable"] is None
