"""What would have to change in Shopify. Reads both sides, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.kernel.money import from_minor

from ..domain.match import base
from ..domain.plan import Action, plan_gone, plan_release
from ..models import Kind, Store
from ..shopify.errors import BulkFailed, BulkRefused
from ..shopify.read import MANY
from . import order_plan
from .live import Live
from .notes import Notes
from .plan_collections import plan_collections
from .plan_products import Products
from .sides import Sides
from .spool import Spool

__all__ = ["Notes", "Progress", "amount", "as_json", "make_plan", "plan_one", "silent"]

# Called with what is read, how many so far, and of how many where that is known.
Progress = Callable[[str, int, int | None], None]
_GONE = "Saleor no longer offers it"
# After a refusal bulk operations are asked for again so much later.
_AGAIN = timedelta(days=1)


def silent(what: str, done: int, total: int | None) -> None:
    """No progress is shown."""


def make_plan(sides: Sides, notes: Notes | None = None, progress: Progress = silent) -> Iterator[Action]:
    """Actions in the order in which they are to be done: collections, products with their publications and
    translations, prices of other markets, stock, orders, shipments."""
    notes = notes if notes is not None else Notes()
    sides.know_shape()
    coming = []
    for action in plan_collections(sides, notes):
        coming.append(action.key)
        yield action
    with Spool(sides.reader.product_of) as spool:
        _read(sides, spool, notes, progress)
        products = Products(sides, spool, notes, coming)
        yield from products.extras.refusals()
        yield from _products(sides, spool, products, notes, progress)
        yield from _gone(sides, spool, notes)
        notes.strangers = spool.strangers()
    yield from products.prices.actions()
    yield from products.stock.actions()
    yield from order_plan.plan_orders(sides, notes, progress)


def plan_one(sides: Sides, product_key: str) -> list[Action]:
    """What one product needs, by Saleor's id of it: everything but its orders."""
    notes, there = Notes(), Live(sides)
    sides.know_shape()
    wanted = sides.source.product(product_key)
    parts = there.parts_of(product_key)
    if wanted is None:
        found = (there.take(key=key, gid=there.known(key).gid) for key in [product_key, *parts])
        gone = (plan_gone(seen, _GONE, sides.policy.gone) for seen in found if seen)
        return [action for action in gone if action]
    products = Products(sides, there, notes, whole=False)
    made = products.parts(wanted)
    actions = [action for part in made for action in products.plan(part)]
    if not any(part.refused for part in made):
        former = {product_key, *parts} - {part.key for part in made}
        known = [(key, there.known(key).gid) for key in sorted(former)]
        seen_now = (there.take(key=key, gid=gid) for key, gid in known if gid)
        actions += [plan_release(seen) for seen in seen_now if seen and seen.key]
    return [*actions, *products.prices.actions(), *products.stock.actions()]


def _read(sides: Sides, spool: Spool, notes: Notes, progress: Progress) -> None:
    """All of the store into the spool: by one bulk query when it is large, else page by page."""
    reader, done = sides.reader, 0
    total = reader.count()
    read = reader.lines if total > MANY and _may_bulk(sides) else reader.nodes
    for attempt in (read, reader.nodes):
        try:
            for node in attempt():
                done += spool.add(node)
                if done % 50 == 0:
                    progress("Shopify products", done, total)
            break
        except BulkRefused:
            Store.objects.filter(pk=sides.store.pk).update(bulk_refused=clock.now())
        except BulkFailed as error:
            notes.say(f"{error.message}: read page by page instead")
        spool.clear()
        done = 0
    progress("Shopify products", done, done)
    rows = sides.mappings(Kind.PRODUCT).values_list("key", "gid", "echo").iterator(2000)
    pictures = sides.mappings(Kind.PICTURE).values_list("gid", "key").iterator(2000)
    spool.remember(rows, ((gid, key.rsplit("/", 1)[-1]) for gid, key in pictures))
    spool.ready()
    reader.name_of = spool.picture


def _may_bulk(sides: Sides) -> bool:
    refused = sides.store.bulk_refused
    return sides.policy.bulk == "auto" and not (refused and refused > clock.now() - _AGAIN)


def _products(
    sides: Sides, spool: Spool, products: Products, notes: Notes, progress: Progress
) -> Iterator[Action]:
    for wanted in sides.source.products(lambda done, total: progress("Saleor products", done, total)):
        notes.products += 1
        parts = products.parts(wanted)
        refused = False
        for part in parts:
            for action in products.plan(part):
                refused |= action.verb == "refuse"
                yield action
        spool.saw(wanted.key, refused)


def _gone(sides: Sides, spool: Spool, notes: Notes) -> Iterator[Action]:
    """Mirrors that are of no product of Saleor's any more, or of one that is mirrored in other parts now."""
    for seen in spool.orphans():
        if not notes.products:
            raise Conflict(
                "Saleor shows no products at all; nothing is archived on such a word.", field="saleor"
            )
        refused = spool.refused(base(seen.key))
        if refused is False:
            yield plan_release(seen)
        elif refused is None and not sides.source.exists(base(seen.key)):
            gone = plan_gone(seen, _GONE, sides.policy.gone)
            if gone:
                yield gone


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
