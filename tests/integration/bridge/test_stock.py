"""Stock from Saleor to Shopify and back, read back from both sides."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from saleor_plugins.delivery.relay import drain
from shopify_bridge.models import Bulk, Change, Level, StockMove

from .stock_saleor import StockSaleor
from .stock_steps import Shops, keep_up, work

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


def test_both_sides_sell_and_both_know(shops, shared, planned, applied) -> None:
    assert shops.both(shared) == (10, 10, 10), "what a new variant was stocked with is agreed on"
    shops.saleor.sell(shared, 0, 3)
    shops.change(shared, -2)
    stock, take = planned()
    assert (stock.verb, [(c.path, c.before, c.after) for c in stock.fields]) == (
        "stock",
        [("MUG at Main warehouse", 8, 5)],
    )
    assert (take.verb, [(c.path, c.before, c.after, c.owner) for c in take.fields]) == (
        "take",
        [("MUG at Main warehouse, in Saleor", 7, 5, "shopify")],
    )
    assert shops.both(shared)[:2] == (7, 8), "a plan writes nothing"
    applied()
    assert shops.both(shared) == (5, 5, 5)
    assert shared["stock"][0] == 8, "two less lie there, three more are claimed"
    assert planned() == []
    move = StockMove.objects.get()
    assert (move.state, move.units, move.before, move.after) == ("DONE", -2, 10, 8)


def test_an_echo_costs_a_look_and_no_write(shops, shared) -> None:
    shops.change(shared, -2)
    keep_up(shops.store, shared)
    assert shops.both(shared) == (8, 8, 8)
    shops.sent.clear()
    moves = len(shops.saleor.moves)
    for _ in range(3):
        keep_up(shops.store, shared)
    assert set(shops.calls) == {"BridgeVariantLevels"}
    assert len(shops.saleor.moves) == moves


def test_shopify_sells_what_is_claimed_in_saleor(shops, shared, planned, applied) -> None:
    """Ten lie there, ten are claimed, and Shopify sold three of them a moment before it heard."""
    shops.saleor.sell(shared, 0, 10)
    shops.change(shared, -3)
    applied()
    assert shops.both(shared) == (-3, 0, 0)
    assert planned() == []
    shops.saleor.restock(shared, 0, 5)
    applied()
    assert shops.both(shared) == (2, 2, 2)


def test_what_saleor_does_not_have_is_not_taken_from_it(shops, shared, planned, applied) -> None:
    shops.change(shared, -13)
    applied()
    assert shops.both(shared) == (0, -3, 0)
    (parked,) = Change.objects.filter(state="PARKED")
    assert parked.reason == "MUG: Shopify sold 13, Saleor has 10 there"
    keep_up(shops.store, shared)
    keep_up(shops.store, shared)
    assert shops.both(shared) == (0, -3, 0), "nobody corrects the other for ever"
    shops.saleor.restock(shared, 0, 8)
    keep_up(shops.store, shared)
    keep_up(shops.store, shared)
    assert shops.both(shared) == (5, 5, 5)


def test_a_shipment_while_a_move_is_sent_is_not_undone(shops, shared) -> None:
    shops.saleor.sell(shared, 0, 4)
    keep_up(shops.store, shared)
    shops.change(shared, -1)
    shops.saleor.between = lambda: shops.saleor.ship(shared, 0, 4)
    keep_up(shops.store, shared)
    assert shops.both(shared) == (5, 5, 5)
    assert shared["stock"][0] == 5
    assert shared["allocated"][0] == 0


def test_a_fulfilment_changes_nothing_that_is_free(shops, shared, planned) -> None:
    shops.saleor.sell(shared, 0, 4)
    keep_up(shops.store, shared)
    assert shops.both(shared) == (6, 6, 6)
    shops.saleor.ship(shared, 0, 4)
    assert planned() == []


def test_the_first_time_saleor_counts(shops, mug, planned, applied) -> None:
    applied()
    shops.change(mug, 7)
    shops.choose(stock="both")
    assert not Level.objects.exists()
    applied()
    assert shops.both(mug) == (10, 10, 10)
    assert shops.both(mug, 1) == (4, 4, 4), "what was equal is agreed on too"
    shops.change(mug, -1, 1)
    keep_up(shops.store, mug)
    assert shops.both(mug, 1) == (3, 3, 3)


def test_nothing_is_agreed_on_where_saleor_alone_counts(shops, shared, planned) -> None:
    assert Level.objects.exists()
    shops.choose(stock="saleor")
    assert planned() == []
    assert not Level.objects.exists()


@pytest.mark.parametrize(
    "order", ["import, look, tell", "look, import, tell", "import, tell, look", "look, import, look, tell"]
)
def test_an_order_of_shopify_that_is_imported_is_counted_once(shops, shared, order, store) -> None:
    from shopify_bridge.usecases.stock_ledger import counted_twice

    def tell() -> bool:
        return counted_twice(store, shared["id"], shops.location(0), 2, "gid://shopify/LineItem/1")

    steps = {
        "look": lambda: keep_up(store, shared),
        "import": lambda: shops.saleor.sell(shared, 0, 2),
        "tell": tell,
    }
    shops.change(shared, -2)
    for step in order.split(", "):
        steps[step]()
    assert not tell(), "once"
    for _ in range(2):
        keep_up(store, shared)
    assert shops.both(shared) == (8, 8, 8)
    assert (shared["stock"][0], shared["allocated"][0]) == (10, 2), "the order claims it, the shelf is full"


def test_an_order_of_saleor_that_is_mirrored_is_counted_once(shops, shared, store, applied, planned) -> None:
    shops.saleor.order(7, [(shared, 2, "9.00", "9.00")])
    shops.saleor.sell(shared, 0, 2)
    applied()
    assert shops.state.count("Order") == 1
    assert shops.both(shared) == (8, 8, 8)
    assert planned() == []


def test_a_sale_from_before_the_first_look_was_never_counted(shops, shared, store) -> None:
    from datetime import timedelta

    from saleor_plugins.kernel import clock
    from shopify_bridge.usecases.stock_ledger import counted_twice

    old = clock.now() - timedelta(days=1)
    assert not counted_twice(store, shared["id"], shops.location(0), 2, "old", old)
    assert not counted_twice(store, "nobody", shops.location(0), 2, "unknown")
    assert shops.both(shared) == (10, 10, 10)


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


def test_what_a_bulk_operation_stocked_is_agreed_on(shops, applied, planned, saleor) -> None:
    for number in range(60):
        rows = [{"sku": f"B-{number}", "price": "1.00", "stock": [number, 2]}]
        shops.saleor.product(100 + number, f"Bulk {number}", rows)
    shops.choose(stock="both")
    applied()
    for _ in range(100):
        if not Change.objects.filter(state__in=["PENDING", "WORKING"]).exists():
            break
        time.sleep(0.2)
        work()
    assert Bulk.objects.get().state == "SETTLED"
    assert Level.objects.count() == 120
    variant = shops.saleor.products[-1]["variants"][0]
    shops.change(variant, -5)
    assert [action.verb for action in planned()] == ["take"]
    applied()
    assert shops.both(variant) == (54, 54, 54)
    assert planned() == []


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
