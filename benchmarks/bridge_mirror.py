"""What a first mirror, a change of stock and a run with nothing to do take, beside how others do it.

    DATABASE_URL=postgres://... python benchmarks/bridge_mirror.py [products] [products of the others]

In the bridge's environment, with `pip install lib-shopify-graphql` and `pip install --no-deps
odoo-addon-shopify-connector` for the others (they are left out where they are missing). One run, one local
store each, real HTTP: products with three variants, a picture, two metafields, stock at two places. Counted
are calls and points (by the store's cost rules; REST has calls only), which do not depend on the machine. The
floor is what the rate limit of a Standard plan makes of them: 100 points or 2 REST calls a second.
Prints the tables of docs/shopify-bridge.md.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.bridge_doors import open_doors  # noqa: E402
from benchmarks.bridge_rivals import SIZES, Item, Pushed, library, odoo, rest  # noqa: E402
from benchmarks.bridge_store import TOKEN, Counted, store  # noqa: E402

POLLS = {"BridgeBulk", "BridgeBulks"}
POINTS_A_SECOND, CALLS_A_SECOND = 100, 2


def set_up() -> None:
    """Configure Django for the bridge."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "shopify_bridge.settings"
    os.environ["CELERY_BROKER_URL"] = ""
    os.environ.setdefault("SECRET_KEY", "only for the benchmark")
    import django

    django.setup()


@contextmanager
def database() -> Iterator[None]:
    """A database of its own for as long as the block takes."""
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


@contextmanager
def connected(items: list[Item], policy: dict[str, Any]) -> Iterator[tuple[Any, Any, Any, Counted]]:
    """A Saleor with the catalogue, an empty store, and a connection between them."""
    from shopify_bridge.usecases.connect import Connection, connect
    from tests.integration.bridge.fake_saleor import TOKEN as SALEOR_TOKEN
    from tests.integration.bridge.fake_saleor import FakeSaleor

    with (
        tempfile.TemporaryDirectory() as folder,
        store(Path(folder)) as (sandbox, counted),
        FakeSaleor("v3") as saleor,
    ):
        saleor.attributes += [
            {"slug": "material", "name": "Material", "inputType": "DROPDOWN"},
            {"slug": "origin", "name": "Origin", "inputType": "PLAIN_TEXT"},
        ]
        for item in items:
            _fill(saleor, item)
        name = f"bench-{time.monotonic_ns()}"
        given = Connection(name, saleor.url, SALEOR_TOKEN, sandbox.url, TOKEN, "default")
        row = connect(given, {}, by_order=True)[0]
        row.policy = policy
        row.save()
        yield row, saleor, sandbox, counted
        row.delete()


def _fill(saleor: Any, item: Item) -> None:
    from tests.integration.bridge.fake_saleor import gid

    rows = [
        {"sku": item.sku(size), "price": item.price, "size": size, "stock": [item.number % 50, at]}
        for at, size in enumerate(SIZES)
    ]
    saleor.product(
        item.number,
        item.title,
        rows,
        description=f'{{"blocks": [{{"type": "paragraph", "data": {{"text": "All about {item.title}."}}}}]}}',
        images=[(gid("ProductImage", item.number), item.picture, item.title)],
        attributes=[("material", "DROPDOWN", ["cotton"]), ("origin", "PLAIN_TEXT", [str(item.number)])],
    )


def apply(row: Any) -> tuple[Any, float]:
    """Prepare, plan, record and carry out; the run and the seconds."""
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import OPEN, Change
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.plan import make_plan
    from shopify_bridge.usecases.sides import Sides

    began, sides = time.monotonic(), Sides(row)
    prepare(sides)
    run = record(row, make_plan(sides))
    while Change.objects.filter(store=row, state__in=OPEN).exists():
        if not drain():
            time.sleep(0.1)
    parked = Change.objects.filter(store=row, state="PARKED").values_list("verb", "label", "reason")[:3]
    assert not parked, list(parked)
    return run, time.monotonic() - began


def calls(counted: Counted) -> tuple[int, int]:
    """Calls and polls since the last reset."""
    polls = sum(number for name, number in counted.calls.items() if name in POLLS)
    return sum(counted.calls.values()) - polls, polls


def mirror(items: list[Item], bulk: str) -> tuple[Pushed, dict[str, Any]]:
    """A first mirror; then nothing; then every level changes."""
    with connected(items, {"bulk": bulk} if bulk != "auto" else {}) as (row, saleor, _, counted):
        counted.reset()
        _, seconds = apply(row)
        first, first_polls = calls(counted)
        said = {
            "seconds": seconds,
            "polls": first_polls,
            "by name": Counter(counted.calls),
            "spent": Counter(counted.spent),
        }
        pushed = Pushed(len(items), first, counted.points, 0, 0)
        counted.reset()
        run, seconds = apply(row)
        said |= {"nothing": calls(counted), "nothing seconds": seconds, "nothing run": run}
        said["nothing by name"] = Counter(counted.calls)
        for product in saleor.products:
            for variant in product["variants"]:
                variant["stock"] = [units + 7 for units in variant["stock"]]
        counted.reset()
        _, seconds = apply(row)
        pushed.levels = sum(len(v["stock"]) for p in saleor.products for v in p["variants"])
        pushed.level_calls = counted.calls["BridgeSetStock"] / pushed.levels
        said |= {"stock": calls(counted), "stock seconds": seconds, "stock by name": Counter(counted.calls)}
        return pushed, said


def main(products: int, others: int) -> None:
    set_up()
    open_doors()
    items = [Item(number) for number in range(1, products + 1)]
    print(f"{products:,} products x {len(SIZES)} variants; {others:,} for the others\n")
    print("| how | calls a product | points | floor for 10,000 | calls a stock level | stock at 2026-10 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, push in rivals().items():
        with tempfile.TemporaryDirectory() as folder, store(Path(folder)) as (sandbox, counted):
            show(name, push(counted, items[:others], sandbox.url))
    with database():
        alone, alone_said = mirror(items[:others], "never")
        show("shopify-bridge, one by one", alone)
        bulk, said = mirror(items, "auto")
        show("shopify-bridge, in bulk", bulk)
    tell(products, said)
    print(f"\none by one, calls by name: {dict(alone_said['by name'])}; points: {dict(alone_said['spent'])}")


def rivals() -> dict[str, Callable[[Counted, list[Item], str], Pushed]]:
    """Those that are installed."""
    found: dict[str, Callable[[Counted, list[Item], str], Pushed]] = {
        "ShopifyAPI, REST style": lambda counted, items, url: rest(counted, items)
    }
    if find_spec("lib_shopify_graphql"):
        found["lib-shopify-graphql (1 variant, no metafields)"] = library
    try:
        from importlib.metadata import distribution

        distribution("odoo-addon-shopify-connector")
        found["Odoo's connector (no metafields)"] = odoo
    except ImportError:
        pass
    return found


def show(name: str, pushed: Pushed) -> None:
    """One row. REST is limited by calls, with those for stock; GraphQL by points, here without stock."""
    stock = pushed.level_calls * pushed.levels / pushed.products
    each = pushed.calls / pushed.products
    seconds = (
        pushed.points / pushed.products / POINTS_A_SECOND
        if pushed.points
        else (each + stock) / CALLS_A_SECOND
    )
    points = f"{pushed.points / pushed.products:.1f}" if pushed.points else "–"
    print(
        f"| {name} | {each:.3g} | {points} | {duration(seconds * 10_000)} | {pushed.level_calls:.3g} |"
        f" {'refused' if pushed.refused else 'works'} |"
    )


def duration(seconds: float) -> str:
    """For people."""
    return (
        f"{seconds / 3600:.1f} h"
        if seconds > 5400
        else f"{seconds / 60:.0f} min"
        if seconds > 90
        else f"{seconds:.0f} s"
    )


def tell(products: int, said: dict[str, Any]) -> None:
    """What the bulk mirror took."""
    print(f"\n| in bulk, {products:,} products | calls | polls | seconds |\n| --- | --- | --- | --- |")
    first = sum(said["by name"].values()) - said["polls"]
    print(f"| the first mirror | {first} | {said['polls']} | {said['seconds']:.0f} |")
    print(f"| nothing to do | {said['nothing'][0]} | {said['nothing'][1]} | {said['nothing seconds']:.0f} |")
    print(f"| every level changed | {said['stock'][0]} | {said['stock'][1]} | {said['stock seconds']:.0f} |")
    for name in ("by name", "nothing by name", "stock by name"):
        print(f"\n{name}: {dict(said[name])}")
    gc.collect()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:.0f} MB, with the local store and Saleor in the same process")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [10_000, 200][len(given) :]))
