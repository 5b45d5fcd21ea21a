"""Fixed prices of other markets: Saleor's by channel, the merchant's kept, in few calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

LISTS = "{ priceLists(first: 9) { nodes { id name currency } } }"
PRICES = """query($id: ID!) { priceList(id: $id) { prices(first: 250, originType: FIXED) { nodes {
  variant { id sku } price { amount } compareAtPrice { amount } } } } }"""
VARIANTS = "{ productVariants(first: 250) { nodes { id sku } } }"
ADD = """mutation($l: ID!, $p: [PriceListPriceInput!]!) {
  priceListFixedPricesAdd(priceListId: $l, prices: $p) { userErrors { message code } } }"""
DELETE = """mutation($l: ID!, $v: [ID!]!) {
  priceListFixedPricesDelete(priceListId: $l, variantIds: $v) { userErrors { message code } } }"""


@pytest.fixture(params=["v3"])
def saleor(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """2.10 has no channels, so no prices of others."""
    from .fake_saleor import FakeSaleor

    with FakeSaleor(request.param) as server:
        server.channel("eu", "EUR")
        yield server


@pytest.fixture
def euro(admin: Callable[..., Any], choose: Callable[..., None]) -> str:
    """The price list that channel `eu` is joined to."""
    nodes = admin(LISTS)["priceLists"]["nodes"]
    gid = next(node["id"] for node in nodes if node["currency"] == "EUR")
    choose(price_lists={"eu": gid})
    return gid


@pytest.fixture
def fixed(admin: Callable[..., Any], euro: str) -> Callable[[], dict[str, tuple[str, str | None]]]:
    """Price and compare-at price by SKU."""

    def ask() -> dict[str, tuple[str, str | None]]:
        nodes = admin(PRICES, id=euro)["priceList"]["prices"]["nodes"]
        return {
            node["variant"]["sku"]: (
                f"{float(node['price']['amount']):.2f}",
                node["compareAtPrice"] and f"{float(node['compareAtPrice']['amount']):.2f}",
            )
            for node in nodes
        }

    return ask


@pytest.fixture
def reprice(admin: Callable[..., Any], euro: str) -> Callable[[str, str], None]:
    """The merchant sets a fixed price."""

    def write(sku: str, amount: str) -> None:
        gid = gid_of(admin, sku)
        given = {"variantId": gid, "price": {"amount": amount, "currencyCode": "EUR"}}
        assert admin(ADD, l=euro, p=[given])["priceListFixedPricesAdd"]["userErrors"] == []

    return write


def gid_of(admin: Callable[..., Any], sku: str) -> str:
    nodes = admin(VARIANTS)["productVariants"]["nodes"]
    return next(node["id"] for node in nodes if node["sku"] == sku)


def shirt(saleor: Any, number: int = 1, **prices: Any) -> Any:
    rows = [
        {"sku": f"{number}-S", "price": "10.00", "size": "S", "stock": [1, 1], "prices": {"eu": "9.50"}},
        {
            "sku": f"{number}-M",
            "price": "10.00",
            "size": "M",
            "stock": [1, 1],
            "prices": {"eu": ("8.00", "9.00")},
        },
        {"sku": f"{number}-L", "price": "10.00", "size": "L", "stock": [1, 1]},
    ]
    return saleor.product(number, f"Shirt {number}", rows, shown=["eu"])


def test_prices_arrive_with_the_product_and_the_next_plan_is_empty(
    saleor, store, planned, applied, fixed
) -> None:
    shirt(saleor)
    (create, price) = planned()
    assert (create.verb, price.verb, price.label) == ("create", "price", "2 prices in Europe prices")
    assert [(c.path, c.before, c.after) for c in price.fields] == [
        ("price of 1-S", None, "9.50 EUR"),
        ("price of 1-M", None, "8.00 EUR, before 9.00"),
    ]
    applied()
    assert fixed() == {"1-S": ("9.50", None), "1-M": ("8.00", "9.00")}
    assert planned() == []


def test_what_changes_or_goes_in_saleor_does_so_in_shopify(saleor, store, planned, applied, fixed) -> None:
    doc = shirt(saleor)
    applied()
    doc["variants"][0]["prices"]["eu"] = "9.90"
    del doc["variants"][1]["prices"]
    (action,) = planned()
    assert [(c.path, c.before, c.after) for c in action.fields] == [
        ("price of 1-S", "9.50 EUR", "9.90 EUR"),
        ("price of 1-M", "8.00 EUR, before 9.00", None),
    ]
    applied()
    assert fixed() == {"1-S": ("9.90", None)}
    assert planned() == []


def test_the_merchants_prices_stay_and_ours_are_set_back(
    saleor, store, planned, applied, fixed, reprice
) -> None:
    shirt(saleor)
    applied()
    reprice("1-L", "7.77")
    assert planned() == []
    reprice("1-S", "1.00")
    (action,) = planned()
    assert [(c.path, c.before, c.after) for c in action.fields] == [("price of 1-S", "1.00 EUR", "9.50 EUR")]
    applied()
    assert fixed()["1-S"] == ("9.50", None) and fixed()["1-L"] == ("7.77", None)
    assert planned() == []


def test_a_price_that_is_shopifys_is_written_once(
    saleor, store, choose, planned, applied, fixed, reprice
) -> None:
    choose(owners={"price": "shopify"})
    doc = shirt(saleor)
    applied()
    reprice("1-S", "1.00")
    doc["variants"][0]["prices"]["eu"] = "9.90"
    assert planned() == []
    assert fixed()["1-S"] == ("1.00", None)


def test_the_newest_price_stays(saleor, store, choose, planned, applied, fixed, reprice) -> None:
    choose(owners={"price": "newest"})
    doc = shirt(saleor)
    applied()
    reprice("1-S", "1.00")
    assert planned() == []
    doc["variants"][1]["prices"]["eu"] = "8.50"
    (action,) = planned()
    assert [c.path for c in action.fields] == ["price of 1-M"]
    applied()
    assert fixed() == {"1-S": ("1.00", None), "1-M": ("8.50", None)}
    assert planned() == []


def test_an_edit_between_plan_and_apply_is_not_overwritten(
    saleor, store, planned, applied, fixed, reprice
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import record

    doc = shirt(saleor)
    applied()
    doc["variants"][0]["prices"]["eu"] = "9.90"
    doc["variants"][1]["prices"]["eu"] = "8.50"
    actions = planned()
    reprice("1-S", "1.00")
    record(store, actions)
    drain()
    assert fixed() == {"1-S": ("1.00", None), "1-M": ("8.50", None)}
    reason = Change.objects.get(state="PARKED").reason
    assert reason == "changed in Shopify since the plan: 1-S 9.50 EUR -> 1.00 EUR; plan again"


def test_a_price_taken_away_meanwhile_stops_no_other(
    saleor, store, planned, applied, fixed, admin, euro
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.usecases.apply import record

    doc = shirt(saleor)
    applied()
    del doc["variants"][1]["prices"]
    doc["variants"][0]["prices"]["eu"] = "9.90"
    actions = planned()
    admin(DELETE, l=euro, v=[gid_of(admin, "1-M")])
    record(store, actions)
    drain()
    assert fixed() == {"1-S": ("9.90", None)}
    assert planned() == []


def test_another_currency_is_refused_once_with_the_reason(saleor, store, choose, admin, planned) -> None:
    from shopify_bridge.usecases.check_extras import check_extras
    from shopify_bridge.usecases.sides import Sides

    nodes = admin(LISTS)["priceLists"]["nodes"]
    pounds = next(node["id"] for node in nodes if node["currency"] == "GBP")
    choose(price_lists={"eu": pounds, "gone": "gid://shopify/PriceList/9"})
    shirt(saleor)
    shirt(saleor, 2)
    refused = {a.label: a.reason for a in planned() if a.verb == "refuse"}
    assert refused["setting price_lists.eu"] == (
        "channel eu sells in EUR, price list United Kingdom prices is in GBP"
    )
    assert "setting price_lists.gone" in refused
    assert [a.verb for a in planned()].count("price") == 0
    store.refresh_from_db()
    assert any("configure test price_lists.eu=" in line for line in check_extras(Sides(store)))


def test_an_empty_channel_takes_no_price_away(saleor, store, planned, applied, fixed) -> None:
    doc = shirt(saleor)
    applied()
    for variant in doc["variants"]:
        variant.pop("prices", None)
    (action,) = planned()
    assert (action.verb, action.reason) == (
        "refuse",
        "Saleor shows no prices at all in channel eu; none is taken away",
    )
    applied()
    assert len(fixed()) == 2


def test_one_product_is_planned_without_reading_the_list(saleor, store, applied, euro, fixed) -> None:
    from shopify_bridge.usecases.plan import plan_one
    from shopify_bridge.usecases.sides import Sides

    doc = shirt(saleor)
    for number in range(2, 6):
        shirt(saleor, number)
    applied()
    doc["variants"][0]["prices"]["eu"] = "9.90"
    (action,) = plan_one(Sides(store), doc["id"])
    assert [(c.path, c.before, c.after) for c in action.fields] == [("price of 1-S", "9.50 EUR", "9.90 EUR")]


def test_many_prices_are_read_in_bulk_and_in_pages_alike(
    saleor, store, euro, applied, planned, monkeypatch
) -> None:
    from shopify_bridge.usecases import plan_prices
    from shopify_bridge.usecases.sides import Sides

    docs = [shirt(saleor, number) for number in range(1, 6)]
    applied()
    docs[3]["variants"][0]["prices"]["eu"] = "9.90"
    expected = [(c.path, c.before, c.after) for a in planned() for c in a.fields]
    assert expected == [("price of 4-S", "9.50 EUR", "9.90 EUR")]
    monkeypatch.setattr(plan_prices, "MANY", 1)
    pages: list[str] = []
    monkeypatch.setattr(plan_prices.prices, "in_pages", lambda *a: pages.append("read") or iter(()))
    assert [(c.path, c.before, c.after) for a in planned() for c in a.fields] == expected
    assert pages == []
    assert Sides(store).client.calls


def test_throttled_failing_and_lossy_stores_get_the_same_prices(
    saleor, store, planned, weather, fixed
) -> None:
    for number in range(1, 7):
        shirt(saleor, number)
    weather(lost=0.2, error=0.2, throttled=0.3)
    assert fixed() == {
        f"{number}-{size}": price
        for number in range(1, 7)
        for size, price in (("S", ("9.50", None)), ("M", ("8.00", "9.00")))
    }
    assert not store.changes.filter(state="PARKED").exists()
    assert planned() == []
