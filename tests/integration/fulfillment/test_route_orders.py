"""The command: all open orders or the named ones, for real or not, with exit codes scripts can use."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.fulfillment.models import RoutingDecision
from saleor_plugins.fulfillment.usecases import route_many
from saleor_plugins.fulfillment.usecases.hold_order import hold_order
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.kernel.errors import InsufficientStock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import OrderStatus


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("route_orders", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def scene(router):
    """Four orders: to route, routed, held, cancelled."""
    far, near = (
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
        router.w.make_warehouse("Near"),
    )
    shirt = router.w.make_variant(stock={far: 50, near: 50})
    orders = [router.w.make_order([(shirt, 2)], allocate={far: 2}) for _ in range(4)]
    route_order(orders[1].id)
    hold_order(orders[2].id, "Wait")
    router.w.set_status(orders[3], OrderStatus.CANCELED)
    return orders, near


def test_routes_what_is_due_and_sums_up(router, scene) -> None:
    orders, near = scene
    code, out, _ = run()
    assert code == 0
    assert out.splitlines() == [
        "3 orders: 1 routed, 1 left as they are, 1 held.",
        "Their parcels cost 5.00 USD.",
    ]
    assert router.held(orders[0].id) == {near.id: 2}
    assert run()[1].startswith("3 orders: 2 left as they are, 1 held.")


def test_a_dry_run_says_what_would_change_and_changes_nothing(router, scene) -> None:
    orders, near = scene
    held = router.held(orders[0].id)
    code, out, _ = run("--dry-run")
    assert code == 0
    assert out.splitlines() == [
        f"Order {orders[0].number}: ROUTED ROUTED 5.00 USD, Near",
        "3 orders: 1 to route, 1 left as they are, 1 held.",
        "Their parcels would cost 5.00 USD.",
        "Dry run: nothing was changed.",
    ]
    assert router.held(orders[0].id) == held != {near.id: 2}
    assert RoutingDecision.objects.count() == 1


def test_named_orders_and_a_limit(router, scene) -> None:
    orders, _ = scene
    assert run("--order", orders[0].id, "--order", orders[3].id)[1].startswith(
        "2 orders: 1 routed, 1 not open."
    )
    assert run("--limit", "1")[1].startswith("1 order: 1 left as they are.")
    code, out, err = run("--order", to_global("Order", 10**6))
    assert (code, out) == (2, "") and err.startswith("No such o")
    assert run("--limit", "0")[0] == 2


def test_a_failure_is_told_and_the_others_go_on(router, scene, monkeypatch: pytest.MonkeyPatch) -> None:
    orders, _ = scene
    real = route_many.route_order

    def loses(order_id: str, **options: object) -> object:
        if order_id == orders[0].id:
            raise InsufficientStock("Lost.", field="warehouseId")
        return real(order_id, **options)

    monkeypatch.setattr(route_many, "route_order", loses)
    code, out, err = run()
    assert code == 1 and err.strip() == f"Order {orders[0].number}: Lost."
    assert "1 failed" in out and "1 left as they are" in out


def test_a_switched_off_plugin_is_said(router, scene) -> None:
    router.switch(active=False)
    assert run()[0] == 2


def test_a_dry_run_of_a_page_costs_the_same_whatever_its_size(router) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 50})
    counts = []
    for _ in range(2):
        for _ in range(3):
            router.w.make_order([(shirt, 1)])
        with CaptureQueriesContext(connection) as seen:
            run("--dry-run")
        counts.append(len(seen))
    assert counts[0] == counts[1]
