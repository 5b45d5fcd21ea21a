"""Publications by channel: what Saleor shows is shown, what it hides is hidden, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PRODUCTS = """query($p: ID!) { products(first: 9) { nodes { id title published: publishedOnPublication(publicationId: $p) } } }"""
PUBLICATIONS = "{ publications(first: 9) { nodes { id autoPublish catalog { title } } } }"
PUBLISH = """mutation($id: ID!, $p: ID!) {
  publishablePublish(id: $id, input: [{publicationId: $p}]) { userErrors { message } } }"""
UNPUBLISH = PUBLISH.replace("publishablePublish", "publishableUnpublish")


@pytest.fixture
def publications(admin: Callable[..., Any]) -> list[str]:
    """The store's publications, those that do not publish by themselves first."""
    nodes = admin(PUBLICATIONS)["publications"]["nodes"]
    return [node["id"] for node in sorted(nodes, key=lambda node: node["autoPublish"])]


@pytest.fixture
def shown(admin: Callable[..., Any]) -> Callable[[str], dict[str, bool]]:
    """Which products are in a publication."""

    def ask(gid: str) -> dict[str, bool]:
        return {n["title"]: n["published"] for n in admin(PRODUCTS, p=gid)["products"]["nodes"]}

    return ask


def test_a_product_is_published_hidden_and_shown_again(
    saleor, store, choose, publications, planned, applied, shown
) -> None:
    gid, other = publications[0], publications[1]
    choose(publications={"default": gid})
    mug = saleor.product(1, "Mug")
    saleor.product(2, "Cup")
    assert [a.verb for a in planned()] == ["create", "publish", "create", "publish"]
    applied()
    assert (shown(gid), shown(other)) == ({"Mug": True, "Cup": True}, {"Mug": False, "Cup": False})
    assert planned() == []
    mug["live"] = False
    applied()
    assert shown(gid) == {"Mug": False, "Cup": True}
    assert planned() == []
    mug["live"] = True
    applied()
    assert shown(gid) == {"Mug": True, "Cup": True}
    assert planned() == []


def test_a_product_is_shown_by_channel(saleor, store, choose, publications, planned, applied, shown) -> None:
    if saleor.version == "v2":
        pytest.skip("2.10 has one channel")
    saleor.channel("b2b", "USD")
    choose(publications={"default": publications[0], "b2b": publications[1]})
    mug = saleor.product(1, "Mug", shown=["b2b"])
    applied()
    assert [shown(gid)["Mug"] for gid in publications[:2]] == [True, True]
    mug["shown"] = []
    (hide,) = planned()
    assert (hide.verb, [(c.path, c.before, c.after) for c in hide.fields]) == (
        "unpublish",
        [("published in b2b", True, False)],
    )
    applied()
    assert [shown(gid)["Mug"] for gid in publications[:2]] == [True, False]
    assert planned() == []


def test_what_the_merchant_publishes_elsewhere_is_not_touched(
    saleor, store, choose, publications, planned, applied, shown, admin
) -> None:
    gid, other = publications[0], publications[1]
    choose(publications={"default": gid})
    saleor.product(1, "Mug")
    applied()
    product = admin(PRODUCTS, p=gid)["products"]["nodes"][0]["id"]
    admin(PUBLISH, id=product, p=other)
    assert planned() == []
    admin(UNPUBLISH, id=product, p=gid)
    (action,) = planned()
    assert action.verb == "publish"
    applied()
    assert (shown(gid), shown(other)) == ({"Mug": True}, {"Mug": True})


def test_without_a_policy_nothing_is_asked_and_nothing_published(
    saleor, store, sandbox, planned, applied, publications, shown
) -> None:
    saleor.product(1, "Mug")
    actions = planned()
    assert [a.verb for a in actions] == ["create"]
    applied()
    assert shown(publications[0]) == {"Mug": False}


def test_a_publication_that_shows_new_products_by_itself_is_left_hidden(
    saleor, store, sandbox, choose, publications, planned, applied, shown
) -> None:
    """A product that a channel does not show is taken out of a publication that publishes every new one."""
    if saleor.version == "v2":
        pytest.skip("2.10 has one channel, and what it hides is not made in Shopify")
    auto = publications[0]
    state = sandbox.store.state
    with state.transaction():
        state.put("Publication", state.get(auto) | {"autoPublish": True})
    saleor.channel("b2b", "USD")
    choose(publications={"b2b": auto})
    saleor.product(1, "Mug")
    saleor.product(2, "Cup", shown=["b2b"])
    assert [a.verb for a in planned()] == ["create", "unpublish", "create", "publish"]
    applied()
    assert shown(auto) == {"Mug": False, "Cup": True}
    assert planned() == []


def test_a_publication_that_is_not_there_is_said_once_and_to_doctor(
    saleor, store, choose, planned, applied
) -> None:
    from shopify_bridge.usecases.check_extras import check_extras
    from shopify_bridge.usecases.sides import Sides

    choose(publications={"default": "gid://shopify/Publication/999"})
    saleor.product(1, "Mug")
    saleor.product(2, "Cup")
    refused = [a for a in planned() if a.verb == "refuse"]
    assert [(a.label, a.reason) for a in refused] == [
        ("setting publications.default", "Shopify has no publication gid://shopify/Publication/999")
    ]
    store.refresh_from_db()
    (finding,) = check_extras(Sides(store))
    assert "configure test publications.default=" in finding and "“Online Store”" in finding


def test_a_publication_is_called_by_its_name(saleor, store, publications) -> None:
    from saleor_plugins.kernel.errors import Invalid
    from shopify_bridge.usecases.check_extras import gid_of
    from shopify_bridge.usecases.sides import Sides

    sides = Sides(store)
    found = gid_of(sides, "publications.default", "online store")
    assert found in publications
    assert gid_of(sides, "publications.default", found) == found
    assert gid_of(sides, "price_lists.default", "Europe prices").startswith("gid://shopify/PriceList/")
    assert gid_of(sides, "stock", "both") == "both"
    with pytest.raises(Invalid, match="“Point of Sale”"):
        gid_of(sides, "publications.default", "Moon")


def test_collections_are_shown_by_channel_and_categories_everywhere(
    saleor, store, choose, publications, planned, applied, admin
) -> None:
    choose(publications={"default": publications[0]})
    saleor.category(1, "Drinks")
    summer = saleor.collection(1, "Summer", live=True)
    query = """query($p: ID!) { collections(first: 9) { nodes {
      title published: publishedOnPublication(publicationId: $p) } } }"""

    def ask() -> dict[str, bool]:
        nodes = admin(query, p=publications[0])["collections"]["nodes"]
        return {node["title"]: node["published"] for node in nodes}

    applied()
    assert ask() == {"Drinks": True, "Summer": True}
    assert planned() == []
    summer["live"] = False
    (action,) = planned()
    assert (action.verb, action.label) == ("unpublish", "Summer")
    applied()
    assert ask() == {"Drinks": True, "Summer": False}
    assert planned() == []


def test_a_channel_that_is_not_there_is_said_once(saleor, store, choose, publications, planned) -> None:
    choose(publications={"nowhere": publications[0]})
    saleor.product(1, "Mug")
    (refused,) = [a for a in planned() if a.verb == "refuse"]
    assert refused.reason == "Saleor has no channel nowhere (it has default)"


def test_saying_it_again_after_a_lost_answer_changes_nothing(
    saleor, store, choose, publications, weather, planned, shown
) -> None:
    choose(publications={"default": publications[0]})
    for number in range(1, 7):
        saleor.product(number, f"Mug {number}")
    weather(lost=0.3, error=0.2, throttled=0.2)
    assert set(shown(publications[0]).values()) == {True}
    assert planned() == []
