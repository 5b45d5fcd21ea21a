"""A rulebook tried on 100,000 past returns: time, memory, queries.

    DATABASE_URL=postgres://... python benchmarks/returns_simulate.py [returns] [--old]

Real products in a tree of categories, real customers, some in groups; the orders and returns of two years are
generated: one to three lines each, of one to three units, asked for 0 to 60 days after delivery, by 20,000
customers in six countries, no two alike. Each keeps the terms of its day, as the desk stores them; with
`--old` it keeps none, so that windows count from deliveries that are read again. The version in use and the
candidate name categories, countries, groups, reasons, limits on customers, values, fees and postage. One
process; everything `returns_simulate` does but drawing. Prints the table of docs/returns-policy.md.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.routing_postgres import database, set_up  # noqa: E402

PRODUCTS, CATEGORIES, CUSTOMERS, DAYS, SEEDS = 500, 40, 20_000, 730, 5_000
COUNTRIES = ("DE", "FR", "PL", "GB", "US", "CH")
REASONS = ("CHANGED_MIND", "TOO_SMALL", "DEFECTIVE", "STYLE", "NOT_AS_DESCRIBED", "UNSPECIFIED")
NOW = datetime(2026, 11, 1, tzinfo=UTC)

# How a copy differs from what it is a copy of, by column.
_KEY, _ID = "t.{0} || '-' || n", "md5(t.{0}::text || n)::uuid"
CHANGED = {
    **{
        name: _KEY.format(name)
        for name in ("order_id", "order_line_id", "line_id", "number", "fulfillment_id")
    },
    **{name: _ID.format(name) for name in ("id", "rma_id")},
    "customer_key": "'customer-' || abs(hashtext(t.order_id || n)) % 20000",
    "country": f"(ARRAY{list(COUNTRIES)})[1 + abs(hashtext(t.number || n)) % 6]",
    "paid_net": "t.sold * (300 + abs(hashtext(t.order_line_id || n)) % 19700)",
    "reason_code": f"(ARRAY{list(REASONS)})[1 + abs(hashtext(t.line_id || n)) % 6]",
    "created": "t.created - n * interval '3 hours'",
}


def main(wanted: int, old: bool) -> None:
    set_up()
    with database():
        began = time.monotonic()
        goods = make_goods()
        lines = make_returns(goods, wanted, old)
        print(f"{wanted} returns, {lines} lines, made in {time.monotonic() - began:.0f} s\n", flush=True)
        measure(goods, wanted)


def make_goods() -> dict[str, Any]:
    """Products in categories three deep, customers of whom every tenth is in a group."""
    from saleor_plugins.kernel.ids import to_global
    from tests.shopdata import world

    shop = world()
    shop.configure_plugin("saleor_plugins.returns", active=True)
    tree: list[str] = []
    for n in range(CATEGORIES):
        tree.append(shop.make_category(parent=tree[(n - 1) // 3] if n % 13 else None))
    kind = None
    products = []
    for n in range(PRODUCTS):
        variant = shop.make_variant(category=tree[n % CATEGORIES], product_type=kind)
        product = shop.shop.products_of([variant.product_id])[0]
        kind = product.product_type_id
        products.append((product.id, product.category_id))
    users = shop.model("account.User").objects
    made = users.bulk_create(
        users.model(email=f"{n}@example.com", metadata={"customer_group": "vip"} if n % 10 == 0 else {})
        for n in range(CUSTOMERS)
    )
    return {"tree": tree, "products": products, "users": [to_global("User", row.pk) for row in made]}


def make_returns(goods: dict[str, Any], wanted: int, old: bool) -> int:
    """Orders and returns as rows, triggers asleep; answers how many lines.

    Some are made one by one, the others are copies that Postgres makes, each with another customer, country,
    day, price and reason.
    """
    from django.db import connection

    from saleor_plugins.returns.models import Delivery, OrderLedger, Return, ReturnableLine, ReturnLine

    rng, first = random.Random(7), min(wanted, SEEDS)  # noqa: S311
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        rows = [row for n in range(first) for row in one(goods, rng, n, old)]
        for model in (OrderLedger, ReturnableLine, Delivery, Return, ReturnLine):
            model.objects.bulk_create([row for row in rows if isinstance(row, model)], batch_size=SEEDS)
        for model in (OrderLedger, ReturnableLine, Delivery, Return, ReturnLine):
            copy(cursor, model, wanted // first)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return int(ReturnLine.objects.count())


def copy(cursor: Any, model: Any, times: int) -> None:
    """So many rows of each that there is, what stands in CHANGED not as in the original."""
    columns = [field.column for field in model._meta.local_concrete_fields]
    values = ", ".join(CHANGED.get(name, f't."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    table = model._meta.db_table
    cursor.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t, '  # noqa: S608
        f"generate_series(1, {times - 1}) n"
    )


def one(goods: dict[str, Any], rng: random.Random, n: int, old: bool) -> list[Any]:
    """A return with its order."""
    from saleor_plugins.returns.models import Delivery, OrderLedger, Return, ReturnableLine, ReturnLine

    customer = min(rng.randrange(CUSTOMERS), rng.randrange(CUSTOMERS))
    created = NOW - timedelta(days=DAYS * n / SEEDS, seconds=n % 977)
    since = created - timedelta(days=rng.randrange(61))
    key = f"order-{n}"
    ledger = OrderLedger(
        order_id=key, number=str(n), currency="USD", user_id=goods["users"][customer], channel="default",
        country=rng.choice(COUNTRIES), customer_key=f"customer-{customer}", created=created,
    )  # fmt: skip
    bought = []
    for i in range(rng.randint(1, 3)):
        product, category = rng.choice(goods["products"])
        units, price = rng.randint(1, 3), rng.randint(300, 20_000)
        bought.append(
            ReturnableLine(
                order_line_id=f"{key}-{i}",
                order=ledger,
                product_id=product,
                category_id=category,
                sold=units,
                shipped=units,
                reserved=units,
                paid_net=price * units,
                paid_tax=price * units // 5,
                name=f"Thing {i}",
            )
        )
    rma = Return(
        number=f"{n}-R1", order=ledger, user_id=ledger.user_id, requested_by="CUSTOMER", state="REQUESTED",
        created=created, terms={} if old else terms(bought, since),
    )  # fmt: skip
    asked = [
        ReturnLine(rma=rma, line=row, position=i, requested=row.sold, reason_code=rng.choice(REASONS))
        for i, row in enumerate(bought)
    ]
    return [ledger, *bought, Delivery(fulfillment_id=f"parcel-{n}", order_id=key, at=since), rma, *asked]


def terms(bought: list[Any], since: datetime) -> dict[str, Any]:
    """As large as what the desk keeps."""
    from saleor_plugins.returns.domain.rules.terms import Finding, LineTerms, Terms

    day = since.date()
    lines = tuple(
        LineTerms(row.order_line_id, since=day, until=day + timedelta(days=30), window_days=30)
        for row in bought
    )
    said = tuple(
        Finding(f"rule{n}", "settings", "", "CODE", "What one rule said, in plain words.") for n in range(6)
    )
    return Terms("USD", lines=lines, findings=said).to_json()


def measure(goods: dict[str, Any], wanted: int) -> None:
    """Candidate against the version in use."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from saleor_plugins.platform.port import Asker, AskerKind
    from saleor_plugins.returns.domain.rules.book import Book
    from saleor_plugins.returns.usecases.activate_rulebook import activate_rulebook
    from saleor_plugins.returns.usecases.save_rulebook import save_rulebook
    from saleor_plugins.returns.usecases.simulate_rulebook import simulate

    staff = Asker(AskerKind.STAFF, "VXNlcjox")
    activate_rulebook(staff, save_rulebook(staff, in_use(goods["tree"])).pk)
    span = (NOW - timedelta(days=DAYS + 5), NOW + timedelta(days=1))
    print("| returns | candidate | s | of it CPU | returns/s | changed | peak MiB |\n" + "| --- " * 7 + "|")
    for title, document in (
        ("settings alone", {}),
        ("every rule", candidate(goods["tree"])),
    ):
        book = Book.read(document)
        began, busy = time.monotonic(), time.process_time()
        found = simulate(book, *span)
        seconds, busy = time.monotonic() - began, time.process_time() - busy
        assert found.requests == wanted
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"| {found.requests:,} | {title} | {seconds:.1f} | {busy:.1f} | {found.requests / seconds:,.0f} "
            f"| {found.changed:,} | {peak:.0f} |",
            flush=True,
        )
    with CaptureQueriesContext(connection) as captured:
        simulate(Book.read({}), span[0], span[0] + timedelta(days=40))
    print(f"\n{len(captured.captured_queries)} queries for a page.")


def in_use(tree: list[str]) -> dict[str, Any]:
    """What a merchant with some experience has."""
    return {
        "window": [
            {"when": {"countries": ["DE"]}, "days": 40},
            {"when": {"categories": tree[1:2]}, "days": 14},
        ],
        "approve": [{"automatic": True}],
        "serial": [{"days": 90, "returns": 6}],
        "postage": [{"when": {"reasons": ["CHANGED_MIND"]}, "payer": "CUSTOMER", "amounts": {"USD": "4.90"}}],
    }


def candidate(tree: list[str]) -> dict[str, Any]:
    """Everything at once."""
    return {
        "window": [
            {"when": {"customer_groups": ["vip"]}, "days": 60},
            {"when": {"categories": tree[1:4], "countries": ["EU"]}, "days": 21},
            {"when": {"minimum_price": {"USD": "150.00"}}, "days": 14},
            {"days": 30},
        ],
        "final_sale": [{"when": {"categories": tree[5:6]}, "final": True}],
        "serial": [
            {"days": 90, "returns": 4, "value": {"USD": "900.00"}},
            {"days": 365, "units": 20, "then": "REFUSE"},
        ],
        "quantity": [{"per_line": 3, "per_request": 8}],
        "value": [{"most": {"USD": "600.00"}}],
        "approve": [{"when": {"countries": ["US", "EU"]}, "automatic": True}],
        "fees": [{"when": {"reasons": ["CHANGED_MIND", "STYLE"]}, "percent": "10"}],
        "postage": [{"payer": "CUSTOMER", "amounts": {"USD": "5.90"}}],
        "keep": [{"when": {"reasons": ["DEFECTIVE"]}, "below": {"USD": "9.00"}}],
        "refund_on": [{"when": {"countries": ["DE"]}, "moment": "SCAN"}, {"moment": "INSPECTION"}],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("returns", nargs="?", type=int, default=100_000)
    parser.add_argument("--old", action="store_true")
    given = parser.parse_args()
    main(given.returns, given.old)
