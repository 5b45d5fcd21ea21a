"""Stock when everything happens at once and in every order: units are neither made nor lost."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError

from shopify_bridge.models import Level
from shopify_bridge.usecases.sides import Sides

from .stock_saleor import StockSaleor
from .stock_steps import Shops, keep_up, resume, work

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


def test_workers_and_an_apply_at_once_count_each_sale_once(shops, mug, store, planned) -> None:
    """Four at the same variant: two that keep up, one that plans and applies all, one that sells."""
    from django.db import connection

    from saleor_plugins.kernel.errors import OpsError
    from shopify_bridge.usecases.apply import record

    refused: list[Exception] = []

    def keep() -> None:
        for _ in range(6):
            keep_up(store, mug)

    def apply() -> None:
        for _ in range(3):
            record(store, planned())
            work()

    def sell() -> None:
        for _ in range(10):
            shops.saleor.sell(mug, 0, 1)
            shops.saleor.restock(mug, 0, 2)
            shops.change(mug, -1)
            time.sleep(0.2)

    def run(job: Any) -> None:
        try:
            job()
        except (OpsError, IntegrityError) as error:
            refused.append(error)  # two plans of the same thing: the second comes again
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in (keep, keep, apply, sell)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    resume(store)
    for _ in range(4):
        keep_up(store, mug)
    assert shops.both(mug) == (10, 10, 10)
    assert not Level.objects.exclude(busy=None).exists()


SEEDS = range(int(os.environ.get("STOCK_SEEDS", "6")))


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_happens_in_whatever_order_the_sum_is_kept(shops, mug, sandbox, store, seed) -> None:
    """Sales on both sides, shipments, corrections, imported orders, echoes, twins, lost answers, throttling."""
    from shopify_bridge.usecases.stock_ledger import counted_twice

    chance = random.Random(seed)
    faults = sandbox.store.faults
    untold: list[tuple[int, int, str]] = []
    left = [10, 4]
    fates = ["", "", "", "after", "before"]
    shops.saleor.lose = lambda: chance.choice(fates)

    def sell_saleor(place: int, units: int) -> None:
        shops.saleor.sell(mug, place, units)
        left[place] -= units

    def sell_shopify(place: int, units: int) -> None:
        shops.change(mug, -units, place)
        left[place] -= units

    def found(place: int, units: int) -> None:
        shops.change(mug, units + 2, place)
        left[place] += units + 2

    def restock(place: int, units: int) -> None:
        shops.saleor.restock(mug, place, units + 2)
        left[place] += units + 2

    def imported(place: int, units: int) -> None:
        """Shopify's order is made in Saleor, and the ledger is told at once or later."""
        shops.change(mug, -units, place)
        left[place] -= units
        if chance.random() < 0.5:
            keep_up(store, mug)
        shops.saleor.sell(mug, place, units)
        untold.append((place, units, f"line {len(untold)} of {seed}"))

    def tell(*_: int) -> None:
        for place, units, name in [*untold, *untold]:
            counted_twice(store, mug["id"], shops.location(place), units, name)

    def look(*_: int) -> None:
        keep_up(store, mug)

    def fulfil(place: int, units: int) -> None:
        shops.saleor.ship(mug, place, units)

    events = [sell_saleor, sell_shopify, found, restock, imported, tell, look, look, look, fulfil]
    for _ in range(25):
        faults.error = chance.choice([0.0, 0.3])
        faults.lost = chance.choice([0.0, 0.2])
        faults.throttled = chance.choice([0.0, 0.3])
        chance.choice(events)(chance.randrange(2), chance.randint(1, 3))
    faults.error = faults.lost = faults.throttled = 0.0
    fates[:] = [""]
    tell()
    resume(store)
    for place in range(2):
        shops.saleor.restock(mug, place, 40)
        left[place] += 40
    for _ in range(6):
        look()
    for place in range(2):
        assert shops.both(mug, place) == (left[place],) * 3
    before = len(shops.saleor.moves), shops.calls.count("BridgeSetStock")
    look()
    assert (len(shops.saleor.moves), shops.calls.count("BridgeSetStock")) == before, "it comes to rest"
    assert not Level.objects.exclude(busy=None).exists()
