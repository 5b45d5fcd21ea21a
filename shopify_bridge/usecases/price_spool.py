"""Market prices in a temporary file while a plan is made: memory stays flat however many there are."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ..domain.market import Pair, PriceChange, change_from


class PriceSpool:
    """What Shopify has by list and gid, what was agreed by list and Saleor's id, and what is to do."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shopify-bridge-")
        self._db = sqlite3.connect(
            Path(self._folder.name) / "prices.sqlite3", isolation_level=None, check_same_thread=False
        )
        self._db.executescript("""
            PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
            CREATE TABLE seen (list TEXT, name TEXT, price INT, compared INT, PRIMARY KEY (list, name))
                WITHOUT ROWID;
            CREATE TABLE agreed (list TEXT, name TEXT, price INT, compared INT, PRIMARY KEY (list, name))
                WITHOUT ROWID;
            CREATE TABLE todo (id INTEGER PRIMARY KEY, list TEXT, doc TEXT);
            CREATE INDEX todo_list ON todo (list, id);
        """)

    def close(self) -> None:
        """Remove the file."""
        self._db.close()
        self._folder.cleanup()

    def keep(self, table: str, rows: Iterable[tuple[str, str, Pair]]) -> None:
        """Fill `seen` or `agreed`."""
        source = iter(rows)
        statement = f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?)"  # noqa: S608 - one of two names
        while page := list(islice(source, 1000)):
            self._db.execute("BEGIN")
            self._db.executemany(statement, ((where, name, *pair) for where, name, pair in page))
            self._db.execute("COMMIT")

    def find(self, table: str, price_list: str, name: str) -> Pair | None:
        """A price of `seen` or `agreed`."""
        statement = f"SELECT price, compared FROM {table} WHERE list = ? AND name = ?"  # noqa: S608
        row: Any = self._db.execute(statement, (price_list, name)).fetchone()
        return (row[0], row[1]) if row else None

    def plan(self, price_list: str, change: PriceChange) -> None:
        """Something to do."""
        doc = json.dumps(change.as_json())
        self._db.execute("INSERT INTO todo (list, doc) VALUES (?, ?)", (price_list, doc))

    def batches(self, price_list: str, size: int) -> Iterator[list[PriceChange]]:
        """What is to do in a list, in the order it was planned."""
        rows = self._db.execute("SELECT doc FROM todo WHERE list = ? ORDER BY id", (price_list,))
        while page := rows.fetchmany(size):
            yield [change_from(json.loads(doc)) for (doc,) in page]
