"""One worker at a time for one thing, across processes, freed the moment the process dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from django.db import connection


@contextmanager
def exclusive(name: str) -> Iterator[bool]:
    """Whether `name` is ours for the block.

    On Postgres an advisory lock of this connection: it needs no lease, outlives no process, and holds
    while a frozen one is frozen. Connection poolers must pool sessions, not transactions. Other
    databases are for one process alone and need none.
    """
    if connection.vendor != "postgresql":
        yield True
        return
    number = int.from_bytes(sha256(f"shopify-bridge:{name}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
