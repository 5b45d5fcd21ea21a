"""Routing while its twins run: nothing is decided twice, and not one unit is promised twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connections

from saleor_plugins.fulfillment.models import RoutingDecision
from saleor_plugins.fulfillment.usecases import commit_decision as module
from saleor_plugins.fulfillment.usecases.commit_decision import Trigger
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.kernel.errors import InsufficientStock
from saleor_plugins.platform.port import OrderStatus
from tests.integration.fulfillment.conftest import Router
from tests.shopdata import world


@pytest.fixture
def router(transactional_db: None) -> Router:
    made = Router(world())
    made.switch()
    return made


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same time, each on its own connection; answers results or errors."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        close_old_connections()
        start.wait()
        try:
            results[number] = call()
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_order_routed_by_eight_at_once(router) -> None:
    far, near = router.w.make_warehouse(country="DE", countries=["US"]), router.w.make_warehouse(country="US")
    order = router.w.make_order([(router.w.make_variant(stock={far: 5, near: 5}), 2)], allocate={far: 2})
    results = together(*[lambda: route_order(order.id)] * 8)
    assert sum(found.new for found in results) == 1
    assert RoutingDecision.objects.count() == 1
    assert router.held(order.id) == {near.id: 2}


@pytest.mark.parametrize("seed", range(3))
def test_scarce_stock_is_never_promised_twice(router, seed: int) -> None:
    places = [router.w.make_warehouse(country=country, countries=["US"]) for country in ("US", "DE", "US")]
    variants = [router.w.make_variant(stock=dict.fromkeys(places, 3 + seed)) for _ in range(2)]
    orders = [
        router.w.make_order([(variants[n % 2], 3), (variants[(n + 1) % 2], 2)], allocate=False)
        for n in range(10)
    ]
    results = together(
        *[lambda order=order: route_order(order.id, trigger=Trigger.MANUAL) for order in orders]
    )
    assert not [found for found in results if isinstance(found, Exception)]
    for variant in variants:
        stocks = router.shop.stocks([variant.id])
        assert all(row.free >= 0 for row in stocks)
        assert sum(row.allocated for row in stocks) == min(25, 3 * (3 + seed))
    for row in RoutingDecision.objects.all():
        promised = sum(item["quantity"] for parcel in row.plan["parcels"] for item in parcel["items"])
        assert sum(router.held(row.order_id).values()) == promised


@pytest.mark.parametrize("seed", range(3))
def test_cancelled_meanwhile(router, seed: int) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 5})
    order = router.w.make_order([(shirt, 2)])

    def cancel() -> None:
        with router.w.transaction():
            router.shop.order(order.id, lock=True)
            router.w.set_status(order, OrderStatus.CANCELED)

    results = together(cancel, lambda: route_order(order.id), lambda: route_order(order.id))
    assert not [found for found in results if isinstance(found, Exception)]
    assert RoutingDecision.objects.count() <= 1
    assert router.held(order.id) == {}
    assert router.shop.stocks([shirt.id])[0].free == 5


def test_a_lost_race_is_tried_again_then_reported(router, monkeypatch: pytest.MonkeyPatch) -> None:
    far, near = router.w.make_warehouse(country="DE", countries=["US"]), router.w.make_warehouse(country="US")
    order = router.w.make_order([(router.w.make_variant(stock={far: 5, near: 5}), 2)], allocate={far: 2})
    real, lost = module.shop, []

    class Losing:
        def __init__(self, times: int):
            self.left = times

        def __getattr__(self, name: str) -> Any:
            return getattr(real(), name)

        def allocate_under_lock(self, *args: Any, **read: Any) -> None:
            if self.left:
                self.left -= 1
                lost.append(args)
                raise InsufficientStock("gone", field="warehouseId")
            real().allocate_under_lock(*args, **read)

    always = Losing(99)
    monkeypatch.setattr(module, "shop", lambda: always)
    with pytest.raises(InsufficientStock):
        route_order(order.id)
    assert len(lost) == 3 and not RoutingDecision.objects.exists()
    assert router.held(order.id) == {far.id: 2}
    twice = Losing(2)
    monkeypatch.setattr(module, "shop", lambda: twice)
    assert route_order(order.id).new
    assert router.held(order.id) == {near.id: 2}
