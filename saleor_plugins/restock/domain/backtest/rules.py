"""Rules to compare: from the known days to a reorder point and what to fill up to.

A rule orders when the inventory position is below its point. Those named after products are our reading of
their style, not those products run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ..demand import Vector
from ..levels import Supply, levels
from .shelf import Past

Found = tuple[Vector, Vector]
REVIEW = 1
"""Days between two looks at a position."""


@dataclass(frozen=True)
class Rule:
    """`key` names it for programs, `title` for people."""

    key: str
    title: str
    learn: Callable[[Past], Found]


def by_cost() -> Rule:
    """The plugin's own levels at the least cost."""
    return Rule("cost", "Ours, by cost", lambda past: _ours(past, None))


def by_service(level: float) -> Rule:
    """The plugin's own levels at a service level in (0, 1)."""
    return Rule(f"service-{level * 100:g}", f"Ours, {level:.3g} service", lambda past: _ours(past, level))


def _ours(past: Past, service: float | None) -> Found:
    shelf = past.shelf
    supply = Supply(
        np.full(shelf.count, shelf.order),
        shelf.holding,
        shelf.lost,
        shelf.lead.astype(np.float64) + REVIEW,
        shelf.lead_variance,
    )
    in_stock = None if past.in_stock.all() else past.in_stock
    found = levels(past.units, supply, service=service, in_stock=in_stock, prior=shelf.prior)
    return found.point.astype(float), found.target.astype(float)


def limits() -> Rule:
    """The merchant's own minimums and maximums; a need without one is never ordered."""

    def learn(past: Past) -> Found:
        low, high = past.shelf.minimum.astype(float), past.shelf.maximum.astype(float)
        return low, np.where(high < 0, low, high)

    return Rule("limits", "Your minimums and maximums", learn)


def cover(low: int, high: int, days: int | None = None) -> Rule:
    """Reorder at `low` days of the average demand (of the last `days`), fill up to `high` days."""

    def learn(past: Past) -> Found:
        pace = past.pace(days)
        return np.ceil(pace * low), np.ceil(pace * high)

    of = f" of {days}" if days else ""
    return Rule(f"cover-{low}-{high}", f"Min/max {low}/{high} days{of}", learn)


def velocity() -> Rule:
    """The last 30 days' pace: a week's worth, then thirty days more (Stocky's style)."""
    return Rule("velocity-30", "30-day velocity", cover(7, 37, 30).learn)


def fixed_quantity() -> Rule:
    """A level of lead time demand plus a week, a fixed quantity of thirty days (ERPNext's style)."""

    def learn(past: Past) -> Found:
        pace = past.pace()
        point = np.ceil(pace * (past.shelf.lead + 7))
        return point, point + np.maximum(np.ceil(pace * 30), 1)

    return Rule("level-quantity", "Level and quantity", learn)


def safety_stock(level: float = 0.95) -> Rule:
    """Lead time demand plus z sigma sqrt(L), filled up by thirty days (OCA's style)."""

    def learn(past: Past) -> Found:
        pace, lead = past.pace(), past.shelf.lead
        sigma = past.units.std(axis=1) if past.until else np.zeros(past.shelf.count)
        point = np.ceil(pace * lead + NormalDist().inv_cdf(level) * sigma * np.sqrt(lead))
        return point, point + np.ceil(pace * 30)

    return Rule("safety-stock", "Normal safety stock", learn)


def baselines() -> tuple[Rule, ...]:
    """What shops use today."""
    return (cover(14, 42), fixed_quantity(), velocity(), safety_stock())
