"""What was expected to sell, kept to be compared with what did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from ..models import ForecastMade

EVERY = timedelta(days=7)
"""How often forecasts are kept."""


def due(today: date) -> bool:
    """Whether a run of `today` keeps its forecasts: a week after the last ones, or to make today's whole."""
    last = ForecastMade.objects.order_by("-made_on").values_list("made_on", flat=True).first()
    return last is None or last >= today or today - last >= EVERY


def keep(rows: Iterable[ForecastMade]) -> None:
    """Remember forecasts; one that was made for a need on that day stays as it was."""
    ForecastMade.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def forget_before(day: date) -> None:
    """Forget those made before `day`."""
    ForecastMade.objects.filter(made_on__lt=day).delete()
