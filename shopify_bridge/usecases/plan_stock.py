"""Which stock levels are to change, in Shopify and in Saleor."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..domain.diff import FieldChange, label
from ..domain.match import match_variants
from ..domain.model import Product
from ..domain.plan import Action
from ..domain.policy import SALEOR, SHOPIFY
from ..domain.stock import Sight, Step, follow, meet
from ..models import Kind, Level
from ..shopify.levels import BATCH, read_variants
from . import stock_ledger as ledger
from .sides import Sides
from .stock_ledger import Row

_BUFFER = 500


class Stock:
    """Collects what was seen of stock while products are compared, in a temporary file, and plans it."""

    def __init__(self, sides: Sides):
        self._sides, self._both = sides, sides.policy.stock != SALEOR
        self._seen: list[Sight] = []
        self._folder = tempfile.TemporaryDirectory(prefix="shopify-bridge-")
        self._db = sqlite3.connect(Path(self._folder.name) / "stock.sqlite3", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE rows (verb TEXT, location TEXT, row TEXT, seen INTEGER)")
        self._db.execute("CREATE TABLE refused (key TEXT, label TEXT, reason TEXT)")
        self._open: set[str] = set()
        if not self._both:
            ledger.forget(sides.store)

    def add(self, wanted: Product, seen: Product) -> None:
        """Compare the stock of a product with its twin's: tracked variants at mapped warehouses."""
        pairs = match_variants(wanted, seen)
        for variant in wanted.variants:
            found = pairs.get(variant.key)
            if found is None or not variant.tracked or not found.item_gid:
                continue
            for warehouse, location in self._sides.places.items():
                self.look(
                    Sight(
                        variant=variant.key,
                        label=label(variant),
                        item=found.item_gid,
                        warehouse=warehouse,
                        location=location,
                        saleor=variant.stock.get(warehouse),
                        shopify=found.stock.get(location),
                    )
                )

    def look(self, sight: Sight) -> None:
        """Take in one level as both sides were seen."""
        self._seen.append(sight)
        if len(self._seen) >= _BUFFER:
            self._flush()

    def actions(self, key: str = "") -> Iterator[Action]:
        """What is to be done, in batches that one call can carry; `key` names them when there is one only."""
        self._flush()
        active, names = self._locations()
        for location, count in self._db.execute(
            "SELECT location, COUNT(*) FROM rows GROUP BY location"
        ).fetchall():
            if location not in active:
                why = f"it is deactivated in Shopify, or gone: {count} stock levels are not mirrored"
                yield Action("refuse", location, names.get(location, location), why)
        for refused in self._db.execute("SELECT key, label, reason FROM refused").fetchall():
            yield Action("refuse", *refused)
        if self._open:
            yield self._unanswered(key)
        for verb in ("stock", "take"):
            for batch in self._batches(verb, active):
                yield self._action(verb, batch, names, key)
        self._db.close()
        self._folder.cleanup()

    def _flush(self) -> None:
        known = ledger.known(self._sides.store, (s.variant for s in self._seen)) if self._both else {}
        equal: list[Row] = []
        items: dict[tuple[str, str], str] = {}
        for sight in self._seen:
            place = sight.variant, sight.warehouse
            level = known.get(place)
            if level is not None and not level.item:
                items[place] = level.item = sight.item
            if level is not None and level.busy:
                self._open.add(sight.variant)
                continue
            if level is not None and (level.item, level.location) == (sight.item, sight.location):
                sight = _with(sight, level)
            step = meet(sight) if self._both else follow(sight)
            if step.nothing:
                if (
                    self._both
                    and sight.agreed is None
                    and sight.shopify is not None
                    and step.agreed is not None
                ):
                    equal.append(_row(sight, step))
                continue
            self._keep(sight, step)
        ledger.identify(self._sides.store, items)
        ledger.adopt(self._sides.store, equal)
        self._seen = []

    def _keep(self, sight: Sight, step: Step) -> None:
        if step.refused:
            self._db.execute(
                "INSERT INTO refused VALUES (?, ?, ?)",
                (sight.variant, f"stock of {sight.label}", step.refused),
            )
            return
        text = json.dumps(asdict(_row(sight, step)))
        if step.after is not None:
            self._db.execute(
                "INSERT INTO rows VALUES ('stock', ?, ?, ?)", (sight.location, text, sight.saleor)
            )
        if step.units:
            self._db.execute(
                "INSERT INTO rows VALUES ('take', ?, ?, ?)", (sight.location, text, sight.saleor)
            )

    def _locations(self) -> tuple[set[str], dict[str, str]]:
        if not self._db.execute("SELECT 1 FROM rows LIMIT 1").fetchone():
            return set(), {}
        places = self._sides.reader.store().locations
        return {place.id for place in places}, {place.id: place.name for place in places}

    def _batches(self, verb: str, active: set[str]) -> Iterator[list[tuple[Row, int | None]]]:
        batch: list[tuple[Row, int | None]] = []
        rows = self._db.execute(
            "SELECT location, row, seen FROM rows WHERE verb = ? ORDER BY location", (verb,)
        )
        for location, text, seen in rows:
            if location not in active:
                continue
            batch.append((Row(**json.loads(text)), seen))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _unanswered(self, key: str) -> Action:
        variants = sorted(self._open)
        name = sha256("".join(variants).encode()).hexdigest()[:40]
        why = "an earlier write of their stock is under way, or got no answer: to be found out first"
        payload = {"levels": [], "open": variants}
        return Action("stock", f"open:{key or name}", f"{len(variants)} variants", why, payload=payload)

    def _action(
        self, verb: str, batch: Sequence[tuple[Row, int | None]], names: dict[str, str], key: str
    ) -> Action:
        rows = [row for row, _ in batch]
        places = {names.get(row.location, row.location) for row in rows}
        where = f"at {next(iter(places))}" if len(places) == 1 else f"at {len(places)} locations"
        what = f"{len(rows)} level{'s' if len(rows) > 1 else ''} {where}"
        payload: dict[str, Any] = {"levels": [asdict(row) for row in rows]}
        if verb == "stock":
            shown = [
                FieldChange(f"{row.label} at {names[row.location]}", row.before, row.after) for row in rows
            ]
            return Action(
                verb, key or _key(rows), what, "free units differ", fields=tuple(shown), payload=payload
            )
        shown = [
            FieldChange(
                f"{row.label} at {names[row.location]}, in Saleor", seen, (seen or 0) + row.units, SHOPIFY
            )
            for row, seen in batch
        ]
        return Action(
            verb,
            key or _key(rows),
            f"{what}, into Saleor",
            "changed in Shopify",
            "",
            tuple(shown),
            payload=payload,
        )


def plan_levels(sides: Sides, variant_keys: Sequence[str]) -> list[Action]:
    """What the stock of some variants needs, both sides read anew."""
    gids = sides.gids(Kind.VARIANT, variant_keys)
    if not gids:
        return []
    stock = Stock(sides)
    # Shopify first: what Saleor sells meanwhile is then seen, not taken for agreed.
    items = read_variants(sides.client, list(gids.values()), list(sides.places.values()))
    units = sides.source.stock(list(gids))
    for key, gid in gids.items():
        item, here = items.get(gid), units.get(key)
        if item is None or here is None or not item.tracked:
            continue
        for warehouse, location in sides.places.items():
            free = here[warehouse].free if warehouse in here else None
            shopify = item.stock.get(location)
            stock.look(Sight(key, item.label, item.gid, warehouse, location, free, shopify))
    return list(stock.actions(variant_keys[0] if len(variant_keys) == 1 else ""))


def variant_key(sides: Sides, item: str) -> str:
    """Saleor's id of the variant that a Shopify inventory item belongs to; "" when it is not mirrored."""
    from ..shopify.levels import variant_of

    known = Level.objects.filter(store=sides.store, item=item).values_list("variant", flat=True).first()
    if known:
        return known
    gid = variant_of(sides.client, item)
    return sides.mappings(Kind.VARIANT).filter(gid=gid).values_list("key", flat=True).first() or ""


def _with(sight: Sight, level: Level) -> Sight:
    return Sight(**{**asdict(sight), "agreed": level.agreed})


def _row(sight: Sight, step: Step) -> Row:
    return Row(
        variant=sight.variant,
        warehouse=sight.warehouse,
        item=sight.item,
        location=sight.location,
        label=sight.label,
        before=sight.shopify,
        after=step.after if step.after is not None else (sight.shopify or 0),
        units=step.units,
        agreed=sight.agreed,
        base=step.agreed or 0,
    )


def _key(rows: Iterable[Row]) -> str:
    return sha256("".join(f"{row.location}{row.item}" for row in rows).encode()).hexdigest()[:40]
