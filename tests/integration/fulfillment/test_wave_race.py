"""A wave while orders are routed, cancelled and another wave wants to run: not one unit is promised twice."""

from __future__ import annotations

from collections import Counter

import pytest

from saleor_plugins.fulfillment.models import RoutedOrder, RoutingDecision, Wave
from saleor_plugins.fulfillment.usecases import route_wave as use
from saleor_plugins.fulfillment.usecases.commit_decision import Trigger
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.platform.port import OrderStatus
from tests.integration.fulfillment.test_race import router, together  # noqa: F401


@pytest.mark.parametrize("seed", range(3))
def test_a_wave_among_routings_and_another_wave(router, seed: int) -> None:  # noqa: F811
    places = [router.w.make_warehouse(country=country, countries=["US"]) for country in ("US", "DE", "US")]
    variants = [router.w.make_variant(stock=dict.fromkeys(places, 3 + seed)) for _ in range(2)]
    orders = [
        router.w.make_order([(variants[n % 2], 3), (variants[(n + 1) % 2], 2)], allocate=False)
        for n in range(10)
    ]
    waves = [use.ask_wave(seconds=5, queue=False) for _ in range(2)]

    def cancel() -> None:
        with router.w.transaction():
            router.shop.order(orders[0].id, lock=True)
            router.shop.allocate(orders[0].id, [])
            router.w.set_status(orders[0], OrderStatus.CANCELED)

    results = together(
        cancel,
        *[lambda row=row: use.run_wave(row.pk) for row in waves],
        *[lambda order=order: route_order(order.id, trigger=Trigger.EVENT) for order in orders[::2]],
    )
    assert not [found for found in results if isinstance(found, Exception)]
    for row in waves:
        use.run_wave(row.pk)
    assert {row.state for row in Wave.objects.all()} == {"DONE"}
    for variant in variants:
        stocks = router.shop.stocks([variant.id])
        assert all(row.free >= 0 for row in stocks)
        assert sum(row.allocated for row in stocks) == 3 * (3 + seed)
    live = RoutedOrder.objects.filter(state__in=["ROUTED", "PARTIAL"]).exclude(order_id=orders[0].id)
    assert live.exists()
    for row in live.select_related("decision"):
        promised: Counter[str] = Counter()
        for parcel in row.decision.plan["parcels"]:
            promised[parcel["warehouse_id"]] += sum(item["quantity"] for item in parcel["items"])
        assert router.held(row.order_id) == promised
    assert router.held(orders[0].id) == {}


def test_many_orders_swap_in_groups(router) -> None:  # noqa: F811
    """Everybody holds what somebody else should have, and nothing is free."""
    near = router.w.make_warehouse()
    far = router.w.make_warehouse(country="DE", countries=["US"])
    shirt = router.w.make_variant(stock={near: 6, far: 6})
    mug = router.w.make_variant(stock={near: 6})
    small = [router.w.make_order([(shirt, 1)], allocate={near: 1}) for _ in range(6)]
    for order in small:
        route_order(order.id)
    large = [router.w.make_order([(shirt, 1), (mug, 1)], allocate=False) for _ in range(6)]
    for order in large:
        route_order(order.id)
    assert [router.held(order.id) for order in small] == [{near.id: 1}] * 6
    row = use.run_wave(use.ask_wave(seconds=10, queue=False).pk)
    assert (row.state, row.moved, row.changed) == ("DONE", 12, 0)
    assert [router.held(order.id) for order in small] == [{far.id: 1}] * 6
    assert [router.held(order.id) for order in large] == [{near.id: 2}] * 6
    assert RoutingDecision.objects.filter(wave=row).count() == 12
