"""Publications, translations and market prices of many products go to Shopify in a few bulk operations."""

from __future__ import annotations

from typing import Any

import pytest

from .test_prices import DELETE, LISTS, PRICES, VARIANTS
from .test_publishing import PUBLICATIONS, UNPUBLISH
from .test_translations import ENABLE, PUBLISH, TEXTS

MANY = 60
SHOWN = "query($p: ID!) { products(first: 99) { nodes { id title published: publishedOnPublication(publicationId: $p) } } }"


@pytest.fixture(params=["v3"])
def saleor(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    from .fake_saleor import FakeSaleor

    with FakeSaleor(request.param) as server:
        server.channel("eu", "EUR")
        yield server


@pytest.fixture
def policy(admin: Any, choose: Any) -> dict[str, str]:
    """Everything is mirrored."""
    admin(ENABLE, l="de")
    admin(PUBLISH, l="de")
    lists = admin(LISTS)["priceLists"]["nodes"]
    gids = {
        "list": next(node["id"] for node in lists if node["currency"] == "EUR"),
        "publication": admin(PUBLICATIONS)["publications"]["nodes"][0]["id"],
    }
    choose(
        locales={"DE": "de"},
        publications={"eu": gids["publication"]},
        price_lists={"eu": gids["list"]},
    )
    return gids


def fill(saleor: Any) -> None:
    for number in range(1, MANY + 1):
        saleor.product(
            number,
            f"P{number}",
            [{"sku": f"S{number}", "price": "10.00", "stock": [1, 1], "prices": {"eu": f"{number}.50"}}],
            shown=["eu"],
            translations={"DE": {"name": f"Produkt {number}"}},
        )


def work(store: Any) -> None:
    """Deliver until nothing is open, as workers do, without waiting for what is due later."""
    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.models import OPEN

    for _ in range(200):
        drain(strict=False)
        if not store.changes.filter(state__in=OPEN).exists():
            return
        Delivery.objects.filter(state="PENDING").update(due_at=clock.now())


def apply(store: Any, actions: list[Any]) -> Any:
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    prepare(Sides(store))
    run = record(store, actions)
    work(store)
    return run


def test_a_first_mirror_with_everything_is_a_few_operations(
    saleor, sandbox, store, policy, planned, admin
) -> None:
    from shopify_bridge.models import Bulk
    from shopify_bridge.usecases.sides import Sides

    fill(saleor)
    client = Sides(store).client
    apply(store, planned())
    documents = list(Bulk.objects.filter(state="SETTLED").values_list("document", flat=True))
    assert sorted(documents) == ["BridgePublish", "BridgeSetProduct", "BridgeTranslate"]
    assert not store.changes.filter(state="PARKED").exists()
    nodes = admin(SHOWN, p=policy["publication"])["products"]["nodes"]
    assert [node["published"] for node in nodes] == [True] * MANY
    texts = admin(TEXTS, l="de")["products"]["nodes"]
    assert {n["title"]: n["translations"][0]["value"] for n in texts} == {
        f"P{number}": f"Produkt {number}" for number in range(1, MANY + 1)
    }
    prices = admin(PRICES, id=policy["list"])["priceList"]["prices"]["nodes"]
    assert {n["variant"]["sku"]: float(n["price"]["amount"]) for n in prices} == {
        f"S{number}": number + 0.5 for number in range(1, MANY + 1)
    }
    assert planned() == []
    before = client.calls
    assert planned() == []
    assert client.calls - before < 25


def test_many_are_hidden_in_one_operation_and_edits_of_the_merchant_are_parked(
    saleor, sandbox, store, policy, planned, admin
) -> None:
    from shopify_bridge.models import Bulk

    fill(saleor)
    apply(store, planned())
    for doc in saleor.products:
        doc["shown"] = []
        doc["translations"]["DE"]["name"] += "!"
    actions = planned()
    assert {action.verb for action in actions} == {"unpublish", "translate"}
    first, second = admin(TEXTS, l="de")["products"]["nodes"][:2]
    admin(UNPUBLISH, id=first["id"], p=policy["publication"])
    _rewrite(admin, second["id"], "Meins")
    run = apply(store, actions)
    documents = list(Bulk.objects.filter(run=run).values_list("document", flat=True))
    assert sorted(documents) == ["BridgeTranslate", "BridgeUnpublish"]
    nodes = admin(SHOWN, p=policy["publication"])["products"]["nodes"]
    assert not any(node["published"] for node in nodes)
    texts = {n["id"]: n["translations"][0]["value"] for n in admin(TEXTS, l="de")["products"]["nodes"]}
    assert texts.pop(second["id"]) == "Meins"
    assert all(text.endswith("!") for text in texts.values())
    (parked,) = store.changes.filter(state="PARKED")
    assert parked.reason == "changed in Shopify since the plan: title in de; plan again"


def _rewrite(admin: Any, gid: str, text: str) -> None:
    from .test_translations import DIGESTS, REGISTER

    content = admin(DIGESTS, id=gid)["translatableResource"]["translatableContent"]
    digest = next(row["digest"] for row in content if row["key"] == "title")
    given = {"locale": "de", "key": "title", "value": text, "translatableContentDigest": digest}
    assert admin(REGISTER, id=gid, t=[given])["translationsRegister"]["userErrors"] == []


def test_many_batches_of_prices_are_one_operation(
    saleor, sandbox, store, policy, planned, admin, monkeypatch
) -> None:
    from shopify_bridge.models import AgreedPrice, Bulk
    from shopify_bridge.usecases import plan_prices

    monkeypatch.setattr(plan_prices, "BATCH", 1)
    fill(saleor)
    apply(store, planned())
    assert Bulk.objects.filter(document="BridgeSetPrices", state="SETTLED").count() == 1
    assert AgreedPrice.objects.count() == MANY
    assert planned() == []
    for doc in saleor.products[1:]:
        doc["variants"][0].pop("prices")
    actions = planned()
    assert {action.verb for action in actions} == {"price"}
    nodes = admin(VARIANTS)["productVariants"]["nodes"]
    gone = next(node["id"] for node in nodes if node["sku"] == "S9")
    admin(DELETE, l=policy["list"], v=[gone])
    apply(store, actions)
    left = admin(PRICES, id=policy["list"])["priceList"]["prices"]["nodes"]
    assert [node["variant"]["sku"] for node in left] == ["S1"]
    assert AgreedPrice.objects.count() == 1
    assert not store.changes.filter(state="PARKED").exists()
    assert planned() == []


def test_killed_after_the_write_and_before_it_is_remembered(saleor, store, policy, planned, admin) -> None:
    """Each change is carried out, forgotten, and carried out again: nothing is parked, nothing is lost."""
    from shopify_bridge.models import AgreedPrice, Change
    from shopify_bridge.usecases.apply import record
    from shopify_bridge.usecases.carry_out import DOERS
    from shopify_bridge.usecases.sides import Sides

    fill(saleor)
    del saleor.products[2:]
    summer = saleor.collection(1, "Summer", translations={"DE": {"name": "Sommer"}})
    apply(store, planned())
    first, second = saleor.products
    first["variants"][0]["prices"]["eu"] = "99.00"
    first["translations"]["DE"]["name"] = "Neu"
    second["variants"][0].pop("prices")
    second["translations"] = {}
    second["shown"] = []
    summer["title"], summer["translations"]["DE"]["name"] = "Winter", "Kälte"
    saleor.collection(2, "Snow")
    record(store, planned())
    open_changes = list(Change.objects.filter(state="PENDING").order_by("phase", "id"))
    assert {change.verb for change in open_changes} >= {
        "collect",
        "unpublish",
        "translate",
        "retract",
        "price",
    }
    for change in open_changes:
        DOERS[change.verb](change, Sides(store))
    work(store)
    assert not store.changes.filter(state="PARKED").exists()
    assert planned() == []
    assert AgreedPrice.objects.count() == 1
    nodes = admin("{ collections(first: 9) { nodes { title } } }")["collections"]["nodes"]
    assert sorted(node["title"] for node in nodes) == ["Snow", "Winter"]
    first["translations"] = {}
    assert [action.verb for action in planned()] == ["retract"]
