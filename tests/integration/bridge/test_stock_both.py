"""Stock that both sides sell, read back from both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

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
