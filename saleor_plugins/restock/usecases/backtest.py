"""Compare rules over the shop's own past demand. Nothing is written but the run's row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from ...jobs import Jobs, Progress, Tell
from ...kernel.clock import day_of
from ...kernel.errors import Invalid
from ...platform import shop
from ...platform.port import Variant
from ..domain.backtest.replay import clairvoyant, replay
from ..domain.backtest.shelf import Shelf
from ..domain.backtest.tally import Column, beside
from ..domain.facts import Need
from ..domain.histories import Histories
from ..domain.outlook import Row, rows, supply_of
from ..models import Backtest
from ..store import catalogue, demand
from .assess import Facts, Run, need_of
from .backtest_settings import HISTORY_DAYS, Settings, checked
from .open_run import open_run
from .positions import Pair, Positions
from .read_history import read_history

BACKTEST_DUE = "restock.backtest_due"
PAGE = 500
"""Variants replayed at a time."""

backtests: Jobs[Backtest] = Jobs(Backtest, BACKTEST_DUE)


def ask_backtest(days: int, *, by: str = "", queue: bool = True, **asked: Any) -> Backtest:
    """A run over the last `days`, to be done by a worker (or by the caller, without `queue`).

    `asked` are `backtest_settings.checked`'s. Raises what that raises, Invalid (``days``) where the demand
    history is too short, Conflict for a sixth run while five are not done.
    """
    settings = checked(days, **asked)
    known = demand.reach()
    least = settings.days + HISTORY_DAYS // 2
    have = (known.through - known.since).days if known else 0
    if have < least:
        raise Invalid(f"{have} days of demand are known, {least} are needed.", field="days")
    return backtests.add(settings.as_json(), by=by, queue=queue)


def run_backtest(key: UUID, progress: Progress | None = None) -> Backtest | None:
    """Do a run that waits, or whose worker died; None when there is nothing to do. See `Jobs.run`."""
    return backtests.run(key, _compare, progress)


def _compare(row: Backtest, tell: Tell) -> dict[str, Any]:
    settings = Settings(**row.settings)
    run = open_run(settings.warehouse_id or None)
    columns = [Column.of(rule) for rule in settings.rules]
    known = Column("clairvoyant", "Who knows the future")
    needs, done, total = 0, 0, _count()
    tell(0, total)
    for variants in _pages():
        shelf = _shelf(variants, run, settings)
        for column, rule in zip(columns, settings.rules, strict=True):
            column.add(replay(shelf, rule))
            tell(done, total)
        known.add(clairvoyant(shelf))
        needs, done = needs + shelf.count, done + len(variants)
        tell(done, total)
    tell(done, total, True)
    last = day_of(row.created, shop().time_zone()) - timedelta(days=1)
    return {
        "columns": beside([*columns, known], settings.days),
        "currency": run.currency,
        "needs": needs,
        "variants": done,
        "days": settings.days,
        "since": (last - timedelta(days=settings.days - 1)).isoformat(),
        "until": last.isoformat(),
        "warehouse": run.warehouses[settings.warehouse_id].name if settings.warehouse_id else "",
    }


def _count() -> int:
    """Variants a run walks over, as far as known before it has."""
    return sum(len(variants) for variants in _pages())


def _pages() -> Iterator[list[Variant]]:
    after: str | None = None
    while variants := shop().stocked_variants(after=after, limit=PAGE):
        yield variants
        after = variants[-1].id


def _shelf(variants: Sequence[Variant], run: Run, settings: Settings) -> Shelf:
    ids = [variant.id for variant in variants]
    stocked = {(stock.variant_id, stock.warehouse_id) for stock in shop().stocks(ids)}
    pairs = sorted(pair for pair in stocked if pair[1] in run.warehouses)
    past = read_history(ids, run.warehouses, pairs, run.today, HISTORY_DAYS + settings.days)
    needs = _needs(variants, pairs, past, run)
    # What a need would cost is reckoned by its first offer: which one is cheapest is not what is compared.
    chosen = {row.at: row for row in reversed(rows(needs, run.policy))}
    wanted = [chosen[at] for at in range(len(needs)) if _counts(needs[at], run)]
    return _arrays(wanted, past, run)


def _counts(need: Need, run: Run) -> bool:
    return run.warehouse_id in (None, need.warehouse_id)


def _needs(variants: Sequence[Variant], pairs: Sequence[Pair], past: Histories, run: Run) -> list[Need]:
    facts = Facts.read(variants, past, pairs, run)
    limits = catalogue.policies([variant.id for variant in variants])
    nothing = Positions({}, frozenset(), {}, ())
    return [need_of(pair, nothing, limits, facts, float(past.share[at])) for at, pair in enumerate(pairs)]


def _arrays(wanted: Sequence[Row], past: Histories, run: Run) -> Shelf:
    source = np.array([row.at for row in wanted], dtype=np.intp)
    supply = supply_of(wanted, run.policy, run.currency)
    terms = [row.offer.terms if row.offer else None for row in wanted]
    limits = [row.need.limits for row in wanted]
    return Shelf(
        units=past.units[source],
        in_stock=past.in_stock[source],
        history=HISTORY_DAYS,
        cost=np.array([row.holding for row in wanted], dtype=float),
        lost=supply.lost,
        order=float(supply.order[0]) if len(wanted) else 0.0,
        holding_rate=run.policy.holding_rate,
        lead=np.array([max(round(row.lead.mean), 0) for row in wanted], dtype=np.int64),
        lead_variance=supply.days_variance,
        moq=np.array([one.moq if one else 1 for one in terms], dtype=np.int64),
        pack=np.array([one.pack if one else 1 for one in terms], dtype=np.int64),
        minimum=np.array([one.minimum for one in limits], dtype=np.int64),
        maximum=np.array([-1 if one.maximum is None else one.maximum for one in limits], dtype=np.int64),
    )
