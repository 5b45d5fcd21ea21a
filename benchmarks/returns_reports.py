"""All reports over 100,000 returns: time and queries of each, of the page and of the longest file.

    DATABASE_URL=postgres://... python benchmarks/returns_reports.py [returns] [rounds] [folder]

Sixty returns are lived through with the real use cases, chance deciding which way, then copied as
benchmarks/returns_list.py does, and spread over 2,000 variants, 40,000 customers and a year. The shop's own
tables hold four order lines for each return. Prints the table of docs/returns-reports.md; the page and the
pictures are left in `folder`, if it is given.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.returns_list import count, multiply  # noqa: E402
from benchmarks.routing_postgres import database, set_up  # noqa: E402

START = datetime(2025, 11, 3, 9, tzinfo=UTC)
LIVES = 60
SOLD_PER_RETURN = 4
# The n-th copy of an order, and all about it, is 4 n hours younger.
YOUNGER = "coalesce(nullif(split_part({}order_id, '-', 2), ''), '0')::int * interval '4 hours'"
THEIRS, ITS = YOUNGER.format("r."), YOUNGER.format("")
SPREAD = f"""
SET LOCAL session_replication_role = replica;
UPDATE ops_returns_receipt t SET at = at + {THEIRS}
    FROM ops_returns_return r WHERE r.id = t.rma_id;
UPDATE ops_returns_refund t SET created = t.created + {THEIRS}, settled = settled + {THEIRS}
    FROM ops_returns_return r WHERE r.id = t.rma_id;
UPDATE ops_returns_inspection t SET at = t.at + {THEIRS}
    FROM ops_returns_return r, ops_returns_receipt p, ops_returns_receiptline l
    WHERE r.id = p.rma_id AND p.id = l.receipt_id AND l.id = t.receipt_line_id;
UPDATE ops_returns_return SET created = created + {ITS}, approved = approved + {ITS};
UPDATE ops_returns_orderledger SET ordered = ordered + {ITS};
UPDATE ops_returns_orderledger SET
    customer_key = encode(sha256((abs(hashtext(order_id)) % 40000)::text::bytea), 'hex'),
    country = (ARRAY['DE', 'DE', 'PL', 'FR', 'US'])[1 + abs(hashtext(number)) % 5];
UPDATE ops_returns_returnableline SET
    variant_id = variant_id || '-' || abs(hashtext(order_line_id)) % 700,
    sku = sku || '-' || abs(hashtext(order_line_id)) % 700;
"""  # noqa: S608  # only our own text


def main(wanted: int, rounds: int, folder: Path | None) -> None:
    set_up()
    with database():
        live()
        began = time.monotonic()
        multiply(wanted // count())
        spread(wanted)
        print(f"{count()} returns, made in {time.monotonic() - began:.0f} s\n")
        measure(rounds)
        if folder:
            leave(folder)


def live() -> None:
    """Returns of every kind, within 55 days."""
    from unittest import mock

    from django.conf import settings

    from saleor_plugins.kernel import clock
    from tests.integration.returns.lives import Lives, add_label
    from tests.integration.returns.rooms import make_room

    class Patch:
        def setattr(self, owner: Any, name: str, value: Any) -> None:
            mock.patch.object(owner, name, value).start()

    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    lives = Lives(make_room(), Patch(), 7, START)
    for number in range(LIVES):
        lives.clock.at = START + timedelta(hours=22 * number)
        rma = lives.live(lives.order(country="US" if number % 3 else "DE"))
        add_label(rma, 400 + number)
    mock.patch.stopall()
    assert clock.now() > START + timedelta(days=60)


def spread(wanted: int) -> None:
    """Many variants and customers, and as many sold units as a shop with these returns would have."""
    from django.apps import apps
    from django.db import connection, transaction

    line = apps.get_model("order", "OrderLine")
    columns = [field.column for field in line._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(f'"{name}"' for name in columns)
    times = wanted * SOLD_PER_RETURN // line.objects.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SPREAD)
        cursor.execute(
            f"INSERT INTO order_orderline ({names}) SELECT {names} "  # noqa: S608
            f"FROM order_orderline, generate_series(1, {times})"
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL ANALYZE")


def scope(days: int = 365) -> Any:
    from saleor_plugins.returns.domain.reports.scope import Scope

    first = START if days > 100 else START + timedelta(days=150)
    return Scope(first, first + timedelta(days=days))


def measure(rounds: int) -> None:
    """Each report as the API counts it, then what a browser and a spreadsheet get."""
    from saleor_plugins.returns.models import Return
    from saleor_plugins.returns.reports.pending import all_deadlines
    from saleor_plugins.returns.reports.registry import REPORTS
    from saleor_plugins.returns.reports.within import asked
    from saleor_plugins.returns.reports.words import NAMES

    found = {days: Return.objects.filter(**asked(scope(days))).count() for days in (365, 30)}
    print(f"{found[365]} returns in the year, {found[30]} in the 30 days\n")
    print("| report | queries | median ms | best ms |\n| - | - | - | - |")
    for name, report in REPORTS.items():
        row(NAMES[name], lambda report=report: report.find(scope()), rounds)
    row("The page of all", page, rounds)
    row("The page of all, 30 days", lambda: page(30), rounds)
    row("`unreceived.csv`, whole", lambda: sum(1 for _ in REPORTS["unreceived"].stream(scope())), rounds)
    row("`deadlines.csv`, whole", lambda: sum(1 for _ in all_deadlines(scope())), rounds)


def row(title: str, run: Callable[[], Any], rounds: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        run()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        times.append((time.perf_counter() - began) * 1000)
    print(f"| {title} | {len(queries)} | {statistics.median(times):.0f} | {min(times):.0f} |", flush=True)


def page(days: int = 365) -> bytes:
    from django.test import RequestFactory

    from saleor_plugins.returns.views.reports import token, view

    return bytes(view(RequestFactory().get("/"), f"open/{token(scope(days))}/").content)


def leave(folder: Path) -> None:
    """The page and every picture, to look at."""
    from saleor_plugins.returns.reports.page import standing_alone
    from saleor_plugins.returns.reports.registry import REPORTS

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_bytes(page())
    for name, report in REPORTS.items():
        pictures = list(report.pictures(report.find(scope())))
        if pictures:
            (folder / f"{name}.svg").write_text(standing_alone(name, pictures))


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:3]]
    main(*numbers, *(100_000, 5)[len(numbers) :], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
