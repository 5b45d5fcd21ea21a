"""What Shopify has, in a temporary file while a plan is made: memory stays flat however large the store."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..domain.codec import from_json, to_json
from ..domain.model import Product


class Spool:
    """Products by gid, by our key and by SKU. Use as a context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shopify-bridge-")
        self._db = sqlite3.connect(Path(self._folder.name) / "spool.sqlite3", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript("""
            CREATE TABLE products (gid TEXT PRIMARY KEY, key TEXT, used INTEGER DEFAULT 0, doc TEXT);
            CREATE INDEX products_key ON products (key);
            CREATE TABLE skus (sku TEXT, gid TEXT, PRIMARY KEY (sku, gid));
        """)

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._folder.cleanup()

    def add(self, product: Product) -> None:
        """Keep a product."""
        self._db.execute(
            "INSERT OR REPLACE INTO products (gid, key, doc) VALUES (?, ?, ?)",
            (product.gid, product.key or None, json.dumps(to_json(product))),
        )
        skus = {(variant.sku, product.gid) for variant in product.variants if variant.sku}
        self._db.executemany("INSERT OR IGNORE INTO skus VALUES (?, ?)", skus)

    def take(self, *, key: str = "", gid: str = "") -> Product | None:
        """The product with our key, else the one with that gid; it counts as used."""
        row = self._db.execute("SELECT gid, doc FROM products WHERE key = ?", (key,)).fetchone()
        row = row or self._db.execute("SELECT gid, doc FROM products WHERE gid = ?", (gid,)).fetchone()
        return self._used(row) if row else None

    def with_skus(self, skus: Iterable[str]) -> list[Product]:
        """The products that have one of `skus`; they are not used yet."""
        found: dict[str, str] = {}
        for sku in {sku for sku in skus if sku}:
            found |= dict(
                self._db.execute(
                    "SELECT p.gid, p.doc FROM skus s JOIN products p ON p.gid = s.gid WHERE s.sku = ?", (sku,)
                ).fetchall()
            )
        return [from_json(json.loads(doc)) for doc in found.values()]

    def use(self, product: Product) -> None:
        """Count a product as used."""
        self._db.execute("UPDATE products SET used = 1 WHERE gid = ?", (product.gid,))

    def orphans(self) -> Iterator[Product]:
        """Products that carry a key of ours and were not used."""
        rows = self._db.execute("SELECT doc FROM products WHERE key IS NOT NULL AND used = 0 ORDER BY rowid")
        for (doc,) in rows.fetchall():
            yield from_json(json.loads(doc))

    def _used(self, row: tuple[str, str]) -> Product:
        self._db.execute("UPDATE products SET used = 1 WHERE gid = ?", (row[0],))
        return from_json(json.loads(row[1]))
