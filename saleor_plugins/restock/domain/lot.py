"""The reorder point and the lot together: what an order, a unit held and a unit lost cost decides both.

One sweep over k = 0, 1, 2, ... for all needs at once. With n(k) the units expected above k, the best lot
for the reorder point k is sqrt(2 D (K + p n(k)) / h), which leaves a cost in k alone (Hadley and
Whitin, 1963, chapter 4, with lost sales).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .demand import Vector

_NOTHING = 1e-9  # units; the square of less is no longer a number
_MASS = -600.0  # exp() of less is too near zero for the recursion to start
_EXACT = 256.0  # a larger mean may be surer than Poisson: no recursion starts at exp(-mean)
_STEPS = 16.0  # a standard deviation takes at most so many steps


@dataclass(frozen=True)
class Costs:
    """Per need: `order` per order line, `holding` per unit and day, `lost` per unit not served."""

    order: Vector
    holding: Vector
    lost: Vector

    def at(self, rows: npt.NDArray[np.intp], lump: Vector) -> Costs:
        """Of some rows, for lumps of that many units."""
        return Costs(self.order[rows], self.holding[rows] * lump, self.lost[rows] * lump)


@dataclass(frozen=True)
class Lots:
    """Per need: `point` s, the `level` P(demand <= s) it buys, `lot` Q, units `short` in a lot's cycle."""

    point: Vector
    level: Vector
    lot: Vector
    short: Vector


def best(per_day: Vector, mean: Vector, variance: Vector, costs: Costs) -> Lots:
    """The cheapest reorder point and lot for negative-binomial demand of a protection period.

    `per_day`, `mean` and `variance` are units. Zero demand gives zeros. A
    standard deviation above 16 units is solved in lumps, so that a row takes a few hundred steps at most.
    """
    rows = np.flatnonzero((mean > _NOTHING) & (per_day > _NOTHING))
    expected = mean[rows]
    spread = np.maximum(variance[rows], np.where(expected > _EXACT, 0.0, expected))
    lump = np.maximum(1.0, np.ceil(np.sqrt(spread) / _STEPS))
    # In lumps a variance below the mean is a sure part and a Poisson rest.
    rest = np.minimum(expected / lump, np.maximum(spread / lump**2, 1e-9))
    sure = expected - rest * lump
    found = _sweep(per_day[rows] / lump, rest, spread / lump**2, costs.at(rows, lump))
    answer = [np.zeros(len(mean)) for _ in found]
    for full, part, scale in zip(answer, found, (lump, np.ones(len(rows)), lump, lump), strict=True):
        full[rows] = part * scale
    answer[0][rows] += sure
    return Lots(*answer)


def _sweep(rate: Vector, mean: Vector, variance: Vector, costs: Costs) -> list[Vector]:
    order, hold, lost = costs.order, costs.holding, costs.lost
    pmf, ratio, size, k = _begin(mean, variance)
    index = np.arange(len(mean))
    answer = [np.zeros(len(mean)) for _ in range(4)]
    least = np.full(len(mean), np.inf)
    total, short = pmf.copy(), mean - k
    while len(index):
        lot = np.sqrt(2 * rate * (order + lost * short) / hold)
        cost = hold * (k - mean + short + lot)
        better = cost < least[index]
        for kept, now in zip(answer, (k, total, lot, short), strict=True):
            kept[index[better]] = now[better]
        least[index[better]] = cost[better]
        # Past the mean the cost is convex: once it rises by a lot it never comes back.
        going = better | (k < mean) | (cost < least[index] * 1.02)
        going &= (total < 1 - 1e-9) | (k < mean)
        index = index[going]
        rate, mean, order, hold, lost = (x[going] for x in (rate, mean, order, hold, lost))
        pmf, ratio, size, k, total, short = (x[going] for x in (pmf, ratio, size, k, total, short))
        short = np.maximum(short - (1 - total), 0.0)
        pmf = pmf * (k + size) / (k + 1) * ratio
        k = k + 1
        total = total + pmf
    return answer


def _begin(mean: Vector, variance: Vector) -> tuple[Vector, Vector, Vector, Vector]:
    """P(0), the ratio and the size of the recursion pmf(k + 1) = pmf(k) (k + size) / (k + 1) ratio."""
    extra = np.maximum(variance - mean, mean * 1e-6)
    size = mean * mean / extra
    log_zero = -size * np.log1p(mean / size)
    return np.exp(np.maximum(log_zero, _MASS)), mean / (size + mean), size, np.zeros(len(mean))
