"""Look through the stock and propose what to order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import NotFound
from ...kernel.ids import to_global
from ...platform import shop
from ...platform.port import Variant
from ..settings import policy
from ..store import catalogue, locks, orders, suggestions
from .assess import Run, assess
from .propose import propose

PAGE = 500
"""Variants a transaction looks at."""


@dataclass(frozen=True)
class Suggested:
    """What a run did: variants looked at, needs found, draft orders written to."""

    variants: int
    suggestions: int
    order_ids: tuple[UUID, ...]


def suggest(*, warehouse_id: str | None = None, variant_ids: Sequence[str] | None = None) -> Suggested:
    """Propose what to order, for everything or only for a warehouse or some variants.

    Running it twice, or twice at once, proposes the same orders once. Raises NotFound (fields
    ``warehouseId``, ``variantIds.i``).
    """
    started = clock.now()
    warehouses = {house.id: house for house in shop().warehouses()}
    if warehouse_id is not None and warehouse_id not in warehouses:
        raise NotFound("There is no such warehouse.", field="warehouseId")
    run = Run(clock.day_of(started, shop().time_zone()), policy(), warehouses, warehouse_id)
    looked, found = 0, 0
    touched: set[UUID] = set()
    for variants in _pages(variant_ids):
        with transaction.atomic():
            locks.take("suggest")
            page = assess(variants, run)
            touched |= propose(page, run, clock.now())
        looked, found = looked + len(variants), found + len(page.needs)
    if warehouse_id is None and variant_ids is None:
        with transaction.atomic():
            locks.take("suggest")
            # Variants that left the catalogue are on no page, so their drafts end here.
            orders.drop_lines(suggestions.outdated(started))
    announced = _announce(touched)
    return Suggested(looked, found, announced)


def _pages(variant_ids: Sequence[str] | None) -> Iterator[list[Variant]]:
    if variant_ids is not None:
        yield from _named(variant_ids)
        return
    seen: set[str] = set()
    after: str | None = None
    while variants := shop().stocked_variants(after=after, limit=PAGE):
        yield variants
        after = variants[-1].id
        seen.update(variant.id for variant in variants)
    yield from _existing([key for key in catalogue.variants_with_policy() if key not in seen])


def _named(variant_ids: Sequence[str]) -> Iterator[list[Variant]]:
    known = {variant.id for variant in shop().variants(variant_ids)}
    for index, variant_id in enumerate(variant_ids):
        if variant_id not in known:
            raise NotFound("There is no such variant.", field=f"variantIds.{index}")
    return _existing(sorted(known))


def _existing(variant_ids: Sequence[str]) -> Iterator[list[Variant]]:
    for start in range(0, len(variant_ids), PAGE):
        found = shop().variants(variant_ids[start : start + PAGE])
        yield [variant for variant in found if variant.tracks_stock]


def _announce(order_ids: set[UUID]) -> tuple[UUID, ...]:
    """Tell the world of drafts, once each; after a kill the next run finds them again."""
    with transaction.atomic():
        rows = orders.all_orders().filter(pk__in=order_ids).order_by("pk")
        for order in rows:
            data = {"purchaseOrderId": to_global("PurchaseOrder", order.pk), "number": order.number}
            emit("purchase_order.proposed", data, key=str(order.pk))
    return tuple(order.pk for order in rows)
