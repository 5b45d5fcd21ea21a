"""What will sell of everything that is stocked, page by page; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from ...kernel import clock
from ...kernel.errors import NotFound
from ...platform import shop
from ...platform.port import Variant, Warehouse
from ..domain.clean import clean
from ..domain.histories import Histories, Pair
from ..domain.rates import rates
from .read_history import read_history

PAGE = 500
"""Variants read at a time."""


@dataclass(frozen=True)
class Expected:
    """What a need is expected to sell over the days asked for, and what that rests on.

    `sold_days` of the history had sales, `left_out` said nothing; `spike` is the largest day that was
    counted less than it sold, or 0.
    """

    variant: Variant
    warehouse: Warehouse
    per_day: float
    expected: float
    deviation: float
    share: float
    returned_part: float
    sold_days: int
    left_out: int
    spike: float


def forecast_demand(days: int, *, variant_ids: Sequence[str] | None = None) -> Iterator[list[Expected]]:
    """Pages of forecasts over `days` days, for every warehouse that stocks a variant.

    By the usual pace alone: coming promotions, seasons and what similar products sell join in when orders
    are suggested. Raises NotFound (``variantIds.i``).
    """
    today = clock.day_of(clock.now(), shop().time_zone())
    warehouses = {house.id: house for house in shop().warehouses()}
    for variants in _pages(variant_ids):
        yield _page({row.id: row for row in variants}, warehouses, today, days)


def _pages(variant_ids: Sequence[str] | None) -> Iterator[list[Variant]]:
    if variant_ids is None:
        after: str | None = None
        while variants := shop().stocked_variants(after=after, limit=PAGE):
            yield variants
            after = variants[-1].id
        return
    known = shop().variants(variant_ids)
    for index, key in enumerate(variant_ids):
        if key not in {row.id for row in known}:
            raise NotFound("There is no such variant.", field=f"variantIds.{index}")
    yield known


def _page(
    variants: dict[str, Variant], warehouses: dict[str, Warehouse], today: date, days: int
) -> list[Expected]:
    stocks = shop().stocks(variants)
    pairs = [(row.variant_id, row.warehouse_id) for row in stocks if row.warehouse_id in warehouses]
    past = read_history(variants, warehouses, pairs, today)
    rows = _forecasts(past, days)
    return [Expected(variants[v], warehouses[w], *row) for (v, w), row in _kept(pairs, rows, past)]


def _kept(
    pairs: Sequence[Pair], rows: Iterator[tuple[Any, ...]], past: Histories
) -> Iterator[tuple[Pair, tuple[Any, ...]]]:
    for pair, row in zip(pairs, rows, strict=True):
        if pair[0] not in past.kits:
            yield pair, row


def _forecasts(past: Histories, days: int) -> Iterator[tuple[Any, ...]]:
    """The numbers of `Expected`, row by row."""
    cleaned = clean(past.units, in_stock=past.in_stock)
    sold = rates(cleaned.units, cleaned.known)
    deviation = np.sqrt(sold.spread * days + sold.doubt * days**2)
    columns = (sold.per_day, sold.per_day * days, deviation, past.share, past.returned_part)
    counts = (sold.sold, past.left_out, cleaned.spike)
    yield from zip(*(column.tolist() for column in (*columns, *counts)), strict=True)
