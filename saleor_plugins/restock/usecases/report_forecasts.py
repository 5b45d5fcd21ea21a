"""Hold what was expected against what sold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

from ..domain.figures import letter
from ..domain.reports.accuracy import Sums
from ..domain.reports.scope import Scope
from ..store import forecast_report as store
from ..store import reports
from .assess import Run, selling_prices
from .open_run import open_run

PAGE = 2_000
"""Variants whose class is looked up at a time."""


@dataclass
class ForecastReport:
    """Forecasts whose days are over: all, by the day they were made on, by warehouse, by ABC class."""

    whole: Sums = field(default_factory=Sums)
    weeks: dict[date, Sums] = field(default_factory=dict)
    warehouses: dict[str, Sums] = field(default_factory=dict)
    classes: dict[str, Sums] = field(default_factory=dict)


def forecast_report(scope: Scope) -> ForecastReport:
    """The forecasts made in the scope's days. Two queries, and a few for each page of variants.

    Raises NotFound (``warehouseId``).
    """
    run = open_run(scope.warehouse_id or None)
    asked, found = _asked(scope, run), ForecastReport()
    for made_on, house, sums in store.by_week_and_warehouse(asked):
        if made_on:
            found.weeks[made_on] = sums
        elif house:
            name = run.warehouses[house].name if house in run.warehouses else house
            found.warehouses[name] = found.warehouses.get(name, Sums()) + sums
        elif sums.count:
            found.whole = sums
    for name, sums in _by_class(asked, run):
        found.classes[name] = found.classes.get(name, Sums()) + sums
    found.classes = dict(sorted(found.classes.items()))
    return found


def _asked(scope: Scope, run: Run) -> dict[str, Any]:
    served = [(house.id, country) for house in run.warehouses.values() for country in sorted(house.countries)]
    return {
        "since": run.today - timedelta(days=scope.days),
        "today": run.today,
        "only": scope.warehouse_id,
        "houses": [house for house, _ in served],
        "countries": [country for _, country in served],
    }


def _by_class(asked: dict[str, Any], run: Run) -> Iterator[tuple[str, Sums]]:
    """Nothing before a run has found where the classes begin."""
    rows = store.by_variant(asked) if run.classes else iter(())
    while page := dict(islice(rows, PAGE)):
        letters = _letters(page, run)
        for variant, sums in page.items():
            yield letters[variant], sums


def _letters(ids: Collection[str], run: Run) -> dict[str, str]:
    weekly, selling = reports.weekly(ids, run.today), selling_prices(ids, run)
    return {key: letter(weekly.get(key, (0.0, 0.0))[0] * selling.get(key, 0.0), run.classes) for key in ids}
