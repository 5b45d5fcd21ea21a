"""The exact (s, S) rule with what was learned put in for what is true: for demand that does not drift.

Slower than domain.lot (a millisecond a need against microseconds) and for costs of another kind: a
unit owed costs by the day until it comes.
"""

from __future__ import annotations

from .optimum import Optimum, find, probabilities
from .rates import Rates


def steady(
    sold: Rates, row: int, days: int, order: float, holding: float, backorder: float
) -> Optimum | None:
    """The best (s, S) for row `row` of `sold`, None where nothing ever sold.

    `days` is lead time plus one day of review. The mean is the plain average of all days, and its
    doubt widens the lead time's demand. Raises ValueError when a cost is not positive.
    """
    mean = float(sold.average[row])
    if mean <= 0:
        return None
    times = float(sold.spread[row] / sold.per_day[row]) if sold.per_day[row] > 0 else 1.0
    spread = max(times, 1.0) * mean
    doubt = spread / max(int(sold.days[row]), 1)
    lead = probabilities(mean * days, spread * days + doubt * days**2)
    return find(probabilities(mean, spread), lead, order, holding, backorder)
