"""Stock under lost answers and kills: units are neither made nor lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from saleor_plugins.delivery.relay import drain
from shopify_bridge.models import Change, Level, StockMove
from shopify_bridge.usecases.sides import Sides

from .stock_saleor import StockSaleor
from .stock_steps import Shops, hear, keep_up, resume

V = dict[str, Any]


@pytest.fixture
def saleor() -> Iterator[StockSaleor]:
    with StockSaleor("v3") as server:
        yield server


@pytest.fixture
def shops(saleor: StockSaleor, sandbox: Any, store: Any, settings: Any) -> Shops:
    settings.BRIDGE_GRACE_SECONDS = 0.0
    shops = Shops(saleor, sandbox, store)
    shops.choose(stock="both")
    Sides(store).client._sleep = lambda _: None
    return shops


@pytest.fixture
def mug(shops: Shops, applied: Any) -> V:
    rows = [{"sku": "MUG", "price": "9.00", "stock": [10, 4]}]
    variant = shops.saleor.product(1, "Mug", rows)["variants"][0]
    applied()
    shops.sent.clear()
    return variant


@pytest.mark.parametrize("fate", ["lost", "error_before", "error_after", "truncated", "html"])
def test_a_write_to_shopify_without_an_answer_is_counted_once(shops, mug, sandbox, fate) -> None:
    faults = sandbox.store.faults
    shops.saleor.sell(mug, 0, 3)
    faults.only = "BridgeSetStock"
    setattr(faults, fate, 1.0)
    keep_up(shops.store, mug)
    setattr(faults, fate, 0.0)
    assert Level.objects.exclude(busy=None).count() == 1, "it is known that nobody knows"
    shops.saleor.sell(mug, 0, 1)
    shops.change(mug, -1)
    for _ in range(3):
        keep_up(shops.store, mug)
    assert shops.both(mug) == (5, 5, 5)
    assert not Level.objects.exclude(busy=None).exists()


def test_the_same_key_called_stale_is_told_by_the_levels(shops, mug, sandbox) -> None:
    """Shopify did it, the answer was lost, and the same key is answered with a stale comparison."""
    faults = sandbox.store.faults
    shops.saleor.sell(mug, 0, 3)
    shops.saleor.sell(mug, 1, 1)
    faults.only, faults.error_after, faults.stale = "BridgeSetStock", 1.0, 1.0
    keep_up(shops.store, mug)
    faults.error_after = 0.0
    for _ in range(3):
        keep_up(shops.store, mug)
    assert shops.both(mug) == (7, 7, 7)
    assert shops.both(mug, 1) == (3, 3, 3)


@pytest.mark.parametrize("stock", ["saleor", "both"])
def test_a_sale_that_makes_the_number_we_wanted_is_not_taken_for_our_write(shops, mug, stock, store) -> None:
    """Both sides sold three at once: under `both` that makes six less, not three."""
    from shopify_bridge.usecases.apply import record
    from shopify_bridge.usecases.plan_stock import plan_levels

    shops.choose(stock=stock)
    shops.saleor.sell(mug, 0, 3)
    actions = plan_levels(Sides(store), [mug["id"]])
    shops.change(mug, -3)
    record(store, actions)
    drain()
    assert Change.objects.get(verb="stock").state == ("PARKED" if stock == "both" else "DONE")
    for _ in range(2):
        keep_up(shops.store, mug)
    assert shops.both(mug)[:2] == ((4, 4) if stock == "both" else (7, 7))


@pytest.mark.parametrize("fate", ["before", "half", "after"])
@pytest.mark.parametrize("meanwhile", ["nothing", "sold", "shipped"])
def test_a_move_into_saleor_without_an_answer_is_done_once(shops, mug, fate, meanwhile) -> None:
    shops.saleor.sell(mug, 0, 4)
    keep_up(shops.store, mug)
    shops.change(mug, -2)

    def happens() -> str:
        shops.saleor.lose = lambda: ""
        if meanwhile == "sold":
            shops.saleor.sell(mug, 0, 1)
        return fate

    shops.saleor.lose = happens
    hear(shops.store, mug)
    if meanwhile == "shipped":
        shops.saleor.ship(mug, 0, 4)
    for _ in range(3):
        keep_up(shops.store, mug)
    left = 3 if meanwhile == "sold" else 4
    assert shops.both(mug) == (left, left, left)
    assert mug["stock"][0] == (4 if meanwhile == "shipped" else 8)
    assert StockMove.objects.get().state == "DONE"
    assert len(shops.saleor.moves) <= 2


def test_a_move_that_was_lost_and_a_delivery_that_came(shops, mug) -> None:
    """Not done, and the number is another by now: given up, and due again from where it is."""
    shops.change(mug, -2)

    def happens() -> str:
        shops.saleor.lose = lambda: ""
        shops.saleor.restock(mug, 0, 5)
        return "before"

    shops.saleor.lose = happens
    for _ in range(3):
        keep_up(shops.store, mug)
    assert shops.both(mug) == (13, 13, 13)
    assert sorted(StockMove.objects.values_list("state", flat=True)) == ["DONE", "REFUSED"]


def test_an_unanswered_move_is_left_alone_while_saleor_may_still_do_it(shops, mug, settings) -> None:
    settings.BRIDGE_GRACE_SECONDS = 60.0
    shops.change(mug, -2)
    fates = iter(["before"])
    shops.saleor.lose = lambda: next(fates, "")
    hear(shops.store, mug)
    keep_up(shops.store, mug)
    assert shops.saleor.moves == []
    assert StockMove.objects.get().state == "UNKNOWN"
    settings.BRIDGE_GRACE_SECONDS = 0.0
    for _ in range(2):
        keep_up(shops.store, mug)
    assert shops.both(mug) == (8, 8, 8)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("where", ["reserved", "sent", "settled"])
@pytest.mark.parametrize("way", ["up", "down"])
def test_a_worker_that_dies_leaves_nothing_double(shops, mug, monkeypatch, where, way, store) -> None:
    from shopify_bridge.usecases import stock_ledger, stock_writes, take_stock

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    def after(call: Any) -> Any:
        def done(*args: Any, **more: Any) -> None:
            call(*args, **more)
            raise Killed

        return done

    with monkeypatch.context() as patch:
        if way == "up":
            shops.saleor.sell(mug, 0, 2)
            if where == "reserved":
                patch.setattr(stock_writes, "set_levels", die)
            elif where == "sent":
                patch.setattr(stock_writes, "set_levels", after(stock_writes.set_levels))
            else:
                patch.setattr(stock_ledger, "settle", after(stock_ledger.settle))
        else:
            shops.change(mug, -2)
            if where == "reserved":
                patch.setattr(take_stock, "_send", die)
            elif where == "sent":
                patch.setattr(take_stock, "move", after(take_stock.move))
            else:
                patch.setattr(take_stock, "_settle", after(take_stock._settle))
        with pytest.raises(Killed):
            keep_up(store, mug)
    assert Change.objects.filter(state="WORKING").count() == 1
    resume(store)
    shops.saleor.sell(mug, 0, 1)
    shops.change(mug, -1)
    for _ in range(4):
        keep_up(store, mug)
    assert shops.both(mug) == (6, 6, 6)
    assert not Level.objects.exclude(busy=None).exists()


@pytest.mark.parametrize("fate", ["lost", "error_before", "error_after"])
def test_stocking_at_a_location_without_an_answer_is_counted_once(shops, mug, sandbox, admin, fate) -> None:
    faults = sandbox.store.faults
    number, item = (gid.rsplit("/", 1)[-1] for gid in (shops.location(1), shops.item(mug)))
    admin(
        "mutation($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { message } } }",
        id=f"gid://shopify/InventoryLevel/{number}?inventory_item_id={item}",
    )
    assert shops.there(mug, 1) is None
    faults.only = "BridgeStockAt1"
    setattr(faults, fate, 1.0)
    hear(shops.store, mug)
    setattr(faults, fate, 0.0)
    shops.saleor.sell(mug, 1, 1)
    for _ in range(3):
        keep_up(shops.store, mug)
    assert shops.both(mug, 1) == (3, 3, 3)
    shops.change(mug, -1, 1)
    keep_up(shops.store, mug)
    assert shops.both(mug, 1) == (2, 2, 2)
