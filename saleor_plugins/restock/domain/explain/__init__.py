"""A suggestion in words a merchant can check against the shelf, the calendar and the supplier's list."""

from __future__ import annotations

from ..rule import Advice
from .demand import demand
from .flags import checks
from .levels import levels
from .supply import supply
from .words import Words

__all__ = ["Words", "explain"]


def explain(advice: Advice, words: Words) -> list[str]:
    """Sentences, in order: demand, risk, rule, position, transfers, order, waiting, then one per flag."""
    return [
        *demand(advice, words),
        *levels(advice, words),
        *supply(advice, words),
        *checks(advice, words),
    ]
