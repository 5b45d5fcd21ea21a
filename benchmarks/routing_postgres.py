"""Routing on a real Postgres and the installed Saleor: its own allocation against ours, then a full drain.

    DATABASE_URL=postgres://... python benchmarks/routing_postgres.py [orders a kind] [orders to drain] [seed]

For orders of 1, 3, 5 and 10 lines over ten warehouses, in one run on one server: the time Saleor takes to
allocate the order (as its checkout does), and the time to route it with the decision committed: locks, facts,
optimum, allocations, ledger, planned parcels, events, the order's history. Then many open orders that no
hook reported are found by the sweep and routed by a worker, with memory. A database of its own is made and
removed. Prints the tables of docs/routing.md.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

LINES = (1, 3, 5, 10)
WAREHOUSES = 10
VARIANTS = 60


def set_up() -> bool:
    """Configure Django for the Saleor that is installed; True for 3.x."""
    found = find_spec("saleor")
    assert found is not None, "Run it where a Saleor is installed."
    three = any((Path(place) / "channel").is_dir() for place in found.submodule_search_locations or ())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"devshop.settings.saleor{3 if three else 2}")
    os.environ["CELERY_BROKER_URL"] = "memory://"
    import django
    from django.conf import settings

    if "replica" in settings.DATABASES:
        del settings.DATABASES["replica"]
        settings.DATABASE_CONNECTION_REPLICA_NAME, settings.DATABASE_ROUTERS = "default", []
    django.setup()
    settings.DEBUG = False
    return three


@contextmanager
def database() -> Iterator[None]:
    """A database of its own for as long as the block takes."""
    from django.db import connection

    from devshop import tables

    tables.connect()
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


class Shop:
    """Ten warehouses with uneven stock, a rate card, and orders of any size."""

    def __init__(self, rng: random.Random, three: bool) -> None:
        from saleor_plugins.fulfillment.config import PLUGIN_ID
        from tests.shopdata import world

        self.rng, self.three, self.w = rng, three, world()
        self.w.configure_plugin(PLUGIN_ID, active=True)
        countries = ("US", "US", "US", "US", "CA", "CA", "MX", "DE", "FR", "GB")
        self.places = [
            self.w.make_warehouse(f"W{n}", country=country, countries=["US"])
            for n, country in enumerate(countries[:WAREHOUSES])
        ]
        self._card()
        self.variants = [
            self.w.make_variant(
                stock={
                    place: rng.choice((0, 40, 400)) + 400 * (n % 9 == 0)
                    for n, place in enumerate(self.places)
                },
                weight_grams=rng.randrange(100, 3000),
            )
            for _ in range(VARIANTS)
        ]

    def _card(self) -> None:
        """The later in Saleor's sorting order the cheaper, so that nearly every order has to move."""
        from saleor_plugins.fulfillment.models import Rate, RateCard

        card = RateCard.objects.create(name="Benchmark", currency="USD", is_active=True)
        for n, place in enumerate(self.places):
            Rate.objects.create(
                card=card,
                warehouse_id=place.id,
                base=1100 - 70 * n,
                per_kg=140 - 10 * n,
                transit_days=4 - n // 3,
            )

    def order(self, lines: int) -> Any:
        """An open, paid order that holds nothing yet."""
        chosen = self.rng.sample(self.variants, lines)
        return self.w.make_order([(variant, self.rng.randint(1, 3)) for variant in chosen], allocate=False)

    def stock_up(self) -> None:
        """Enough for the next orders, in the same uneven places."""
        from django.apps import apps

        apps.get_model("warehouse.Stock").objects.filter(quantity__gt=0).update(quantity=100_000)

    def saleors_way(self, order: Any) -> Callable[[], None]:
        """Saleor's own allocation of the order, as its checkout does it; what it is given is read before."""
        from django.apps import apps

        from saleor_plugins.kernel.ids import from_global

        row = apps.get_model("order.Order").objects.get(pk=from_global(order.id, "Order"))
        lines = list(row.lines.select_related("variant__product__product_type").order_by("pk"))
        return self._three(row, lines) if self.three else self._two(lines)

    def _two(self, lines: list[Any]) -> Callable[[], None]:
        from django.db import transaction
        from saleor.warehouse.management import allocate_stock

        def allocate() -> None:
            with transaction.atomic():
                for line in lines:
                    allocate_stock(line, "US", line.quantity)

        return allocate

    def _three(self, row: Any, lines: list[Any]) -> Callable[[], None]:
        from django.db import transaction
        from saleor.order.fetch import OrderLineInfo
        from saleor.plugins.manager import get_plugins_manager
        from saleor.site.models import SiteSettings
        from saleor.warehouse.management import allocate_stocks

        infos = [OrderLineInfo(line=line, quantity=line.quantity, variant=line.variant) for line in lines]
        channel, settings = row.channel, SiteSettings.objects.get()
        get_plugins_manager(allow_replica=False)

        def allocate() -> None:
            with transaction.atomic():
                allocate_stocks(
                    infos,
                    "US",
                    channel,
                    settings,
                    None,
                    calculate_stocks_with_shipping_zones=True,
                    check_reservations=True,
                    checkout_lines=[],
                )

        return allocate


@contextmanager
def clocked(times: list[float]) -> Iterator[None]:
    """Add the milliseconds that the block takes."""
    start = time.perf_counter()
    yield
    times.append((time.perf_counter() - start) * 1000)


def compare(shop: Shop, per_kind: int) -> None:
    """Both ways on the same orders, one after the other."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from saleor_plugins.fulfillment.usecases.route_order import route_order

    print("| lines | Saleor allocates, ms | queries | we route and commit, ms | queries | moved | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for lines in LINES:
        theirs: list[float] = []
        ours: list[float] = []
        counted, moves = (0, 0), 0
        for number in range(per_kind + 3):
            shop.stock_up()
            order = shop.order(lines)
            allocate = shop.saleors_way(order)
            if number == 0:
                with CaptureQueriesContext(connection) as first:
                    allocate()
                with CaptureQueriesContext(connection) as second:
                    assert route_order(order.id).new
                counted = (len(first), len(second))
                continue
            with clocked(theirs):
                allocate()
            before = shop.w.shop.allocations(order.id)
            with clocked(ours):
                assert route_order(order.id).new
            moves += before != shop.w.shop.allocations(order.id)
        moved = 100 * moves // len(ours)
        a, b = statistics.median(theirs[2:]), statistics.median(ours[2:])
        print(
            f"| {lines} | {a:.1f} (p95 {_p95(theirs[2:]):.1f}) | {counted[0]} "
            f"| {b:.1f} (p95 {_p95(ours[2:]):.1f}) | {counted[1]} | {moved} % | {b / a:.2f} |"
        )


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def fill(shop: Shop, count: int) -> None:
    """Many open orders of 1 to 5 lines, copied from a pattern in bulk."""
    from django.apps import apps
    from django.utils import timezone

    from saleor_plugins.kernel.ids import from_global

    order_model, line_model = apps.get_model("order.Order"), apps.get_model("order.OrderLine")
    pattern = shop.order(1)
    head = order_model.objects.get(pk=from_global(pattern.id, "Order"))
    line = head.lines.get()
    keys = [int(from_global(variant.id, "ProductVariant")) for variant in shop.variants]
    for start in range(0, count, 500):
        rows = []
        for n in range(min(500, count - start)):
            values = {f.attname: getattr(head, f.attname) for f in order_model._meta.concrete_fields}
            values.pop("id")
            values.pop("number", None)
            for unique in ("token", "search_vector"):
                if unique in values:
                    values[unique] = "" if unique == "token" else None
            values["token"] = f"bench-{start + n}" if "token" in values else None
            if "token" not in {f.attname for f in order_model._meta.concrete_fields}:
                values.pop("token")
            values["created_at" if shop.three else "created"] = timezone.now()
            row = order_model(**values)
            if shop.three:
                row.number = 1_000_000 + start + n
            rows.append(row)
        order_model.objects.bulk_create(rows)
        lines = []
        for row in rows:
            for key in shop.rng.sample(keys, shop.rng.randint(1, 5)):
                values = {f.attname: getattr(line, f.attname) for f in line_model._meta.concrete_fields}
                values.pop("id")
                values.pop("token", None)
                values |= {"order_id": row.pk, "variant_id": key, "quantity": shop.rng.randint(1, 3)}
                lines.append(line_model(**values))
        line_model.objects.bulk_create(lines)


def drain(shop: Shop, count: int) -> None:
    """Have all open orders found by the sweep and routed by a worker, as where no hook reports anything."""
    from saleor_plugins.delivery import relay
    from saleor_plugins.fulfillment.models import RoutedOrder
    from saleor_plugins.fulfillment.tasks.sweep import find_unrouted

    fill(shop, count - 1)  # and the order they are copied from
    shop.stock_up()
    print(f"\nMemory before the first sweep: {_memory()} MB.\n")
    print("| after sweep | orders routed | orders per second | memory, MB |\n| --- | --- | --- | --- |")
    begun, done, sweeps = time.perf_counter(), RoutedOrder.objects.count(), 0
    last = done
    while last - done < count:
        start = time.perf_counter()
        find_unrouted()
        while relay.run():
            pass
        sweeps, now = sweeps + 1, RoutedOrder.objects.count()
        speed = (now - last) / (time.perf_counter() - start)
        print(f"| {sweeps} | {now - done} | {speed:.0f} | {_memory()} |", flush=True)
        last = now
    seconds = time.perf_counter() - begun
    states = RoutedOrder.objects.values_list("state", flat=True)
    print(f"\n{count} orders in {seconds:.0f} s: {count / seconds:.0f} per second, one process.")
    print(f"States: {dict(Counter(states))}; peak memory {_peak()} MB.")


def _memory() -> int:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 2**20


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(per_kind: int = 60, to_drain: int = 10_000, seed: int = 1) -> None:
    """Both tables; no order of a kind leaves its table out."""
    three = set_up()
    with database():
        shop = Shop(random.Random(seed), three)  # noqa: S311
        if per_kind:
            compare(shop, per_kind)
        if to_drain:
            drain(shop, to_drain)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
