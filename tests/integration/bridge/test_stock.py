"""Stock from Saleor to Shopify, read back from the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from saleor_plugins.delivery.relay import drain
from shopify_bridge.models import Change, Level

from .stock_saleor import StockSaleor
from .stock_steps import Shops

UNSTOCK = "mutation($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { message } } }"


@pytest.fixture(params=["v2", "v3"])
def saleor(request: pytest.FixtureRequest) -> Iterator[StockSaleor]:
    with StockSaleor(request.param) as server:
        yield server


@pytest.fixture
def shops(saleor: StockSaleor, sandbox: Any, store: Any) -> Shops:
    return Shops(saleor, sandbox, store)


@pytest.fixture
def mug(shops: Shops) -> dict[str, Any]:
    rows = [{"sku": "MUG", "price": "9.00", "stock": [10, 4]}]
    return shops.saleor.product(1, "Mug", rows)["variants"][0]


@pytest.fixture
def shared(shops: Shops, mug: dict[str, Any], applied: Any) -> dict[str, Any]:
    """A mug that both sides sell."""
    shops.choose(stock="both")
    applied()
    shops.sent.clear()
    return mug


def test_what_saleor_sells_lowers_shopify_in_one_call(shops, mug, planned, applied) -> None:
    applied()
    shops.saleor.sell(mug, 0, 3)
    shops.saleor.restock(mug, 1, 2)
    (action,) = planned()
    assert [(c.path, c.before, c.after) for c in action.fields] == [
        ("MUG at Main warehouse", 10, 7),
        ("MUG at Europe", 4, 6),
    ]
    shops.sent.clear()
    applied()
    assert shops.there(mug, 0) == 7
    assert shops.there(mug, 1) == 6
    assert shops.calls.count("BridgeSetStock") == 1
    assert "BridgeLevels" not in shops.calls, "compare-and-set needs no look before"
    assert planned() == []
    assert not Level.objects.exists()


def test_oversold_in_saleor_is_nothing_in_shopify(shops, mug, planned, applied) -> None:
    applied()
    shops.saleor.sell(mug, 0, 13)
    applied()
    assert shops.there(mug, 0) == 0
    assert planned() == []


def test_more_than_shopify_holds_is_refused_with_the_reason(shops, mug, planned, applied) -> None:
    applied()
    shops.saleor.restock(mug, 0, 1_000_000_000)
    (action,) = planned()
    assert (action.verb, action.label) == ("refuse", "stock of MUG")
    assert "holds 1000000000" in action.reason
    applied()
    assert shops.there(mug, 0) == 10


def test_only_the_stale_ones_of_a_batch_are_left_alone(shops, planned, applied, store) -> None:
    from shopify_bridge.usecases.apply import record

    rows = [{"sku": f"T-{n}", "price": "1.00", "size": str(n), "stock": [5, 5]} for n in range(20)]
    variants = shops.saleor.product(2, "Tee", rows)["variants"]
    applied()
    for variant in variants:
        shops.saleor.sell(variant, 0, 1)
    actions = planned()
    shops.change(variants[3], -2)
    shops.sent.clear()
    record(store, actions)
    drain()
    assert [shops.there(v) for v in variants] == [3 if n == 3 else 4 for n in range(20)]
    assert shops.calls == ["BridgeSetStock", "BridgeLevels", "BridgeSetStock"]
    (parked,) = Change.objects.filter(state="PARKED")
    assert parked.reason == "changed in Shopify since the plan: T-3 5 -> 3; plan again"
    applied()
    assert shops.there(variants[3]) == 4


@pytest.mark.parametrize("stock", ["saleor", "both"])
def test_where_it_is_not_stocked_it_is_stocked(shops, planned, applied, admin, stock) -> None:
    rows = [{"sku": f"T-{n}", "price": "1.00", "size": str(n), "stock": [5, n]} for n in range(30)]
    variants = shops.saleor.product(2, "Tee", rows)["variants"]
    shops.choose(stock=stock)
    applied()
    number = shops.location(1).rsplit("/", 1)[-1]
    for variant in variants:
        item = shops.item(variant).rsplit("/", 1)[-1]
        gone = admin(UNSTOCK, id=f"gid://shopify/InventoryLevel/{number}?inventory_item_id={item}")
        assert gone["inventoryDeactivate"]["userErrors"] == []
    assert shops.there(variants[4], 1) is None
    (action,) = planned()
    assert [(c.path, c.before, c.after) for c in action.fields][4] == ("T-4 at Europe", None, 4)
    shops.sent.clear()
    applied()
    assert [shops.there(variant, 1) for variant in variants] == list(range(30))
    assert [name for name in shops.calls if "StockAt" in name] == ["BridgeStockAt25", "BridgeStockAt5"]
    assert planned() == []
    shops.change(variants[4], -1, 1)
    assert len(planned()) == 1, "and it sells there again"


def test_a_deactivated_location_is_said_once_and_the_rest_is_written(shops, mug, planned, applied) -> None:
    applied()
    shops.saleor.sell(mug, 0, 1)
    shops.saleor.sell(mug, 1, 1)
    with shops.state.transaction():
        doc = shops.state.get(shops.location(1))
        shops.state.put("Location", doc | {"isActive": False})
    refused, _ = planned()
    assert (refused.verb, refused.key) == ("refuse", shops.location(1))
    assert refused.reason.startswith("it is deactivated in Shopify")
    applied()
    assert shops.there(mug, 0) == 9


def test_a_location_deactivated_since_the_plan_holds_nobody_up(shops, mug, planned, applied, store) -> None:
    from shopify_bridge.usecases.apply import record

    applied()
    shops.saleor.sell(mug, 0, 1)
    shops.saleor.sell(mug, 1, 1)
    actions = planned()
    with shops.state.transaction():
        doc = shops.state.get(shops.location(1))
        shops.state.put("Location", doc | {"isActive": False})
    record(store, actions)
    drain()
    assert shops.there(mug, 0) == 9
    (parked,) = Change.objects.filter(state="PARKED")
    assert "MUG: its location in Shopify is deactivated" in parked.reason


@pytest.mark.parametrize("stock", ["saleor", "both"])
def test_an_item_deleted_meanwhile_is_parked_alone(shops, mug, planned, applied, store, stock) -> None:
    from shopify_bridge.usecases.apply import record

    shops.choose(stock=stock)
    other = shops.saleor.product(2, "Jug", [{"sku": "JUG", "price": "9.00", "stock": [5, 5]}])["variants"][0]
    applied()
    shops.saleor.sell(mug, 0, 1)
    shops.saleor.sell(other, 0, 1)
    actions = planned()
    item = shops.item(mug)
    with shops.state.transaction():
        shops.state.delete(item)
    record(store, actions)
    drain()
    assert shops.there(other) == 4
    (parked,) = Change.objects.filter(state="PARKED")
    assert parked.reason == "MUG: it was deleted in Shopify"


def test_an_untracked_variant_is_skipped(shops, planned, applied) -> None:
    rows = [{"sku": "GIFT", "price": "9.00", "stock": [10, 4], "tracked": False}]
    gift = shops.saleor.product(3, "Gift", rows)["variants"][0]
    applied()
    assert shops.state.get(shops.item(gift))["tracked"] is False
    shops.saleor.sell(gift, 0, 3)
    assert planned() == []


@pytest.mark.parametrize("stock", ["saleor", "both"])
def test_a_webhook_names_an_item_and_the_variant_is_looked_at(shops, mug, applied, store, stock) -> None:
    from shopify_bridge.models import Dirty
    from shopify_bridge.usecases.hear import hear

    shops.choose(stock=stock)
    applied()
    shops.change(mug, -2)
    number = shops.location(0).rsplit("/", 1)[-1]
    for item in (shops.item(mug).rsplit("/", 1)[-1], "1"):
        payload = {"inventory_item_id": int(item), "location_id": int(number), "available": 999}
        hear(store, "inventory_levels/update", payload)
    drain()
    assert [row.key for row in Dirty.objects.all()] == [mug["id"]]
    assert shops.both(mug)[:2] == ((8, 8) if stock == "both" else (10, 10))
    shops.sent.clear()
    hear(store, "inventory_levels/update", {"inventory_item_id": 1, "location_id": 1})
    drain()
    assert shops.calls == [], "a location that is not mirrored"


@pytest.mark.parametrize("stock", ["saleor", "both"])
def test_thirty_thousand_levels_take_a_hundred_and_twenty_calls(shops, store, stock, saleor) -> None:
    """By compare-and-set without a look before, several locations in a call."""
    from shopify_bridge.domain.stock import Sight
    from shopify_bridge.models import Kind
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.plan_stock import Stock
    from shopify_bridge.usecases.sides import Sides

    if saleor.version == "v2":
        pytest.skip("it does not matter which Saleor")
    shops.choose(stock=stock)
    levels = 30_000 if stock == "saleor" else 3_000
    places = [gid for gid, _ in _places(shops)][:3]
    store.mappings.filter(kind=Kind.PLACE).delete()
    for number, place in enumerate(places):
        store.mappings.create(kind=Kind.PLACE, key=f"W{number}", gid=place)
    items = [_item(shops, number, places) for number in range(levels // len(places))]
    prepare(Sides(store))
    plan = Stock(Sides(store))
    for number, item in enumerate(items):
        for place, gid in enumerate(places):
            plan.look(Sight(f"v{number}", f"L-{number}", item, f"W{place}", gid, 7, 10))
    shops.sent.clear()
    record(store, plan.actions())
    drain()
    assert not Change.objects.exclude(state="DONE").exists()
    assert shops.calls.count("BridgeSetStock") == levels / 250
    assert len(shops.calls) <= levels / 250 + 5, "125 for 30,000"
    docs = (shops.state.get(item) for item in items)
    assert {level["available"] for doc in docs for level in doc["levels"].values()} == {7}
    if stock == "both":
        assert Level.objects.filter(agreed=7, busy=None).count() == levels


def _places(shops: Shops) -> list[tuple[str, str]]:
    return [(doc["id"], doc["name"]) for _, doc in shops.state.page("Location", 0, 10) if doc["isActive"]]


def _item(shops: Shops, number: int, places: list[str]) -> str:
    level = {"available": 10, "createdAt": "2026-11-01T00:00:00Z", "updatedAt": "2026-11-01T00:00:00Z"}
    gid = f"gid://shopify/InventoryItem/{90_000_000 + number}"
    doc = {"id": gid, "variant": None, "tracked": True, "levels": dict.fromkeys(places, level)}
    shops.state.put("InventoryItem", doc)
    return gid
