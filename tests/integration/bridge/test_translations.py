"""Texts in other languages: written with Shopify's digest, taken away when Saleor's are, the merchant's kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ENABLE = "mutation($l: String!) { shopLocaleEnable(locale: $l) { userErrors { message } } }"
PUBLISH = """mutation($l: String!) {
  shopLocaleUpdate(locale: $l, shopLocale: {published: true}) { userErrors { message } } }"""
TEXTS = """query($l: String!) {
  products(first: 99) { nodes { id title translations(locale: $l) { key value outdated } } }
  collections(first: 9) { nodes { id title translations(locale: $l) { key value outdated } } } }"""
DIGESTS = "query($id: ID!) { translatableResource(resourceId: $id) { translatableContent { key digest } } }"
REGISTER = """mutation($id: ID!, $t: [TranslationInput!]!) {
  translationsRegister(resourceId: $id, translations: $t) { userErrors { message code } } }"""
HTML = '{"blocks": [{"type": "paragraph", "data": {"text": "Eine <b>Tasse</b>"}}]}'


@pytest.fixture
def german(admin: Callable[..., Any], choose: Callable[..., None]) -> None:
    """The store speaks German too, and the policy says so."""
    admin(ENABLE, l="de")
    admin(PUBLISH, l="de")
    choose(locales={"DE": "de"})


@pytest.fixture
def texts(admin: Callable[..., Any]) -> Callable[..., dict[str, dict[str, str]]]:
    """Texts by the title of what they are of."""

    def ask(locale: str = "de", kind: str = "products") -> dict[str, dict[str, str]]:
        nodes = admin(TEXTS, l=locale)[kind]["nodes"]
        assert not any(row["outdated"] for node in nodes for row in node["translations"])
        return {n["title"]: {row["key"]: row["value"] for row in n["translations"]} for n in nodes}

    return ask


@pytest.fixture
def write(admin: Callable[..., Any]) -> Callable[[str, str, str], None]:
    """The merchant writes a German text of the first product with a title."""

    def register(title: str, key: str, value: str) -> None:
        nodes = admin(TEXTS, l="de")["products"]["nodes"]
        gid = next(node["id"] for node in nodes if node["title"] == title)
        content = admin(DIGESTS, id=gid)["translatableResource"]["translatableContent"]
        digest = next(row["digest"] for row in content if row["key"] == key)
        given = {"locale": "de", "key": key, "value": value, "translatableContentDigest": digest}
        assert admin(REGISTER, id=gid, t=[given])["translationsRegister"]["userErrors"] == []

    return register


def mug(saleor: Any, **more: str) -> Any:
    return saleor.product(
        1,
        "Mug",
        description='{"blocks": [{"type": "paragraph", "data": {"text": "A mug"}}]}',
        seo=("Buy", "it"),
        translations={"DE": {"name": "Tasse", "descriptionJson": HTML, "seoTitle": "Kauf", **more}},
    )


def test_texts_arrive_with_the_product_and_the_next_plan_is_empty(
    saleor, store, german, planned, applied, texts
) -> None:
    mug(saleor, seoDescription="sie")
    assert [a.verb for a in planned()] == ["create", "translate"]
    applied()
    assert texts() == {
        "Mug": {
            "title": "Tasse",
            "body_html": "<p>Eine <strong>Tasse</strong></p>",
            "meta_title": "Kauf",
            "meta_description": "sie",
        }
    }
    assert planned() == []


def test_a_text_that_changes_is_one_change_and_one_that_goes_is_taken_away(
    saleor, store, german, planned, applied, texts
) -> None:
    doc = mug(saleor)
    applied()
    doc["translations"]["DE"] = {"name": "Becher", "descriptionJson": HTML}
    actions = planned()
    assert {a.verb: [(c.path, c.before, c.after) for c in a.fields] for a in actions} == {
        "translate": [("translation de: title", "Tasse", "Becher")],
        "retract": [("translation de: seo title", "Kauf", None)],
    }
    applied()
    assert texts()["Mug"] == {"title": "Becher", "body_html": "<p>Eine <strong>Tasse</strong></p>"}
    assert planned() == []


def test_what_the_merchant_wrote_stays_and_what_saleor_says_is_set_back(
    saleor, store, german, planned, applied, texts, write
) -> None:
    doc = mug(saleor)
    del doc["translations"]["DE"]["seoTitle"]
    applied()
    write("Mug", "meta_title", "Vom Händler")
    assert planned() == []
    write("Mug", "title", "Pott")
    (action,) = planned()
    assert [(c.path, c.before, c.after) for c in action.fields] == [
        ("translation de: title", "Pott", "Tasse")
    ]
    applied()
    assert texts()["Mug"]["title"] == "Tasse" and texts()["Mug"]["meta_title"] == "Vom Händler"
    doc["translations"] = {}
    applied()
    assert texts()["Mug"] == {"meta_title": "Vom Händler"}
    assert planned() == []


def test_a_text_that_is_shopifys_is_written_once(
    saleor, store, german, choose, planned, applied, texts, write
) -> None:
    choose(owners={"title": "shopify"})
    doc = mug(saleor)
    applied()
    write("Mug", "title", "Pott")
    assert planned() == []
    doc["translations"]["DE"]["name"] = "Becher"
    assert planned() == []
    assert texts()["Mug"]["title"] == "Pott"


def test_the_newest_text_stays(saleor, store, german, choose, planned, applied, texts, write) -> None:
    choose(owners={"title": "newest"})
    doc = mug(saleor)
    applied()
    write("Mug", "title", "Pott")
    assert planned() == []
    applied()
    assert texts()["Mug"]["title"] == "Pott"
    doc["translations"]["DE"]["name"] = "Becher"
    doc["updated"] = "2099-01-01T00:00:00+00:00"
    applied()
    assert texts()["Mug"]["title"] == "Becher"
    assert planned() == []


def test_an_edit_between_plan_and_apply_is_not_overwritten(
    saleor, store, german, planned, applied, texts, write
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import record

    doc = mug(saleor)
    applied()
    doc["translations"]["DE"]["name"] = "Becher"
    actions = planned()
    write("Mug", "title", "Pott")
    record(store, actions)
    drain()
    assert texts()["Mug"]["title"] == "Pott"
    reason = Change.objects.get(state="PARKED").reason
    assert reason == "changed in Shopify since the plan: title in de; plan again"


def test_the_digest_is_that_of_the_new_text_when_both_change(
    saleor, store, german, planned, applied, texts
) -> None:
    doc = mug(saleor)
    applied()
    doc["title"], doc["translations"]["DE"]["name"] = "Cup", "Becher"
    assert [a.verb for a in planned()] == ["update", "translate"]
    applied()
    assert texts()["Cup"]["title"] == "Becher"
    assert planned() == []


def test_a_text_is_never_outdated_because_only_its_source_changed(
    saleor, store, german, planned, applied, texts
) -> None:
    doc = mug(saleor)
    group = saleor.collection(1, "Summer", translations={"DE": {"name": "Sommer"}})
    applied()
    doc["title"], group["title"] = "Cup", "Winter"
    applied()
    assert texts()["Cup"]["title"] == "Tasse"
    assert texts(kind="collections")["Winter"]["title"] == "Sommer"
    assert planned() == []


def test_collections_and_categories_are_translated_too(
    saleor, store, german, planned, applied, texts
) -> None:
    saleor.collection(1, "Summer", translations={"DE": {"name": "Sommer"}})
    saleor.category(1, "Drinks", translations={"DE": {"name": "Getränke"}})
    applied()
    assert texts(kind="collections") == {"Summer": {"title": "Sommer"}, "Drinks": {"title": "Getränke"}}
    assert planned() == []


def test_a_language_the_store_lacks_is_said_once_and_to_doctor(
    saleor, store, choose, admin, planned, applied
) -> None:
    from shopify_bridge.usecases.check_extras import check_extras
    from shopify_bridge.usecases.sides import Sides

    choose(locales={"DE": "de", "EN": "en"})
    mug(saleor)
    refused = {a.label: a.reason for a in planned() if a.verb == "refuse"}
    assert refused == {
        "setting locales.DE": "the store has no language de",
        "setting locales.EN": "en is the store's own language",
    }
    applied()
    store.refresh_from_db()
    assert len(check_extras(Sides(store))) == 2
    admin(ENABLE, l="de")
    choose(locales={"DE": "de"})
    applied()
    assert planned() == []
    store.refresh_from_db()
    (finding,) = check_extras(Sides(store))
    assert "de is not published" in finding


def test_texts_of_a_language_that_is_not_published_yet_are_there_when_it_is(
    saleor, store, choose, admin, planned, applied, texts
) -> None:
    admin(ENABLE, l="de")
    choose(locales={"DE": "de"})
    doc = mug(saleor)
    saleor.collection(1, "Summer", translations={"DE": {"name": "Sommer"}})
    applied()
    assert planned() == []
    doc["translations"]["DE"] = {"name": "Becher", "descriptionJson": HTML}
    applied()
    assert not store.changes.filter(state="PARKED").exists()
    assert planned() == []
    admin(PUBLISH, l="de")
    assert texts()["Mug"] == {"title": "Becher", "body_html": "<p>Eine <strong>Tasse</strong></p>"}
    assert texts(kind="collections") == {"Summer": {"title": "Sommer"}}
    assert planned() == []


def test_throttled_failing_and_lossy_stores_get_the_same_texts(
    saleor, store, german, planned, weather, texts
) -> None:
    for number in range(1, 9):
        saleor.product(number, f"P{number}", translations={"DE": {"name": f"Produkt {number}"}})
    weather(lost=0.2, error=0.2, throttled=0.3)
    assert texts() == {f"P{number}": {"title": f"Produkt {number}"} for number in range(1, 9)}
    assert not store.changes.filter(state="PARKED").exists()
    assert planned() == []
