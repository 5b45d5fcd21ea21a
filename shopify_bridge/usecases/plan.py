"""What would have to change in Shopify. Reads both sides, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.kernel.money import from_minor

from ..domain.diff import FieldChange, StockChange
from ..domain.match import Match, match_product
from ..domain.model import Product
from ..domain.plan import Action, plan_gone, plan_product
from ..models import Kind
from . import echoes, order_plan
from .sides import Sides
from .spool import Spool

# Called with what is read, how many so far, and of how many where that is known.
Progress = Callable[[str, int, int | None], None]
BATCH = 250


@dataclass
class Notes:
    """Words for the merchant that are no changes, and how much was compared."""

    lines: list[str] = field(default_factory=list)
    products: int = 0
    orders: int = 0


def silent(what: str, done: int, total: int | None) -> None:
    """No progress is shown."""


def make_plan(sides: Sides, notes: Notes | None = None, progress: Progress = silent) -> Iterator[Action]:
    """Actions in the order in which they are to be done: products, stock, orders, shipments."""
    notes = notes if notes is not None else Notes()
    stock = _Batches(sides)
    sides.know_pictures()
    with Spool() as spool:
        for number, seen in enumerate(sides.reader.products(), 1):
            spool.add(seen)
            progress("Shopify products", number, None)
        mapped = dict(sides.mappings(Kind.PRODUCT).values_list("key", "gid"))
        kept = dict(sides.mappings(Kind.PRODUCT).exclude(echo={}).values_list("key", "echo"))
        for wanted in sides.source.products(lambda done, total: progress("Saleor products", done, total)):
            notes.products += 1
            match = _match(wanted, spool, mapped.get(wanted.key, ""))
            planned = plan_product(wanted, match, sides.places, echoes.known(kept.get(wanted.key, {})))
            notes.lines += planned.notes
            if planned.action:
                yield planned.action
            stock.add(planned.stock)
        for seen in spool.orphans():
            if not notes.products:
                raise Conflict(
                    "Saleor shows no products at all; nothing is archived on such a word.", field="saleor"
                )
            if not sides.source.exists(seen.key) and (gone := plan_gone(seen, "Saleor no longer offers it")):
                yield gone
    yield from stock.actions()
    yield from order_plan.plan_orders(sides, notes, progress)


def _match(wanted: Product, spool: Spool, gid: str) -> Match:
    match = match_product(
        wanted, spool.take(key=wanted.key, gid=gid), spool.with_skus(v.sku for v in wanted.variants)
    )
    if match.seen:
        spool.use(match.seen)
    return match


class _Batches:
    """Stock changes by location, in batches that one call can carry."""

    def __init__(self, sides: Sides):
        self._names = {place.id: place.name for place in sides.reader.store().locations}
        self._changes: dict[str, list[StockChange]] = {}

    def add(self, changes: tuple[StockChange, ...]) -> None:
        for change in changes:
            self._changes.setdefault(change.place, []).append(change)

    def actions(self) -> Iterator[Action]:
        for place, changes in self._changes.items():
            for start in range(0, len(changes), BATCH):
                yield self._action(place, changes[start : start + BATCH])

    def _action(self, place: str, changes: list[StockChange]) -> Action:
        name = self._names.get(place, place)
        levels = [
            {"item": change.item_gid, "label": change.label, "before": change.before, "after": change.after}
            for change in changes
        ]
        key = sha256("".join(f"{place}{change.item_gid}" for change in changes).encode()).hexdigest()[:40]
        shown = tuple(
            FieldChange(f"{change.label} at {name}", change.before, change.after) for change in changes
        )
        return Action(
            "stock",
            key,
            f"{len(changes)} levels at {name}",
            "free units differ",
            place,
            shown,
            payload={"location": place, "levels": levels},
        )


def amount(minor: int, currency: str) -> str:
    """An amount for people."""
    return f"{from_minor(minor, currency)} {currency}"


def as_json(action: Action) -> dict[str, Any]:
    """An action for scripts."""
    return {
        "verb": action.verb,
        "key": action.key,
        "label": action.label,
        "reason": action.reason,
        "gid": action.gid,
        "fields": [change.as_json() for change in action.fields],
    }
