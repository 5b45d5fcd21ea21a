"""History that can be trusted: no NaN, no negative day, stock-outs not read as calm, spikes told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .demand import SPIKE_NEEDS, SPIKE_TIMES, SPIKE_UNITS, Counts, Matrix, Vector

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cleaned:
    """Daily units that count, and what was done to get there.

    `known` are the days that say something of demand. `capped` are units taken off, `spike` the
    largest day before (0 without one), `unreadable` the days that were NaN or infinite, all per row.
    """

    units: Matrix
    known: Mask | None
    capped: Vector
    spike: Vector
    unreadable: Counts


def clean(units: Matrix, start: Counts | None = None, in_stock: Mask | None = None) -> Cleaned:
    """`units` (rows: needs, columns: days) with its faults taken out; `units` itself is not changed.

    Days before `start` do not count. `in_stock` tells the days on which units were there to sell: a
    day without is dropped when nothing sold, and kept when something did, since that was demand.
    Returns above a day's sales count as nothing sold.
    """
    found = np.array(units, dtype=float)
    bad = ~np.isfinite(found)
    unreadable = bad.sum(axis=1)
    found[bad] = 0.0
    np.maximum(found, 0.0, out=found)
    known = _known(found, start, in_stock, bad if unreadable.any() else None)
    if start is not None and start.any():
        found[np.arange(found.shape[1]) < start[:, None]] = 0.0
    capped, spike = _cap(found)
    return Cleaned(found, known, capped, spike, unreadable)


def _known(found: Matrix, start: Counts | None, in_stock: Mask | None, bad: Mask | None) -> Mask | None:
    """None when every day counts: the usual case, and much quicker."""
    known: Mask | None = None
    if in_stock is not None:
        known = in_stock | (found > 0)
    if bad is not None:
        known = ~bad if known is None else known & ~bad
    if start is not None and start.any():
        late = np.arange(found.shape[1]) >= start[:, None]
        known = late if known is None else known & late
    return known


def _cap(found: Matrix) -> tuple[Vector, Vector]:
    """Cap in place the days that dwarf their row's usual selling day, as demand.history does."""
    capped, spike = np.zeros(len(found)), np.zeros(len(found))
    if not found.size:
        return capped, spike
    top = found.max(axis=1)
    for row in np.flatnonzero(top > SPIKE_UNITS):
        sold = found[row][found[row] > 0]
        if len(sold) < SPIKE_NEEDS:
            spike[row] = top[row]
            continue
        limit = max(SPIKE_TIMES * float(np.median(sold)), SPIKE_UNITS)
        if top[row] > limit:
            spike[row] = top[row]
            capped[row] = np.maximum(found[row] - limit, 0.0).sum()
            np.minimum(found[row], limit, out=found[row])
    return capped, spike
