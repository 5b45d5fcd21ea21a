"""Look at the whole shop first: what its categories sell, and where its classes begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
from django.db import transaction

from ...platform.port import Variant
from ..domain import figures as rules
from ..domain.demand import NEW_VARIANT_DAYS
from ..models import ShopFigure
from ..store import figures, locks
from .assess import Run, categories, selling_prices
from .read_history import DAYS


def shop_figures(pages: Iterator[Sequence[Variant]], run: Run) -> int:
    """Read every page, keep the pace of each category and the limits of the classes; answers how many.

    Three queries a page; of a variant only three numbers are kept in memory.
    """
    first, last = run.today - timedelta(days=DAYS), run.today - timedelta(days=1)
    average, days, turnover = [], [], []
    names: list[str] = []
    known: dict[str, str] = {}
    for variants in pages:
        ids = [variant.id for variant in variants]
        sold = figures.summed(ids, first, last)
        of, selling = categories(variants), selling_prices(ids, run)
        for variant in variants:
            units, began = sold.get(variant.id, (0, last))
            span = max(_days(began, last), NEW_VARIANT_DAYS)
            average.append(max(units, 0) / span)
            days.append(span)
            turnover.append(max(units, 0) * selling.get(variant.id, 0.0))
            name = of.get(variant.product_id, "")
            names.append(known.setdefault(name, name))
    paces = rules.paces(np.array(average), np.array(days), names)
    with transaction.atomic():
        locks.take("figures")
        figures.replace(ShopFigure.PACE, paces)
        figures.replace(ShopFigure.ABC, rules.limits(np.array(turnover)))
    return len(names)


def _days(began: date, last: date) -> int:
    return (last - began).days + 1
