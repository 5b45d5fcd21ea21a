"""The store's state: JSON documents in one SQLite file, so that it survives a restart."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .filters import INDEXES
from .links import Links

Doc = dict[str, Any]
Changes = dict[str, tuple[str, Doc | None, Doc | None]]

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, gid TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS media_waiting ON objects (seq)
    WHERE kind = 'MediaImage' AND json_extract(doc, '$.status') IN ('UPLOADED', 'PROCESSING');
CREATE TABLE IF NOT EXISTS names (
    scope TEXT NOT NULL, value TEXT NOT NULL, gid TEXT NOT NULL, PRIMARY KEY (scope, value));
CREATE INDEX IF NOT EXISTS names_gid ON names (gid);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


def instant() -> str:
    """Now, as the Admin API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class State:
    """Documents by gid, unique names (handles, metafields of type id), idempotency answers.

    One lock serialises requests: a store for trials needs correctness, not concurrency. `watch` is told,
    after each transaction, what it changed: gid -> (kind, document before, document after); only kinds in
    `watched` are looked at.
    """

    def __init__(self, path: Path | str):
        self.lock = threading.RLock()
        self.watched: frozenset[str] = frozenset()
        self.watch: Callable[[Changes], None] | None = None
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA cache_size=-32000")
        self._db.executescript(_TABLES + INDEXES)
        self.links = Links(self._db)
        self._depth, self._changes = 0, Changes()
        self._numbers: dict[str, int] = dict(self._db.execute("SELECT name, value FROM counters"))
        self._drawn: set[str] = set()

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that happens inside is stored, or none of it. One inside another is a part of it."""
        with self.lock:
            outer, before = self._depth == 0, dict(self._changes) if self.watched else {}
            name = f"s{self._depth}"
            self._db.execute("BEGIN IMMEDIATE" if outer else f"SAVEPOINT {name}")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK" if outer else f"ROLLBACK TO {name}")
                self._changes = before
                raise
            else:
                if outer:
                    self._write_numbers()
            finally:
                self._depth -= 1
                if not outer:
                    self._db.execute(f"RELEASE {name}")
            if outer:
                self._commit()

    def _commit(self) -> None:
        self._db.execute("COMMIT")
        changes, self._changes = self._changes, {}
        if changes and self.watch:
            self.watch(changes)

    def _write_numbers(self) -> None:
        rows = [(name, self._numbers[name]) for name in self._drawn]
        self._db.executemany("INSERT OR REPLACE INTO counters VALUES (?, ?)", rows)
        self._drawn.clear()

    def number(self, name: str, start: int = 1) -> int:
        """The next number of a counter. A transaction that is rolled back leaves a gap."""
        value = self._numbers[name] = self._numbers.get(name, start - 1) + 1
        self._drawn.add(name)
        return value

    def gid(self, kind: str) -> str:
        """A new id of `kind`, as Shopify forms them."""
        return f"gid://shopify/{kind}/{self.number('gid', 7_000_001)}"

    def get(self, gid: str | None) -> Doc | None:
        """The document with that gid."""
        row = self._db.execute("SELECT doc FROM objects WHERE gid = ?", (gid,)).fetchone()
        return json.loads(row[0]) if row else None

    def many(self, gids: list[str]) -> list[Doc]:
        """The documents with those gids, in that order."""
        return [doc for gid in gids if (doc := self.get(gid)) is not None]

    def put(self, kind: str, doc: Doc) -> Doc:
        """Store a document under its "id"; a new one comes last in its kind."""
        text = json.dumps(doc)
        self._changed(doc["id"], kind, doc)
        done = self._db.execute("UPDATE objects SET doc = ? WHERE gid = ?", (text, doc["id"]))
        if not done.rowcount:
            self._db.execute("INSERT INTO objects (gid, kind, doc) VALUES (?, ?, ?)", (doc["id"], kind, text))
        return doc

    def delete(self, gid: str) -> None:
        """Forget a document and its names."""
        self._changed(gid, gid.split("/")[3] if gid.count("/") > 3 else "", None)
        self._db.execute("DELETE FROM objects WHERE gid = ?", (gid,))
        self._db.execute("DELETE FROM names WHERE gid = ?", (gid,))

    def _changed(self, gid: str, kind: str, after: Doc | None) -> None:
        if kind in self.watched:
            known = self._changes.get(gid)
            before = known[1] if known else self.get(gid)
            if before is None and after is None:
                self._changes.pop(gid, None)
            else:
                self._changes[gid] = (kind, before, after)

    def page(self, kind: str, after: int, limit: int, *, newest: bool = False) -> list[tuple[int, Doc]]:
        """(cursor, document) of up to `limit` documents behind the cursor `after` (0: from the start)."""
        order, beyond = ("DESC", "seq < ?") if newest else ("ASC", "seq > ?")
        start = after or (2**62 if newest else 0)
        rows = self._db.execute(
            f"SELECT seq, doc FROM objects WHERE kind = ? AND {beyond} ORDER BY seq {order} LIMIT ?",  # noqa: S608
            (kind, start, limit),
        )
        return [(seq, json.loads(doc)) for seq, doc in rows]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query over the table `objects` finds."""
        return self._db.execute(sql, values).fetchall()

    def count(self, kind: str) -> int:
        """How many documents of `kind` there are."""
        return self._db.execute("SELECT COUNT(*) FROM objects WHERE kind = ?", (kind,)).fetchone()[0]

    def named(self, scope: str, value: str) -> str | None:
        """Who holds a unique name."""
        row = self._db.execute(
            "SELECT gid FROM names WHERE scope = ? AND value = ?", (scope, value)
        ).fetchone()
        return row[0] if row else None

    def names_in(self, scope: str) -> int:
        """How many names there are in a scope."""
        return self._db.execute("SELECT COUNT(*) FROM names WHERE scope = ?", (scope,)).fetchone()[0]

    def name(self, scope: str, value: str, gid: str) -> None:
        """Give `gid` a name in `scope`, instead of the one it had there."""
        self.unname(scope, gid)
        self._db.execute("INSERT INTO names VALUES (?, ?, ?)", (scope, value, gid))

    def unname(self, scope: str, gid: str) -> None:
        """Take a name away from `gid`."""
        self._db.execute("DELETE FROM names WHERE scope = ? AND gid = ?", (scope, gid))

    def answer(self, key: str) -> tuple[str, Doc] | None:
        """The request digest and the answer stored under an idempotency key."""
        row = self._db.execute("SELECT request, answer FROM answers WHERE key = ?", (key,)).fetchone()
        return (row[0], json.loads(row[1])) if row else None

    def remember(self, key: str, request: str, answer: Doc) -> None:
        """Keep the answer to a request under its idempotency key."""
        self._db.execute("INSERT INTO answers VALUES (?, ?, ?)", (key, request, json.dumps(answer)))
