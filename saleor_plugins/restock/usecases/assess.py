"""What a page of variants needs: load in a constant number of queries, then decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ...platform import shop
from ...platform.port import Stock, Variant, Warehouse
from ..domain.demand import history
from ..domain.forecast import Forecast, forecast
from ..domain.order import OWED
from ..domain.rule import Advice, Limits, Policy, Position, advise
from ..domain.share import split
from ..domain.supplier import Terms, choose
from ..models import PurchaseOrderLine
from ..store import catalogue, demand, orders

FORECAST_DAYS = 182
"""Days of history a forecast reads."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class Run:
    """What stays the same over a run's pages. `today` is the shop's; it is not over, so not read."""

    today: date
    policy: Policy
    warehouses: Mapping[str, Warehouse]
    warehouse_id: str | None = None


@dataclass(frozen=True)
class Need:
    """A variant that a warehouse is short of. `share` is its part of the variant's demand."""

    variant: Variant
    warehouse_id: str
    advice: Advice
    share: float
    lead_days: int
    line: PurchaseOrderLine | None


@dataclass(frozen=True)
class Page:
    """The variants of a page, what they need, and every line already open for them."""

    variants: tuple[Variant, ...]
    needs: tuple[Need, ...]
    open_lines: Mapping[Pair, list[PurchaseOrderLine]]


def assess(variants: Sequence[Variant], run: Run) -> Page:
    """The needs of `variants`. Locks their open purchase orders for the transaction."""
    ids = [variant.id for variant in variants]
    open_lines = orders.lock_open(ids)
    stocks = {(stock.variant_id, stock.warehouse_id): stock for stock in shop().stocks(ids)}
    limits = catalogue.policies(ids)
    offers = catalogue.offers(ids, run.policy.default_lead_days)
    terms = {variant: choose(offers.get(variant, ())) for variant in ids}
    pairs = _pairs(stocks, limits, run)
    series, shares = _series(ids, pairs, run)
    found = _forecasts([series[pair] for pair in pairs], [terms[variant] for variant, _ in pairs], run)
    by_id = {variant.id: variant for variant in variants}
    needs = []
    for pair, expected in zip(pairs, found, strict=True):
        variant, house = pair
        lines = open_lines.get(pair, [])
        position = _position(stocks.get(pair), lines)
        limit = limits.get(pair) or limits.get((variant, "")) or Limits()
        advice = advise(expected, position, limit, terms[variant], run.policy)
        if advice and run.warehouse_id in (None, house):
            lead = _lead(terms[variant], run)
            needs.append(Need(by_id[variant], house, advice, shares[pair], lead, _draft_of(lines)))
    return Page(tuple(variants), tuple(needs), open_lines)


def _pairs(stocks: Mapping[Pair, Stock], limits: Mapping[Pair, Limits], run: Run) -> list[Pair]:
    """Where a variant lies, and where the merchant wants it to lie."""
    wanted = {pair for pair in limits if pair[1] in run.warehouses}
    return sorted(set(stocks) | wanted)


def _series(
    ids: Sequence[str], pairs: Sequence[Pair], run: Run
) -> tuple[dict[Pair, dict[date, float]], dict[Pair, float]]:
    """Daily demand of every pair, and which part of its variant's demand that is."""
    last = run.today - timedelta(days=1)
    sold = demand.read(ids, last - timedelta(days=FORECAST_DAYS - 1), last)
    serves = {house.id: house.countries for house in run.warehouses.values()}
    houses: dict[str, list[str]] = {}
    for variant, house in pairs:
        houses.setdefault(variant, []).append(house)
    series, shares = {}, {}
    for variant, stocked in houses.items():
        parts = split(sold.get(variant, {}), stocked, serves)
        whole = sum(sum(part.values()) for part in parts.values())
        for house, part in parts.items():
            series[variant, house] = part
            shares[variant, house] = sum(part.values()) / whole if whole else 1.0
    return series, shares


def _forecasts(
    rows: Sequence[Mapping[date, float]], terms: Sequence[Terms | None], run: Run
) -> list[Forecast]:
    last = run.today - timedelta(days=1)
    past = history(rows, last - timedelta(days=FORECAST_DAYS - 1), last)
    periods = np.array([_lead(offer, run) + run.policy.review_days for offer in terms], dtype=np.int64)
    return forecast(past, periods, run.policy.service_level)


def _lead(terms: Terms | None, run: Run) -> int:
    return terms.lead_days if terms else run.policy.default_lead_days


def _draft_of(lines: Sequence[PurchaseOrderLine]) -> PurchaseOrderLine | None:
    return next((line for line in lines if line.draft), None)


def _position(stock: Stock | None, lines: Sequence[PurchaseOrderLine]) -> Position:
    owed = sum(max(line.ordered - line.received, 0) for line in lines if line.order.state in OWED)
    if stock is None:
        return Position(0, 0, owed)
    return Position(stock.on_hand, stock.allocated, owed)
