"""What Shopify has, in a temporary file while a plan is made: memory stays flat however large the store."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.match import fold
from ..domain.model import Product

Node = Mapping[str, Any]
_CHUNK = 2000
_PARTS = {"ProductVariant": "variants", "Collection": "collections"}
_TABLES = """
CREATE TABLE products (gid TEXT PRIMARY KEY, key TEXT, handle TEXT, used INTEGER DEFAULT 0, doc TEXT);
CREATE TABLE parts (parent TEXT, field TEXT, doc TEXT);
CREATE TABLE skus (sku TEXT, gid TEXT);
CREATE TABLE mapped (key TEXT PRIMARY KEY, gid TEXT, echo TEXT);
CREATE TABLE seen (key TEXT PRIMARY KEY, refused INTEGER);
CREATE TABLE pictures (gid TEXT PRIMARY KEY, name TEXT);
"""
_INDEXES = """
CREATE INDEX products_key ON products (key);
CREATE INDEX products_handle ON products (handle);
CREATE INDEX parts_parent ON parts (parent);
CREATE INDEX skus_sku ON skus (sku);
"""


@dataclass(frozen=True)
class Known:
    """What we remember of a product: its gid and its echoes."""

    gid: str = ""
    echo: Mapping[str, Any] | None = None


class Spool:
    """Products as Shopify tells them, by gid, by our key and by SKU; and what we remember of them.

    `made` turns what Shopify tells into a product. Use as a context manager; fill it, then `ready`.
    """

    def __init__(self, made: Callable[[Node], Product]) -> None:
        self._made = made
        self._folder = tempfile.TemporaryDirectory(prefix="shopify-bridge-")
        self._db = sqlite3.connect(Path(self._folder.name) / "spool.sqlite3", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_TABLES)
        self._products: list[tuple[str, str | None, str, str]] = []
        self._parts: list[tuple[str, str, str]] = []
        self._skus: list[tuple[str, str]] = []

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._folder.cleanup()

    def clear(self) -> None:
        """Forget the products, to fill it again."""
        self._products, self._parts, self._skus = [], [], []
        self._db.executescript("DELETE FROM products; DELETE FROM parts; DELETE FROM skus;")

    def add(self, node: Node) -> bool:
        """Keep a product with all that belongs to it, or a line of a bulk query; whether it was a product."""
        parent = node.get("__parentId")
        if parent:
            field = _PARTS.get(str(node["id"]).split("/")[-2], "media")
            self._parts.append((parent, field, _dump(node)))
            if field == "variants":
                self._sku(parent, node)
        else:
            for variant in (node.get("variants") or {}).get("nodes", ()):
                self._sku(node["id"], variant)
            key = node["metafield"]["value"] if node["metafield"] else None
            self._products.append((node["id"], key, node["handle"], _dump(node)))
        if len(self._products) + len(self._parts) >= _CHUNK:
            self._flush()
        return not parent

    def _sku(self, gid: str, variant: Node) -> None:
        if variant["sku"]:
            self._skus.append((fold(variant["sku"]), gid))

    def _flush(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT OR REPLACE INTO products (gid, key, handle, doc) VALUES (?, ?, ?, ?)", self._products
        )
        self._db.executemany("INSERT INTO parts VALUES (?, ?, ?)", self._parts)
        self._db.executemany("INSERT INTO skus VALUES (?, ?)", self._skus)
        self._db.execute("COMMIT")
        self._products, self._parts, self._skus = [], [], []

    def ready(self) -> None:
        """Everything is in."""
        self._flush()
        self._db.executescript(_INDEXES)

    def remember(self, rows: Iterable[tuple[str, str, Any]], pictures: Iterable[tuple[str, str]]) -> None:
        """What our tables know: (key, gid, echo) of products and (gid, name) of pictures."""
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT OR REPLACE INTO mapped VALUES (?, ?, ?)",
            ((key, gid, json.dumps(echo) if echo else None) for key, gid, echo in rows),
        )
        self._db.executemany("INSERT OR REPLACE INTO pictures VALUES (?, ?)", pictures)
        self._db.execute("COMMIT")

    def known(self, key: str) -> Known:
        """What our tables know of a product."""
        row = self._db.execute("SELECT gid, echo FROM mapped WHERE key = ?", (key,)).fetchone()
        return Known(row[0], json.loads(row[1]) if row[1] else None) if row else Known()

    def parts_of(self, key: str) -> list[str]:
        """The keys of the parts of a split product that are in Shopify."""
        span = (f"{key}#", f"{key}$")
        rows = self._db.execute("SELECT key FROM products WHERE key >= ? AND key < ?", span)
        return [key for (key,) in rows]

    def picture(self, gid: str) -> str:
        """The name of a picture, where our tables know it."""
        row = self._db.execute("SELECT name FROM pictures WHERE gid = ?", (gid,)).fetchone()
        return row[0] if row else ""

    def take(self, *, key: str, gid: str = "") -> Product | None:
        """The product with our key, else the one with that gid if it carries none; it counts as used."""
        row = self._db.execute("SELECT gid, doc FROM products WHERE key = ?", (key,)).fetchone()
        row = (
            row
            or self._db.execute(
                "SELECT gid, doc FROM products WHERE gid = ? AND key IS NULL AND used = 0", (gid,)
            ).fetchone()
        )
        if not row:
            return None
        self._db.execute("UPDATE products SET used = 1 WHERE gid = ?", (row[0],))
        return self._product(*row)

    def with_skus(self, skus: Iterable[str]) -> Iterator[Product]:
        """The products that have one of `skus`, however it is written."""
        found: dict[str, str] = {}
        for sku in {fold(sku) for sku in skus if sku}:
            found |= dict(
                self._db.execute(
                    "SELECT p.gid, p.doc FROM skus s JOIN products p ON p.gid = s.gid WHERE s.sku = ?", (sku,)
                ).fetchall()
            )
        yield from (self._product(gid, doc) for gid, doc in found.items())

    def use(self, product: Product) -> None:
        """Count a product as used."""
        self._db.execute("UPDATE products SET used = 1 WHERE gid = ?", (product.gid,))

    def used(self, product: Product) -> bool:
        """Whether a product is another's already."""
        return bool(self._db.execute("SELECT used FROM products WHERE gid = ?", (product.gid,)).fetchone()[0])

    def saw(self, key: str, refused: bool) -> None:
        """Saleor has a product, and whether Shopify cannot hold it."""
        self._db.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (key, refused))

    def refused(self, key: str) -> bool | None:
        """What `saw` was told of a product, or None."""
        row = self._db.execute("SELECT refused FROM seen WHERE key = ?", (key,)).fetchone()
        return bool(row[0]) if row else None

    def handled(self, handle: str) -> bool:
        """Whether a product has that handle."""
        return bool(self._db.execute("SELECT 1 FROM products WHERE handle = ?", (handle,)).fetchone())

    def orphans(self) -> Iterator[Product]:
        """Products that carry a key of ours and were not used."""
        gids = self._db.execute("SELECT gid FROM products WHERE key IS NOT NULL AND used = 0 ORDER BY rowid")
        for (gid,) in gids.fetchall():
            (doc,) = self._db.execute("SELECT doc FROM products WHERE gid = ?", (gid,)).fetchone()
            yield self._product(gid, doc)

    def strangers(self) -> int:
        """How many products are the merchant's own."""
        row = self._db.execute("SELECT COUNT(*) FROM products WHERE key IS NULL AND used = 0").fetchone()
        return row[0]

    def _product(self, gid: str, doc: str) -> Product:
        node = json.loads(doc)
        if "variants" not in node:
            rows = self._db.execute("SELECT field, doc FROM parts WHERE parent = ? ORDER BY rowid", (gid,))
            node |= {name: {"nodes": []} for name in ("variants", "media", "collections")}
            for field, part in rows:
                node[field]["nodes"].append(json.loads(part))
        return self._made(node)


def _dump(node: Node) -> str:
    return json.dumps(node, default=float)
