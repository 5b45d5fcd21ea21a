"""Saleor's own way of allocating, as its checkout does it, and what must hold of stock whatever happened."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.apps import apps
from django.db import OperationalError, connections, transaction

from saleor_plugins.fulfillment.config import PLUGIN_ID
from saleor_plugins.fulfillment.domain.sourcing.record import parcels_from, slots
from saleor_plugins.fulfillment.models import PlannedParcel, RoutedOrder, RoutingDecision
from saleor_plugins.kernel.errors import OpsError, sqlstate
from saleor_plugins.kernel.ids import from_global
from tests.realshop.base import THREE
from tests.shopdata import world

AT_ONCE = 20
# A few in CI; fifty in the run that docs/routing.md quotes.
SEEDS = range(int(os.environ.get("ROUTING_SEEDS", "2")))
DEADLOCK = "40P01"


def make_world() -> Any:
    """A shop with the router switched on."""
    w = world()
    w.configure_plugin(PLUGIN_ID, active=True)
    return w


def checkout(order: Any, *, reservations: bool = False) -> str:
    """Saleor allocates the order in one transaction: DONE, SHORT, or DEADLOCK when Postgres ended it."""
    from saleor.core.exceptions import InsufficientStock

    row = apps.get_model("order.Order").objects.get(pk=from_global(order.id, "Order"))
    lines = list(row.lines.select_related("variant__product__product_type").order_by("pk"))
    try:
        with transaction.atomic():
            (_three if THREE else _two)(row, lines, reservations)
    except InsufficientStock:
        return "SHORT"
    except OperationalError as error:
        if sqlstate(error) != DEADLOCK:
            raise
        return "DEADLOCK"
    return "DONE"


def _two(row: Any, lines: Sequence[Any], reservations: bool) -> None:
    from saleor.warehouse.management import allocate_stock

    for line in lines:
        allocate_stock(line, "US", line.quantity)


def _three(row: Any, lines: Sequence[Any], reservations: bool) -> None:
    from saleor.order.fetch import OrderLineInfo
    from saleor.site.models import SiteSettings
    from saleor.warehouse.management import allocate_stocks

    allocate_stocks(
        [OrderLineInfo(line=line, quantity=line.quantity, variant=line.variant) for line in lines],
        "US",
        row.channel,
        SiteSettings.objects.get(),
        None,
        calculate_stocks_with_shipping_zones=True,
        check_reservations=reservations,
        checkout_lines=[],
    )


def race(calls: Sequence[Callable[[], Any]], at_once: int = AT_ONCE) -> list[Any]:
    """Answers or errors of all calls, so many connections at a time, the first of them from one instant."""
    start, own = threading.Barrier(min(at_once, len(calls))), threading.local()

    def run(call: Callable[[], Any]) -> Any:
        if not hasattr(own, "started"):
            own.started = True
            start.wait(60)
        try:
            return call()
        except OpsError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(run, calls))


def oversold(shop: Any, variants: Sequence[Any]) -> dict[str, int]:
    """Units promised beyond what is there, by variant."""
    found: Counter[str] = Counter()
    for stock in shop.stocks([variant.id for variant in variants]):
        found[stock.variant_id] += max(stock.allocated - max(stock.on_hand, 0), 0)
    return {key: units for key, units in found.items() if units}


def check_ledger(shop: Any) -> None:
    """Versions have no gaps; what is planned are parcels of the decision in force; and it is the last one."""
    versions: dict[str, list[int]] = {}
    rows = {row.pk: row for row in RoutingDecision.objects.order_by("version")}
    for row in rows.values():
        versions.setdefault(row.order_id, []).append(row.version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values()), versions
    current = {row.order_id: row for row in RoutedOrder.objects.select_related("decision")}
    for order_id, found in versions.items():
        assert current[order_id].decision.version == len(found)
    planned: dict[str, set[str]] = {}
    for parcel in PlannedParcel.objects.all():
        planned.setdefault(parcel.order_id, set()).add(parcel.warehouse_id)
        assert parcel.decision_id == current[parcel.order_id].decision_id
        assert current[parcel.order_id].state != "CLOSED"
    for order_id, warehouses in planned.items():
        plan = current[order_id].decision.plan
        assert warehouses <= {row["warehouse_id"] for row in plan["parcels"]}


def check_routed(shop: Any, order_ids: Sequence[str]) -> None:
    """Each routed order holds what its decision ships, and its parcels are the planned ones."""
    for order_id in order_ids:
        row = RoutedOrder.objects.select_related("decision").get(order_id=order_id)
        plan = slots(parcels_from(row.decision.plan))
        held = {(a.line_id, a.warehouse_id): a.quantity for a in shop.allocations(order_id)}
        assert plan.items() <= held.items(), (plan, held)
        planned = PlannedParcel.objects.filter(order_id=order_id).values_list("warehouse_id", flat=True)
        assert set(planned) == {warehouse_id for _, warehouse_id in plan}
