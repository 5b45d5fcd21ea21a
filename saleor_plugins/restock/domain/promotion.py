"""Known promotions: what they sell times as much, learned from a row's own past ones or given.

Days of past promotions are divided by their uplift before a rate is learned, so that a promotion does
not look like lasting demand; the days of coming ones multiply it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .clean import Mask
from .demand import Matrix, Vector

TRUST = 5.0
"""The shop's mean uplift weighs as much as a past promotion in which this many units were usual."""

MOST = 8.0
"""No learned uplift is above this: the rest was luck."""


@dataclass(frozen=True)
class Promotion:
    """Row `row` is promoted from day `first` to day `last`, both included: columns of its history and on.

    `uplift` is how many times as much sells; None lets `learned` tell. Days outside of what is asked
    for are ignored.
    """

    row: int
    first: int
    last: int
    uplift: float | None = None


@dataclass(frozen=True)
class Tally:
    """Per row: units `seen` on promoted days, and `expected` there by the pace of all other days."""

    seen: Vector
    expected: Vector

    @property
    def uplift(self) -> float:
        """Of all rows together, from 1 to MOST; 1 where nothing was expected."""
        expected = float(self.expected.sum())
        return float(np.clip(self.seen.sum() / expected, 1.0, MOST)) if expected > 0 else 1.0


def promoted(promotions: Sequence[Promotion], rows: int, days: int) -> Mask:
    """The promoted days of `rows` rows and `days` columns whose uplift is to be learned."""
    found = np.zeros((rows, days), bool)
    for each in promotions:
        if each.uplift is None:
            found[each.row, max(each.first, 0) : max(each.last + 1, 0)] = True
    return found


def tally(units: Matrix, on: Mask, in_stock: Mask | None = None) -> Tally:
    """What the past promotions of each row sold; `on` may go on beyond `units`, the future is not read.

    Add up the tallies of blocks for the shop's. Days without stock on which nothing sold do not count.
    """
    days = units.shape[1]
    past = on[:, :days]
    counts = np.ones_like(past) if in_stock is None else in_stock | (units > 0)
    off = counts & ~past
    calm, pushed = off.sum(axis=1), (counts & past).sum(axis=1)
    pace = np.divide(np.einsum("ij,ij->i", units, off), calm, out=np.zeros(len(units)), where=calm > 0)
    return Tally(np.einsum("ij,ij->i", units, counts & past), pace * pushed)


def learned(found: Tally, shop: float) -> Vector:
    """The uplift of each row: its own past promotions, shrunk to the `shop`'s, from 1 to MOST."""
    return np.clip((found.seen + TRUST * shop) / (found.expected + TRUST), 1.0, MOST)


def factors(on: Mask, uplift: Vector, promotions: Sequence[Promotion] = ()) -> Matrix:
    """How many times as much each day sells: `uplift` where `on`, and what `promotions` give.

    Where several meet, the strongest holds; one that sells less (an uplift below 1) only where it is alone.
    """
    found = np.where(on, uplift[:, None], 1.0)
    for each in promotions:
        if each.uplift is not None:
            part = found[each.row, max(each.first, 0) : max(each.last + 1, 0)]
            part[:] = np.where(part == 1.0, each.uplift, np.maximum(part, each.uplift))
    return found
