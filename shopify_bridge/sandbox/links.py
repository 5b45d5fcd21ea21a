"""What belongs to what, where a document would have to list it all: members, prices, stocked items."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS links (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, owner TEXT NOT NULL, member TEXT NOT NULL,
    data TEXT, UNIQUE (kind, owner, member));
CREATE INDEX IF NOT EXISTS links_owner ON links (kind, owner, seq);
CREATE INDEX IF NOT EXISTS links_member ON links (kind, member, seq);
"""


class Links:
    """Pairs of gids by kind, in the order they were made; each may carry data."""

    def __init__(self, db: sqlite3.Connection):
        self._db = db
        db.executescript(TABLES)

    def add(self, kind: str, owner: str, member: str, data: Any = None) -> None:
        """Link two, or change what the link carries."""
        self._db.execute(
            "INSERT INTO links (kind, owner, member, data) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, owner, member) DO UPDATE SET data = excluded.data",
            (kind, owner, member, json.dumps(data)),
        )

    def remove(self, kind: str, owner: str, member: str) -> bool:
        """Unlink two; whether they were linked."""
        done = self._db.execute(
            "DELETE FROM links WHERE kind = ? AND owner = ? AND member = ?", (kind, owner, member)
        )
        return done.rowcount > 0

    def get(self, kind: str, owner: str, member: str) -> Any:
        """What a link carries; None where there is none, or nothing in it."""
        row = self._db.execute(
            "SELECT data FROM links WHERE kind = ? AND owner = ? AND member = ?", (kind, owner, member)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def has(self, kind: str, owner: str, member: str) -> bool:
        """Whether two are linked."""
        row = self._db.execute(
            "SELECT 1 FROM links WHERE kind = ? AND owner = ? AND member = ?", (kind, owner, member)
        )
        return row.fetchone() is not None

    def owners(self, kind: str, member: str) -> list[str]:
        """Whom something belongs to."""
        rows = self._db.execute(
            "SELECT owner FROM links WHERE kind = ? AND member = ? ORDER BY seq", (kind, member)
        )
        return [row[0] for row in rows]

    def members(
        self, kind: str, owner: str, after: int = 0, limit: int = -1, *, newest: bool = False
    ) -> list[tuple[int, str, Any]]:
        """(cursor, member, data) of up to `limit` members behind a cursor."""
        order, beyond = ("DESC", "seq < ?") if newest else ("ASC", "seq > ?")
        start = after or (2**62 if newest else 0)
        rows = self._db.execute(
            f"SELECT seq, member, data FROM links WHERE kind = ? AND owner = ? AND {beyond}"  # noqa: S608
            f" ORDER BY seq {order} LIMIT ?",
            (kind, owner, start, limit),
        )
        return [(seq, member, json.loads(data)) for seq, member, data in rows]

    def each(self, kind: str, owner: str) -> Iterator[str]:
        """Every member, as they are at the start."""
        yield from [member for _, member, _ in self.members(kind, owner)]

    def count(self, kind: str, owner: str) -> int:
        """How many members there are."""
        rows = self._db.execute("SELECT COUNT(*) FROM links WHERE kind = ? AND owner = ?", (kind, owner))
        return rows.fetchone()[0]

    def forget(self, gid: str, *kinds: str) -> None:
        """Take something out of every link of these kinds."""
        for kind in kinds:
            self._db.execute("DELETE FROM links WHERE kind = ? AND member = ?", (kind, gid))
            self._db.execute("DELETE FROM links WHERE kind = ? AND owner = ?", (kind, gid))
