"""The bound over listed contents, and by how much each of them raises it.

A warehouse's gain at prices v_r (see `tree`) is a maximum over its list, however its tariff steps and
whatever stock its rows share: the bound is that of Dantzig and Wolfe's decomposition (1960).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from .case import Case
from .contents import Contents, among


@dataclass(eq=False, slots=True)
class Dual:
    """A proven bound at whole `prices`; no plan with a content costs less than `low` and its `reduced`.

    `gains` are those of the columns that have contents, by place; a plan without that column costs
    as much more.
    """

    low: int
    prices: list[int]
    reduced: np.ndarray
    gains: dict[int, int]


def dual(
    case: Case, listed: Contents, opened: Collection[int], prices: list[int], best: int, steps: int
) -> Dual:
    """Prices that give a high bound for plans that use the `opened` columns and maybe others.

    Subgradient steps in floating point (Polyak's rule, `best` as target); the last word is in integers.
    """
    demand = np.array(case.demand, dtype=float)
    top = np.array([float(case.big * n if case.big else best) for n in case.worth])
    cost, starts = listed.cost.astype(float), listed.starts
    ends = [*starts[1:].tolist(), len(cost)]
    room = None if case.limit is None else case.limit - len(opened)
    must = among(listed.column[starts], opened)
    v = np.minimum(np.array(prices, dtype=float), top)
    found, theta, stalled = (-1.0, v, demand), 1.0, 0
    for _ in range(steps):
        gain = listed.units @ v
        gain -= cost
        most = np.maximum.reduceat(gain, starts)
        selling = _selling(most, must, room)
        low = float(demand @ v) - float(most[selling].sum())
        places = [a + int(gain[a : ends[k]].argmax()) for k, a in _at(starts, selling)]
        short = demand - listed.units[places].sum(axis=0)
        if low > found[0]:
            found, stalled = (low, v, short), 0
        elif (stalled := stalled + 1) == 3:
            theta, stalled = theta * 0.6, 0
            low, v, short = found
        norm = float(short @ short)
        if not norm or low >= best:
            break
        v = np.clip(v + (theta * (best - low) / norm) * short, 0, top)
    return _exact(case, listed, must, room, [int(x) for x in found[1]])


def _at(starts: np.ndarray, places: np.ndarray) -> list[tuple[int, int]]:
    return list(zip(places.tolist(), starts[places].tolist(), strict=True))


def _selling(most: np.ndarray, must: np.ndarray, room: int | None) -> np.ndarray:
    """The places of columns that sell at these prices: whose gain counts."""
    selling = np.flatnonzero((most > 0) | must)
    if room is None or len(selling) <= room:
        return selling
    free = np.flatnonzero((most > 0) & ~must)
    if len(free) > room:
        free = free[np.argsort(-most[free], kind="stable")[:room]]
    return np.concatenate((np.flatnonzero(must), free))


def _exact(case: Case, listed: Contents, must: np.ndarray, room: int | None, prices: list[int]) -> Dual:
    starts = listed.starts
    gain = listed.units.astype(np.int64) @ np.array(prices, dtype=np.int64) - listed.cost
    most = np.maximum.reduceat(gain, starts)
    paid = sum(most[_selling(most, must, room)].tolist())
    low = sum([need * v for need, v in zip(case.demand, prices, strict=True)]) - paid
    counted = np.where(must, most, np.maximum(most, 0))
    sizes = np.diff(starts, append=len(gain))
    gains = dict(zip(listed.column[starts].tolist(), counted.tolist(), strict=True))
    return Dual(low, prices, np.repeat(counted, sizes) - gain, gains)
