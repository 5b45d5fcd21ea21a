"""Inequalities that every choice of plans keeps and the linear program does not.

Add up some rows, such as "hub 3 has 3 mugs" and "order 7 gets one plan", halve the sum and round down on both
sides: whole plans still keep it, mixtures of halves do not (Chvatal 1973; of three rows, as Jepsen et
al. 2008 use them in vehicle routing). They are looked for where the linear program mixes plans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .wave import Taken, Wave

# By how much a mixture must break an inequality, and how many of them are added at once.
BROKEN = 0.03
AT_ONCE = 80
MIXED = 1e-5


@dataclass(frozen=True)
class Cut:
    """Half of what a plan takes of `resources`, and of its order if that is among `orders`, rounded down.

    Over all orders that is at most `most`.
    """

    orders: frozenset[int]
    resources: frozenset[int]
    most: int

    def counts(self, i: int, taken: Taken) -> int:
        """What a plan of order `i` adds."""
        return (sum(n for k, n in taken.items() if k in self.resources) + (i in self.orders)) // 2


Columns = Sequence[tuple[int, Taken]]  # the order of each plan and what it takes


def broken(wave: Wave, columns: Columns, picked: Sequence[float]) -> list[Cut]:
    """Inequalities that a mixture of plans breaks, the worst first."""
    whole = [column for column, share in zip(columns, picked, strict=True) if share >= 1 - MIXED]
    mixed = [j for j, share in enumerate(picked) if MIXED < share < 1 - MIXED]
    if not mixed:
        return []
    core = _Core(wave, [columns[j] for j in mixed], np.array([picked[j] for j in mixed]), whole)
    found = sorted(core.broken(), key=lambda pair: (-pair[0], pair[1]))[:AT_ONCE]
    return list(dict.fromkeys(_cut(wave, core, rows, whole) for _, rows in found))


def _cut(wave: Wave, core: _Core, rows: Sequence[int], whole: Columns) -> Cut:
    """The inequality of some rows; orders whose plan is decided and takes an odd part of them join in."""
    keys = [core.keys[row] for row in rows]
    resources = frozenset(key for kind, key in keys if kind)
    orders = {key for kind, key in keys if not kind}
    orders |= {i for i, taken in whole if sum(n for k, n in taken.items() if k in resources) % 2}
    most = (sum(wave.limits[k] for k in resources) + len(orders)) // 2
    return Cut(frozenset(orders), resources, most)


class _Core:
    """What is mixed: the rows that mixed plans are in, with what the decided plans leave of them."""

    def __init__(self, wave: Wave, mixed: Columns, shares: np.ndarray, whole: Columns):
        left: dict[tuple[int, int], int] = {}
        for i, taken in mixed:
            left[0, i] = 1
            for k in taken:
                left[1, k] = wave.limits[k]
        for _, taken in whole:
            for k, n in taken.items():
                if (1, k) in left:
                    left[1, k] -= n
        self.keys = sorted(left)
        place = {key: row for row, key in enumerate(self.keys)}
        uses = np.zeros((len(self.keys), len(mixed)), dtype=np.int64)
        for column, (i, taken) in enumerate(mixed):
            uses[place[0, i], column] = 1
            for k, n in taken.items():
                uses[place[1, k], column] = n
        room = np.array([left[key] for key in self.keys], dtype=np.int64)
        self.shares, self.odd = shares, uses % 2
        self.slack = room - uses @ shares
        self.parity = (room % 2).astype(bool)
        self.tight = [int(row) for row in np.nonzero(self.slack < 1 - BROKEN)[0]]
        self.near = self._near(uses)

    def _near(self, uses: np.ndarray) -> Mapping[int, set[int]]:
        """Rows that share a mixed plan."""
        found: dict[int, set[int]] = {row: set() for row in self.tight}
        for column in range(uses.shape[1]):
            here = [row for row in self.tight if uses[row, column]]
            for row in here:
                found[row].update(here)
        return found

    def broken(self) -> Iterator[tuple[float, tuple[int, ...]]]:
        """One, two or three rows whose halves, rounded down, are too much; and by how much.

        With an odd sum one half less is allowed, and each plan that takes an odd part of it counts half less.
        """
        for a in self.tight:
            yield from self._check((a,), self.odd[a], self.slack[a], self.parity[a])
            for b in sorted(self.near[a]):
                if b <= a:
                    continue
                both, slack = self.odd[a] ^ self.odd[b], self.slack[a] + self.slack[b]
                parity = self.parity[a] ^ self.parity[b]
                yield from self._check((a, b), both, slack, parity)
                others = np.array(sorted(row for row in self.near[a] | self.near[b] if row > a and row != b))
                if len(others):
                    by = 1 - (self.odd[others] ^ both) @ self.shares - slack - self.slack[others]
                    for at in np.nonzero((self.parity[others] ^ parity) & (by > BROKEN))[0]:
                        yield float(by[at]), tuple(sorted((a, b, int(others[at]))))

    def _check(
        self, rows: tuple[int, ...], odd: np.ndarray, slack: float, parity: bool
    ) -> Iterator[tuple[float, tuple[int, ...]]]:
        by = float(1 - odd @ self.shares - slack)
        if parity and by > BROKEN:
            yield by, rows
