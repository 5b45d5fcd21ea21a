"""Three years of Saleor's orders read into daily demand, and pages of it read back.

    DATABASE_URL=postgres://... python benchmarks/restock_demand.py [orders] [variants]

On the installed Saleor and a database of its own. Orders of three lines are spread over three years; measured
are a whole reading, the daily one, and pages of 500 variants x 364 days as a run reads them, with the
process's peak memory. Prints the table of docs/restock-demand.md.
"""

from __future__ import annotations

import random
import resource
import sys
import time
import uuid
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.routing_postgres import database, set_up  # noqa: E402

LINES = 3
PAGE = 500
BATCH = 2_000


def main(orders: int, variants: int) -> None:
    set_up()
    with database():
        from django.conf import settings

        settings.TIME_ZONE = "Europe/Berlin"
        ids = make_variants(variants)
        make_orders(orders, ids)
        print(f"{orders:,} orders of {LINES} lines, {variants:,} variants, three years\n")
        print("| step | seconds | peak MB |\n| --- | --- | --- |")
        from saleor_plugins.restock.usecases.rebuild_demand import rebuild_demand

        whole = measured("everything, the first time", lambda: rebuild_demand())
        measured("everything again, nothing changed", lambda: rebuild_demand(full=True))
        measured("the last 35 days", lambda: rebuild_demand())
        measured(f"a page of {PAGE} variants x 364 days", lambda: read_page(ids[:PAGE]))
        measured(f"all pages, {variants:,} variants", lambda: [read_page(page) for page in pages(ids)])
        print(f"\n{whole.changed:,} rows of daily demand")


def measured(name: str, call: Callable[[], Any]) -> Any:
    """Run it, print a row of the table."""
    began = time.monotonic()
    answer = call()
    taken = time.monotonic() - began
    print(
        f"| {name} | {taken:.2f} | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} |", flush=True
    )
    return answer


def make_variants(count: int) -> list[str]:
    """Variants of one product, copied as rows."""
    from saleor.product.models import ProductVariant

    from saleor_plugins.kernel.ids import from_global, to_global
    from tests.shopdata import world

    made = world().make_variant()
    template = ProductVariant.objects.get(pk=from_global(made.id, "ProductVariant"))
    rows = []
    for number in range(count):
        row = copied(template)
        row.sku = f"B-{number}"
        rows.append(row)
    ProductVariant.objects.bulk_create(rows, batch_size=BATCH)
    keys = ProductVariant.objects.filter(sku__startswith="B-").order_by("pk").values_list("pk", flat=True)
    return [to_global("ProductVariant", key) for key in keys]


def make_orders(count: int, variant_ids: list[str]) -> None:
    """Fulfilled orders of the past three years, a few variants selling most."""
    from saleor.order.models import Order, OrderLine

    from saleor_plugins.kernel import clock
    from saleor_plugins.kernel.ids import from_global
    from saleor_plugins.platform.port import OrderStatus
    from saleor_plugins.restock.domain.reading import HISTORY_DAYS
    from tests.shopdata import world

    data, now = world(), clock.now()
    chance = random.Random(7)  # noqa: S311
    made = data.make_order(
        [(data.make_variant(), 1)], allocate=False, paid=False, status=OrderStatus.FULFILLED
    )
    head = Order.objects.get(pk=from_global(made.id, "Order"))
    line = OrderLine.objects.get(order=head)
    keys = [from_global(key, "ProductVariant") for key in variant_ids]
    for begin in range(0, count, BATCH):
        heads = []
        for number in range(begin, min(begin + BATCH, count)):
            row = copied(head)
            row.token = str(uuid.uuid4())
            if hasattr(row, "number"):
                row.number = 1_000_000 + number
            at = now - timedelta(seconds=chance.randint(0, (HISTORY_DAYS - 2) * 86_400))
            row.created = row.created_at = at
            heads.append(row)
        heads = Order.objects.bulk_create(heads)
        OrderLine.objects.bulk_create(_line(line, row, keys, chance) for row in heads for _ in range(LINES))
    Order.objects.filter(pk=head.pk).delete()


def _line(template: Any, order: Any, keys: list[str], chance: random.Random) -> Any:
    row = copied(template)
    row.order, row.quantity = order, chance.randint(1, 4)
    row.variant_id = keys[int(len(keys) * chance.random() ** 2)]
    return row


def copied(template: Any) -> Any:
    """A row like it, not stored yet."""
    row = copy(template)
    row._state = copy(template._state)
    row._state.adding = True
    row.pk = type(row)._meta.pk.get_default()
    return row


def read_page(variant_ids: list[str]) -> None:
    from saleor_plugins.kernel import clock
    from saleor_plugins.restock.usecases.read_history import read_history

    today = clock.now().date()
    read_history(variant_ids, {}, [(key, "w") for key in variant_ids], today)


def pages(ids: list[str]) -> list[list[str]]:
    return [ids[begin : begin + PAGE] for begin in range(0, len(ids), PAGE)]


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    main(*arguments[:2], *[50_000, 10_000][len(arguments) :])
