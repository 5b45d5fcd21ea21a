"""`returns(first: 100)` over 100,000 returns: server time, queries, each filter.

    DATABASE_URL=postgres://... python benchmarks/returns_list.py [returns] [rounds]

Ten returns are lived through with the real use cases, in every state, then copied with their orders, lines,
parcels, inspections, refunds, messages and history, as Postgres can copy rows: ids and instants move on, all
else stays. Measured is the view as Saleor calls it (who is asking, GraphQL, queries, JSON), in this
process. Prints the table of docs/returns.md.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.routing_postgres import database, set_up  # noqa: E402

FULL = """number state created
    lines { id orderLineId sku name requested approved received accepted credited settled }
    refunds { id state amounts { gross { amount currency } } rows { component amounts { gross { amount } } }
        parts { paymentId state amount { amount } } }
    timeline { verb at }"""
LEAN = "number state created"
# Of columns that name something of the shop's, those that must differ from copy to copy.
COPIED = {
    "order_id", "order_line_id", "line_id", "payment_id", "number", "origin_id", "tracking_number", "cause",
}  # fmt: skip


def main(wanted: int, rounds: int) -> None:
    set_up()
    with database():
        lives = live()
        began = time.monotonic()
        multiply(wanted // lives)
        print(f"{count()} returns, copied in {time.monotonic() - began:.0f} s\n")
        measure(rounds)


def live() -> int:
    """Returns in every state, made by the use cases; answers how many."""
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.returns.usecases.approve_return import approve_return
    from saleor_plugins.returns.usecases.close_return import close_return
    from saleor_plugins.returns.usecases.decline_return import decline_return
    from tests.integration.returns.rooms import STAFF, make_room

    room = make_room()
    for _ in range(6):
        rma = room.refunded(room.make_shipped(3, 2), 2, 1)
        drain()
        close_return(STAFF, rma.pk)
    room.accepted(room.make_shipped(3, 2), 2, 1)
    approve_return(STAFF, room.request(room.make_shipped(3, 2), 2, 1).pk)
    decline_return(STAFF, room.request(room.make_shipped(3, 2), 2, 1).pk, "Worn.")
    room.request(room.make_shipped(3, 2), 2, 1)
    return count()


def multiply(times: int) -> None:
    """Copy every row of the desk's tables so many times less one, triggers asleep."""
    from django.apps import apps
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in apps.get_app_config("ops_returns").get_models():
            columns = [field.column for field in model._meta.local_concrete_fields]
            values = ", ".join(_copied(field) for field in model._meta.local_concrete_fields)
            names = ", ".join(f'"{name}"' for name in columns)
            table = model._meta.db_table
            cursor.execute(
                f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t, '  # noqa: S608
                f"generate_series(1, {times - 1}) n"
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _copied(field: Any) -> str:
    """SQL for the value of a column in copy `n`. Ids are ordered by time, so theirs moves on."""
    name, kind = f't."{field.column}"', field.db_type(_connection())
    if kind == "uuid":
        text = f"replace({name}::text, '-', '')"
        moved = f"('x' || left({text}, 12))::bit(48)::bigint + n * 60000"
        return f"(lpad(to_hex({moved}), 12, '0') || substr({text}, 13))::uuid"
    if kind.startswith("timestamp"):
        return f"{name} + n * interval '1 minute'"
    if field.column in COPIED:
        return f"CASE WHEN {name} = '' THEN '' ELSE {name} || '-' || n END"
    return name


def _connection() -> Any:
    from django.db import connection

    return connection


def count() -> int:
    from saleor_plugins.returns.models import Return

    return int(Return.objects.count())


def measure(rounds: int) -> None:
    """Every filter the schema has, with all that a list could show, and with little."""
    caller = Caller()
    print("| `returns(first: 100, ...)` | queries | median ms | best ms | of it CPU |\n| - | - | - | - | - |")
    for title, arguments, fields in cases(caller):
        times, busy, queries = caller.timed(arguments, fields, rounds)
        spread = f"{statistics.median(times):.0f} | {min(times):.0f} | {busy:.0f}"
        print(f"| {title} | {queries} | {spread} |", flush=True)


def cases(caller: Caller) -> list[tuple[str, str, str]]:
    """Title, arguments, fields."""
    from saleor_plugins.returns.models import Return
    from saleor_plugins.returns.schema import schema

    middle = caller.cursor(50)
    found = [("number, state, created", "", LEAN), ("with lines, refunds, timeline", "", FULL)]
    found.append(("the same, from the middle", f', after: "{middle}"', FULL))
    row = Return.objects.filter(approved__isnull=False).order_by("pk")[count() // 2]
    known = {
        "orderId": f'"{row.order_id}"',
        "number": f'"{row.number}"',
        "createdFrom": f'"{row.created.isoformat()}"',
        "createdTo": f'"{row.created.isoformat()}"',
        "destinationId": f'"{row.destination_id}"',
        "flagged": "true",
    }
    for name, argument in schema.get_query_type().fields["returns"].args.items():
        if name in ("first", "after"):
            continue
        kind = argument.type
        while hasattr(kind, "of_type"):
            kind = kind.of_type
        values = getattr(kind, "values", None)
        for value in [each.name for each in values] if values else [known[name]]:
            found.append((f"`{name}: {value.strip(chr(34))}`"[:60], f", {name}: {value}", FULL))
    return found


class Caller:
    """Staff who lists."""

    def __init__(self) -> None:
        from saleor_plugins.platform.port import AskerKind
        from tests.shopdata import world

        _, self.token = world().make_asker(AskerKind.STAFF, "MANAGE_ORDERS")

    def ask(self, arguments: str, fields: str) -> Any:
        from saleor_plugins.returns.schema import view
        from tests.shopdata import request

        page = f"edges {{ cursor node {{ id {fields} }} }} pageInfo {{ hasNextPage }}"
        query = f"{{ returns(first: 100{arguments}) {{ {page} }} }}"
        return view(request(self.token, {"query": query})).content

    def cursor(self, at: int) -> str:
        edges = json.loads(self.ask("", LEAN))["data"]["returns"]["edges"]
        return str(edges[at]["cursor"])

    def timed(self, arguments: str, fields: str, rounds: int) -> tuple[list[float], float, int]:
        """Milliseconds of each round, what of it this process was busy, and how many queries one needs."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            answer = json.loads(self.ask(arguments, fields))
        assert "errors" not in answer, answer
        times, busy = [], time.process_time()
        for _ in range(rounds):
            began = time.perf_counter()
            self.ask(arguments, fields)
            times.append((time.perf_counter() - began) * 1000)
        return times, (time.process_time() - busy) * 1000 / rounds, len(queries)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*given, *(100_000, 10)[len(given) :])
