"""Look through the stock and propose what to move and what to order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import NotFound
from ...kernel.ids import to_global
from ...platform import shop
from ...platform.port import Variant
from ..models import RestockRun
from ..store import catalogue, forecasts, locks, orders, runs, suggestions
from .assess import Run, assess
from .draft_orders import draft_orders
from .finish_drafts import finish_drafts, tell_transfers
from .open_run import open_run
from .propose import propose
from .shop_figures import shop_figures

PAGE = 500
"""Variants a transaction looks at."""

ROUNDS = 3
"""How often variants are looked at that moved while they were: what still moves waits for the next run."""

FORECASTS_KEPT = timedelta(days=2 * 366)
"""For so long what was expected can be compared with what sold."""

Heard = Callable[[int, int], None]
Told = Callable[[int, int, int], None]
"""Progress: variants looked at, of how many as far as known, needs found."""


@dataclass
class Suggested:
    """What a run did: variants looked at, needs found, draft orders and transfers written to."""

    variants: int = 0
    suggestions: int = 0
    order_ids: tuple[UUID, ...] = ()
    transfer_ids: tuple[UUID, ...] = ()
    moved: set[str] = field(default_factory=set)


def suggest(
    *, warehouse_id: str | None = None, variant_ids: Sequence[str] | None = None, told: Told | None = None
) -> Suggested:
    """Propose what to move and order, for everything or only for a warehouse or some variants.

    Running it twice, or twice at once, proposes the same once. Raises NotFound (fields ``warehouseId``,
    ``variantIds.i``), and Conflict while another run over the same warehouses is under way.
    """
    run = open_run(warehouse_id)
    if variant_ids is not None:
        return _look(run, variant_ids, lambda done, needs: None)
    row = runs.begin(warehouse_id or "")
    try:
        done = _whole(run, row, told)
    except Exception as error:
        runs.fail(row.pk, f"{type(error).__name__}: {error}")
        raise
    return done


def _whole(run: Run, row: RestockRun, told: Told | None) -> Suggested:
    """All variants: the shop's figures first, then every page, then what no page had."""

    total = 0

    def heard(done: int, needs: int) -> None:
        runs.progress(row.pk, done, max(total, done), needs)
        if told:
            told(done, max(total, done), needs)

    if run.warehouse_id is None:
        total = shop_figures(_heard(_pages(), row), run)
        run = replace(open_run(None), keeps_forecasts=forecasts.due(run.today))
    found = _look(run, None, heard)
    if run.warehouse_id is None:
        with transaction.atomic():
            locks.take("suggest")
            # Variants that left the catalogue are on no page, so their drafts end here.
            orders.drop_lines(suggestions.outdated(row.started))
            forecasts.forget_before(run.today - FORECASTS_KEPT)
    with transaction.atomic():
        runs.finish(row.pk)
        data = {
            "runId": to_global("RestockRun", row.pk),
            "warehouseId": run.warehouse_id,
            "variants": found.variants,
            "needs": found.suggestions,
            "purchaseOrderIds": [to_global("PurchaseOrder", key) for key in found.order_ids],
            "transferIds": [to_global("Transfer", key) for key in found.transfer_ids],
        }
        emit("restock.suggested", data, key=str(row.pk))
    return found


def _heard(pages: Iterator[list[Variant]], row: RestockRun) -> Iterator[list[Variant]]:
    for variants in pages:
        yield variants
        runs.progress(row.pk, 0, 0, 0)


def _look(run: Run, variant_ids: Sequence[str] | None, heard: Heard) -> Suggested:
    """Assess pages, then write drafts; again for variants that moved meanwhile."""
    found, moving = Suggested(), variant_ids
    touched: set[UUID] = set()
    transfers: set[UUID] = set()
    for again in range(ROUNDS):
        # What moved meanwhile may be gone meanwhile, too.
        for variants in _existing(moving) if again and moving else _pages(moving):
            written, needs = _page(variants, run)
            transfers |= written
            if not again:
                found.variants, found.suggestions = found.variants + len(variants), found.suggestions + needs
                heard(found.variants, found.suggestions)
        drafted = draft_orders(run, moving, lambda: heard(found.variants, found.suggestions))
        touched |= drafted.order_ids
        there = {variant.id for variant in shop().variants(drafted.moved)} if drafted.moved else set()
        if gone := drafted.moved - there:
            suggestions.replace([], gone, run.warehouse_id)
        moving = sorted(there)
        if not moving:
            break
    found.moved = set(moving or ())
    found.order_ids, found.transfer_ids = finish_drafts(touched, run), tell_transfers(transfers)
    return found


def _page(variants: Sequence[Variant], run: Run) -> tuple[set[UUID], int]:
    """One page in one transaction: the draft transfers it wrote to, and how many needs it found."""
    with transaction.atomic():
        locks.take("suggest")
        page = assess(variants, run)
        return propose(page, run, clock.now()), len(page.advices)


def _pages(variant_ids: Sequence[str] | None = None) -> Iterator[list[Variant]]:
    if variant_ids is not None:
        yield from _named(variant_ids)
        return
    after: str | None = None
    while variants := shop().stocked_variants(after=after, limit=PAGE):
        yield variants
        after = variants[-1].id
    wanted = catalogue.variants_with_policy()
    for start in range(0, len(wanted), PAGE):
        part = wanted[start : start + PAGE]
        lying = {stock.variant_id for stock in shop().stocks(part)}
        yield from _existing([key for key in part if key not in lying])


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
