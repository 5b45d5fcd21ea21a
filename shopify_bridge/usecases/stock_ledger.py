"""What both sides agreed on, level by level; a level takes part in one write at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, F, Q, When

from ..domain.codec import from_json
from ..domain.match import match_variants
from ..domain.policy import SALEOR
from ..domain.policy import from_json as from_stored
from ..domain.stock import MOST
from ..models import Change, Counted, Kind, Level, Mapping, Store, Subject
from ..shopify.levels import Pair, Quantity
from . import dirty

_RESERVE = "UPDATE shopify_bridge_level SET busy = %s, sent_from = %s, sent_to = %s WHERE id = %s"


@dataclass(frozen=True)
class Row:
    """A level as a change carries it: what is to be done, and what it was planned on.

    `before` and `after` are Shopify's numbers, `units` what Saleor gains, `agreed` what was written down
    (None: nothing yet), `base` what both are taken to have had.
    """

    variant: str
    warehouse: str
    item: str
    location: str
    label: str
    before: int | None = None
    after: int = 0
    units: int = 0
    agreed: int | None = None
    base: int = 0

    @property
    def pair(self) -> Pair:
        """Which level at Shopify."""
        return self.item, self.location

    @property
    def quantity(self) -> Quantity:
        """What is written to Shopify."""
        return Quantity(self.item, self.location, self.before, self.after)


def known(store: Store, variants: Iterable[str]) -> dict[tuple[str, str], Level]:
    """The levels of some variants, by variant and warehouse."""
    rows = Level.objects.filter(store=store, variant__in=set(variants))
    return {(row.variant, row.warehouse): row for row in rows}


def adopt(store: Store, rows: Sequence[Row]) -> None:
    """Write down what both sides have where nothing was yet; a replaced item starts anew."""
    if not rows:
        return
    new = {(row.variant, row.warehouse): row for row in rows}
    with transaction.atomic():
        taken = Q(item__in={row.item for row in rows}) | Q(variant__in={row.variant for row in rows})
        pairs = {row.pair: row.variant for row in rows}
        stale = [
            level.pk
            for level in Level.objects.filter(taken, store=store, busy=None)
            if _replaced(level, new.get((level.variant, level.warehouse)))
            or pairs.get((level.item, level.location), level.variant) != level.variant
        ]
        Level.objects.filter(pk__in=stale, busy=None).delete()
        levels = [
            Level(
                store=store,
                variant=row.variant,
                warehouse=row.warehouse,
                item=row.item,
                location=row.location,
                agreed=row.base,
            )
            for row in new.values()
        ]
        Level.objects.bulk_create(levels, ignore_conflicts=True)


def _replaced(level: Level, row: Row | None) -> bool:
    return row is not None and (level.item, level.location) != row.pair


@transaction.atomic
def reserve(store: Store, key: UUID, rows: Sequence[Row]) -> set[Pair]:
    """Write down that these levels are being written to Shopify; those that are as the plan saw them.

    The others have changed, or are part of another write.
    """
    adopt(store, [row for row in rows if row.agreed is None])
    wanted = {row.pair: row for row in rows}
    mine: dict[Pair, tuple[Any, ...]] = {}
    found = Level.objects.select_for_update().filter(store=store, item__in={row.item for row in rows})
    for level in found.order_by("pk"):
        row = wanted.get((level.item, level.location))
        seen = row and (row.base if row.agreed is None else row.agreed)
        if row and not level.busy and level.agreed == seen and level.variant == row.variant:
            mine[row.pair] = (key, row.before, row.after, level.pk)
    with connection.cursor() as cursor:
        cursor.executemany(_RESERVE, list(mine.values()))
    return set(mine)


def settle(key: UUID, *, done: bool, only: Iterable[Pair] | None = None) -> int:
    """The write is over: agree on what it changed, or on nothing, once. Answers how many levels."""
    levels = Level.objects.filter(busy=key, sent_to__isnull=False)
    if only is not None:
        some = set(only)
        levels = levels.filter(pk__in=[x.pk for x in levels if (x.item, x.location) in some])
    gained = F("agreed") + F("sent_to") - F("sent_from")
    # What lay where it was not stocked is not known: it starts with what it is stocked with.
    agreed = Case(When(sent_from=None, then=F("sent_to")), default=gained) if done else F("agreed")
    return levels.update(agreed=agreed, busy=None, sent_from=None, sent_to=None)


def under_way(key: UUID) -> list[Level]:
    """The levels of a write whose end is not known."""
    return list(Level.objects.filter(busy=key, sent_to__isnull=False).order_by("item", "location"))


def open_writes(store: Store, variants: Iterable[str]) -> set[UUID]:
    """Writes to Shopify that touch some variants and whose end is not known."""
    rows = Level.objects.filter(
        store=store, variant__in=set(variants), busy__isnull=False, sent_to__isnull=False
    )
    return {key for key in rows.values_list("busy", flat=True) if key}


def forget(store: Store) -> None:
    """Nothing is agreed on where Saleor's word alone counts."""
    if Level.objects.filter(store=store).exists():
        Level.objects.filter(store=store).delete()


def born(store: Store, changes: Iterable[Change]) -> None:
    """Write down what new variants were stocked with, in the transaction that settles their products.

    What Shopify sells of them from then on is news.
    """
    if from_stored(store.policy).stock == SALEOR:
        return
    places = dict(Mapping.objects.filter(store=store, kind=Kind.PLACE).values_list("key", "gid"))
    levels = []
    for change in changes:
        if change.verb not in ("create", "update"):
            continue
        wanted = from_json(change.payload["product"])
        seen = change.payload.get("seen")
        there = match_variants(wanted, from_json(seen)) if seen and change.verb == "update" else {}
        levels += [
            Level(
                store=store, variant=variant.key, warehouse=warehouse, location=location, agreed=max(free, 0)
            )
            for variant in wanted.variants
            if variant.tracked and variant.key not in there
            for warehouse, location in places.items()
            if (free := variant.stock.get(warehouse, 0)) <= MOST
        ]
    Level.objects.bulk_create(levels, ignore_conflicts=True, batch_size=1000)


@transaction.atomic
def identify(store: Store, items: Mapping_[tuple[str, str], str]) -> None:
    """Write down which inventory items belong to levels of new variants, by variant and warehouse."""
    if not items:
        return
    fresh = Level.objects.filter(store=store, item="", variant__in={variant for variant, _ in items})
    levels = [level for level in fresh.select_for_update() if (level.variant, level.warehouse) in items]
    for level in levels:
        level.item = items[level.variant, level.warehouse]
    others = Level.objects.filter(store=store, item__in={level.item for level in levels}, busy=None)
    others.exclude(variant__in={level.variant for level in levels}).delete()
    Level.objects.bulk_update(levels, ["item"])


@transaction.atomic
def counted_twice(
    store: Store, variant: str, location: str, units: int, reason: str, happened: datetime | None = None
) -> bool:
    """`units` that Shopify counted at a level belong to an order that Saleor counts too, or the other way.

    To be called when an order of Shopify's has been made in Saleor, where it claims stock of its own: the
    same sale has then lowered both sides. Call it once Saleor has the order, in the transaction that notes
    so, for each line, with Saleor's variant and the location at which Shopify counted it; `reason` names that
    line and counts once. It does not matter whether the stock was moved before, between or after. Negative
    for units that came back on both. `happened`: a sale older than the first look at the level has not been
    counted there. Answers whether it was news; where Saleor's word alone counts there is nothing to be told.
    """
    found = Level.objects.select_for_update().filter(store=store, variant=variant, location=location)
    level = found.first()
    if level is None or not units or (happened is not None and happened < level.created):
        return False
    _, new = Counted.objects.get_or_create(level=level, reason=reason, defaults={"units": units})
    if new:
        Level.objects.filter(pk=level.pk).update(agreed=F("agreed") - units)
        dirty.mark(store, Subject.STOCK, level.variant)
    return new


def row_of(given: Mapping_[str, Any]) -> Row:
    """A row of a change's payload."""
    return Row(**given)
