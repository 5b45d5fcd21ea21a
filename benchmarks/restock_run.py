"""A whole run over a shop, from stock and daily demand in Postgres to drafts that wait for approval.

    DATABASE_URL=postgres://... python benchmarks/restock_run.py [variants]

On the installed Saleor and a database of its own: one warehouse, one supplier, a year of demand with sales
on a tenth of the days, a quarter of the shelves empty. Measured are the first run, which drafts everything,
and a second one, which has to change nothing; with the process's peak memory, and the queries of a page.
Prints the table of docs/restock.md.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.restock_demand import make_variants  # noqa: E402
from benchmarks.routing_postgres import database, set_up  # noqa: E402

_DEMAND = """
    INSERT INTO ops_restock_dailydemand (variant_id, day, country, units, returned)
    SELECT rtrim(encode(convert_to('ProductVariant:' || v.id, 'UTF8'), 'base64'), E'\\n'),
        %s::date - back, 'US', 1 + (random() * random() * 6)::int, 0
    FROM product_productvariant v, generate_series(1, 364) back
    WHERE v.sku LIKE 'B-%%' AND random() < 0.1
"""
_STOCK = """
    INSERT INTO warehouse_stock ({columns}) SELECT {values}
    FROM product_productvariant v WHERE v.sku LIKE 'B-%%'
"""


def main(variants: int) -> None:
    set_up()
    with database():
        make_shop(variants)
        print(f"{variants:,} variants\n")
        print("| step | seconds | peak MB | needs | lines |\n| --- | --- | --- | --- | --- |")
        from saleor_plugins.restock.usecases.suggest import suggest

        measured("the first run", suggest)
        measured("a second one", suggest)
        print(f"\n{queries()} queries for a page of 500, assessed and stored")


def make_shop(count: int) -> None:
    """Variants with stock, terms and a year of demand."""
    from django.db import connection

    from saleor_plugins.kernel import clock
    from saleor_plugins.kernel.ids import from_global
    from saleor_plugins.restock.models import SupplierItem
    from saleor_plugins.restock.settings import PLUGIN_ID
    from saleor_plugins.restock.usecases.suppliers import create_supplier
    from tests.shopdata import world

    data = world()
    data.configure_plugin(PLUGIN_ID, active=True)
    house = data.make_warehouse(country="US", countries=["US"])
    ids = make_variants(count)
    supplier = create_supplier("Acme")
    items = (
        SupplierItem(supplier=supplier, variant_id=key, price=400 + at % 500, currency="USD", pack=1 + at % 6)
        for at, key in enumerate(ids)
    )
    SupplierItem.objects.bulk_create(items, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_DEMAND, [clock.now().date()])
        cursor.execute(_stock_sql(), [from_global(house.id, "Warehouse")])
        cursor.execute("ANALYZE")
    _lists_prices()


def _stock_sql() -> str:
    from saleor.warehouse.models import Stock

    values = {"warehouse_id": "%s", "product_variant_id": "v.id", "quantity": "(v.id %% 4) * 10"}
    if any(field.name == "quantity_allocated" for field in Stock._meta.fields):
        values["quantity_allocated"] = "0"
    return _STOCK.format(columns=", ".join(values), values=", ".join(values.values()))


def _lists_prices() -> None:
    """On 3.x a variant is listed for each channel."""
    from django.db import connection
    from saleor.product import models

    if not hasattr(models, "ProductVariantChannelListing"):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO product_productvariantchannellisting"
            " (variant_id, channel_id, currency, price_amount, discounted_price_amount)"
            " SELECT v.id, c.id, c.currency_code, 15, 15 FROM product_productvariant v, channel_channel c"
            " WHERE v.sku LIKE 'B-%' ON CONFLICT DO NOTHING"
        )


def measured(name: str, call: Callable[[], Any]) -> None:
    """Run it, print a row of the table."""
    from saleor_plugins.restock.models import PurchaseOrderLine

    began = time.monotonic()
    done = call()
    taken = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = PurchaseOrderLine.objects.count()
    print(f"| {name} | {taken:.1f} | {peak} | {done.suggestions:,} | {lines:,} |", flush=True)


def queries() -> int:
    """What a page of the shop asks of Postgres."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from saleor_plugins.platform import shop
    from saleor_plugins.restock.usecases import suggest
    from saleor_plugins.restock.usecases.open_run import open_run

    run, page = open_run(), shop().stocked_variants(limit=500)
    with CaptureQueriesContext(connection) as asked:
        suggest._page(page, run)
    return len(asked)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
