"""The days of a page of needs on which promotions sell more than usual, past and coming."""

from __future__ import annotations

from collections.abc import Sequence

from .demand import Matrix
from .histories import Histories
from .promotion import Promotion, Tally, factors, learned, promoted, tally

AHEAD = 182
"""Days after the history that are looked at: longer than goods take to come."""


def lifts(past: Histories, promotions: Sequence[Promotion], shop: float) -> Matrix | None:
    """How many times as much as usual each day sells, rows as in `past`; None where nothing is promoted.

    Columns are the days of `past` and AHEAD more. An uplift nobody has given is learned from a row's own
    past promotions, shrunk to the `shop`'s.
    """
    if not promotions:
        return None
    rows, days = past.units.shape
    on = promoted(promotions, rows, days + AHEAD)
    found = tally(past.units, on, past.in_stock)
    return factors(on, learned(found, shop), promotions)


def seen(past: Histories, promotions: Sequence[Promotion]) -> Tally:
    """What the page's past promotions sold, to be added up to the shop's uplift."""
    rows, days = past.units.shape
    return tally(past.units, promoted(promotions, rows, days), past.in_stock)
