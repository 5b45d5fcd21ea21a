"""Look at the whole shop first: what its categories sell, and where its classes begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
from django.db import transaction

from ...platform.port import Variant
from ..domain import figures as rules
from ..domain.demand import NEW_VARIANT_DAYS
from ..domain.promoted import seen
from ..domain.promotion import Tally
from ..models import ShopFigure
from ..store import figures, locks
from .assess import Run, categories, selling_prices
from .learn_seasons import sums_due
from .read_history import DAYS, read_history
from .read_promotions import read_promotions


def shop_figures(pages: Iterator[Sequence[Variant]], run: Run) -> int:
    """Read every page, keep the pace of each category and the limits of the classes; answers how many.

    What promotions sell is learned where the merchant has not said it. A constant number of queries a
    page; of a variant only three numbers are kept in memory.
    """
    first, last = run.today - timedelta(days=DAYS), run.today - timedelta(days=1)
    average, days, turnover = [], [], []
    names: list[str] = []
    known: dict[str, str] = {}
    pushed, seasons = Tally(np.zeros(1), np.zeros(1)), sums_due(run.today)
    for variants in pages:
        ids = [variant.id for variant in variants]
        sold = figures.summed(ids, first, last)
        of, selling = categories(variants), selling_prices(ids, run)
        pushed = _more(pushed, variants, run)
        if seasons:
            seasons.add(variants)
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
        if seasons:
            seasons.keep(run.today)
        figures.replace(ShopFigure.UPLIFT, {"": pushed.uplift} if pushed.expected.sum() > 0 else {})
    return len(names)


def _days(began: date, last: date) -> int:
    return (last - began).days + 1


def _more(so_far: Tally, variants: Sequence[Variant], run: Run) -> Tally:
    """`so_far` with what the past promotions of these variants sold, if there were any."""
    first = run.today - timedelta(days=DAYS)
    pairs = [(variant.id, "") for variant in variants]
    found = [each for each in read_promotions(variants, pairs, first, DAYS) if each.uplift is None]
    if not found:
        return so_far
    page = seen(read_history([variant.id for variant in variants], {}, pairs, run.today), found)
    return Tally(so_far.seen + page.seen.sum(), so_far.expected + page.expected.sum())
