"""Reorder levels of many needs at once: history in, point, target and the numbers behind them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

from .clean import Mask, clean
from .demand import Counts, Matrix, Vector
from .lead_time import over
from .lot import Costs, Lots, best
from .quantile import negative_binomial
from .rates import GUESSED, Pace, rates

BLOCK = 2_048
"""Rows worked on at a time: a year of them in doubles is six megabytes, which a cache almost holds."""

LOT_SHARE = 0.95
"""Part of the economic lot that is ordered: a rate moves on, what lies on the shelf stays."""

LONG_LOT = 0.001
"""A lot shrinks by this part of itself for each day it lasts: products end before their stock does."""

LEAST = 0.05
"""No day of history is taken to have sold less than this part of a usual one."""


@dataclass(frozen=True)
class Supply:
    """Per need, money in one unit: `order` per order line, `holding` a unit a day, `lost` a unit not served.

    `days` and `days_variance` are of the protection period: lead time and review.
    """

    order: Vector
    holding: Vector
    lost: Vector
    days: Vector
    days_variance: Vector

    def rows(self, part: slice) -> Supply:
        """Of some needs."""
        return Supply(*(getattr(self, each.name)[part] for each in fields(self)))


@dataclass(frozen=True)
class Levels:
    """Per need: order when the inventory position is below `point`, up to `target`.

    `expected` and `deviation` are of the protection period's demand; `level` is the probability that
    `point` covers it, `short` the units lost in a lot's cycle. `capped` units were taken off spikes,
    the largest of them `spike`; `unreadable` days were dropped.
    """

    per_day: Vector
    expected: Vector
    deviation: Vector
    point: Counts
    target: Counts
    lot: Vector
    level: Vector
    short: Vector
    days: Counts
    sold: Counts
    capped: Vector
    spike: Vector
    unreadable: Counts


def levels(
    units: Matrix,
    supply: Supply,
    *,
    service: float | None = None,
    in_stock: Mask | None = None,
    prior: Vector | None = None,
    divisor: Matrix | None = None,
    factor: Vector | None = None,
    usual: Vector | None = None,
    pace: Pace = GUESSED,
) -> Levels:
    """The levels of `units` (rows: needs, columns: days, the oldest first).

    With `service` in (0, 1) the point is what covers the period in that part of cases; without, it is
    what costs least. `in_stock` marks the days on which there was something to sell.

    Seasons and promotions (domain.calendar): a day of history sold `divisor` times what it would have
    without, the protection period will sell `factor` times. Lots outlast both, so they and `per_day` go by
    `usual`, the mean of `divisor` unless given. With promotions told, `pace` is rates.TOLD.
    """
    cleaned = clean(units, in_stock=in_stock)
    plain = cleaned.units if divisor is None else cleaned.units / np.maximum(divisor, LEAST)
    sold = rates(plain, cleaned.known, prior, pace)
    soon = sold if factor is None else sold.times(factor)
    mean, variance = over(soon.per_day, soon.spread, supply.days, supply.days_variance)
    variance = variance + soon.doubt * (supply.days**2 + supply.days_variance)
    per_day = sold.per_day * _usual(divisor, usual)
    costs = Costs(supply.order, supply.holding, supply.lost)
    lots = best(per_day, mean, variance, costs)
    if service is not None:
        lots = _by_service(lots, mean, variance, service)
    lot = _lot(lots.lot, per_day)
    selling = per_day > 0
    point = np.where(selling, np.ceil(lots.point - 1e-9) + 1, 0).astype(np.int64)
    target = point + np.where(selling, np.maximum(np.rint(lot), 1), 0).astype(np.int64)
    return Levels(
        per_day, mean, np.sqrt(variance), point, target, lot, lots.level, lots.short,
        sold.days, sold.sold, cleaned.capped, cleaned.spike, cleaned.unreadable,
    )  # fmt: skip


def _usual(divisor: Matrix | None, usual: Vector | None) -> Vector | float:
    if usual is not None:
        return usual
    if divisor is None or not divisor.shape[1]:
        return 1.0
    return np.asarray(divisor.mean(axis=1))


def _by_service(lots: Lots, mean: Vector, variance: Vector, service: float) -> Lots:
    point = negative_binomial(mean, variance, service)
    return Lots(point, np.full(len(mean), service), lots.lot, lots.short)


def _lot(lot: Vector, per_day: Vector) -> Vector:
    lasts = np.divide(lot, per_day, out=np.zeros(len(lot)), where=per_day > 0)
    return LOT_SHARE * lot / (1 + LONG_LOT * lasts)


def in_blocks(
    read: Callable[[slice], Matrix], count: int, supply: Supply, *, block: int = BLOCK, **how: object
) -> Iterator[tuple[slice, Levels]]:
    """`levels` of `count` needs, block by block: `read` gives the units of a slice of rows.

    Only one block is in memory, so any number of needs streams through. Answers equal those of one
    call over all rows: no row looks at another. `how` is passed on, vectors and matrices sliced.
    """
    for begin in range(0, count, block):
        part = slice(begin, min(begin + block, count))
        given = {name: value[part] if isinstance(value, np.ndarray) else value for name, value in how.items()}
        yield part, levels(read(part), supply.rows(part), **given)  # type: ignore[arg-type]
