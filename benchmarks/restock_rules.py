"""The rules that shops use today, as functions: history and prices in, reorder point and target out.

A rule orders when the inventory position is below the point, up to the target.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from restock_data import Sales

from saleor_plugins.restock.domain.borrow import prior
from saleor_plugins.restock.domain.calendar import split
from saleor_plugins.restock.domain.clean import clean
from saleor_plugins.restock.domain.levels import Supply, in_blocks
from saleor_plugins.restock.domain.promotion import factors, learned, tally
from saleor_plugins.restock.domain.quantile import empirical, negative_binomial
from saleor_plugins.restock.domain.rates import TOLD
from saleor_plugins.restock.domain.smoothing import ses

LEAD, PERIOD, WEEK = 7, 8, 7
YEAR, RATE, MARGIN, ORDER = 365, 0.25, 0.35, 1.0

Levels = tuple[np.ndarray, np.ndarray]
Rule = Callable[[np.ndarray, Sales], Levels]


def holding(price: np.ndarray) -> np.ndarray:
    """Money a unit held costs a day: the rate on what was paid for it."""
    return price * (1 - MARGIN) * RATE / YEAR


def cover(low: int, high: int, days: int | None = None) -> Rule:
    """Min/max in days of the average demand; of the last `days` only when given."""

    def rule(past: np.ndarray, sales: Sales) -> Levels:
        pace = (past if days is None else past[:, -days:]).mean(axis=1)
        return np.ceil(pace * low), np.ceil(pace * high)

    return rule


def erpnext(past: np.ndarray, sales: Sales) -> Levels:
    """A level of lead time demand plus a week, a fixed quantity of 30 days, both of the average."""
    pace = past.mean(axis=1)
    point = np.ceil(pace * (LEAD + 7))
    return point, point + np.maximum(np.ceil(pace * 30), 1)


def safety_stock(past: np.ndarray, sales: Sales) -> Levels:
    """Demand of the lead time plus z sigma sqrt(L) at 95 %, filled up to 30 days more (OCA's module)."""
    pace, sigma = past.mean(axis=1), past.std(axis=1)
    point = np.ceil(pace * LEAD + NormalDist().inv_cdf(0.95) * sigma * np.sqrt(LEAD))
    return point, point + np.ceil(pace * 30)


def _economic(pace: np.ndarray, sales: Sales) -> np.ndarray:
    return np.maximum(np.round(np.sqrt(2 * ORDER * pace / holding(sales.price))), 1)


def _ratio(lot: np.ndarray, pace: np.ndarray, sales: Sales) -> np.ndarray:
    """The part of lots' cycles that pays to cover: 1 - h Q / (p D)."""
    lost = sales.price * MARGIN * np.maximum(pace, 1e-9)
    return np.clip(1 - holding(sales.price) * lot / lost, 0.5, 0.999)


def poisson(past: np.ndarray, sales: Sales) -> Levels:
    """A Poisson quantile at the critical ratio, and the economic lot."""
    pace = ses(past, 0.02, first=past.mean(axis=1))
    lot = _economic(pace, sales)
    point = _quantile(pace * PERIOD, pace * PERIOD, _ratio(lot, pace, sales)) + 1
    return point, point + lot


def normal(past: np.ndarray, sales: Sales) -> Levels:
    """Normal safety stock at the critical ratio, and the economic lot."""
    pace = ses(past, 0.02, first=past.mean(axis=1))
    lot = _economic(pace, sales)
    z = np.array([NormalDist().inv_cdf(level) for level in np.round(_ratio(lot, pace, sales), 3)])
    point = np.ceil(pace * PERIOD + z * past.std(axis=1) * np.sqrt(PERIOD))
    return point, point + lot


def window(past: np.ndarray, sales: Sales) -> Levels:
    """The quantile of what past lead times sold, at the critical ratio, and the economic lot."""
    pace = ses(past, 0.02, first=past.mean(axis=1))
    lot = _economic(pace, sales)
    levels = np.round(_ratio(lot, pace, sales), 2)
    point, zero = np.zeros(len(past)), np.zeros(len(past), int)
    for level in np.unique(levels):
        rows = levels == level
        point[rows] = empirical(past[rows][:, -182:], zero[rows], zero[rows] + PERIOD, min(level, 0.99))
    return point + 1, point + 1 + lot


def _quantile(mean: np.ndarray, variance: np.ndarray, levels: np.ndarray) -> np.ndarray:
    answer, rounded = np.zeros(len(mean)), np.round(levels, 2)
    for level in np.unique(rounded):
        rows = rounded == level
        answer[rows] = negative_binomial(mean[rows], variance[rows], min(level, 0.995))
    return answer


def ours(lead_variance: float = 0.0, lead: float = LEAD, told: bool = False) -> Rule:
    """This package's own levels, by cost, block by block; `told` which days are and will be promoted."""

    def rule(past: np.ndarray, sales: Sales) -> Levels:
        count, days = past.shape
        supply = Supply(
            np.full(count, ORDER), holding(sales.price), sales.price * MARGIN,
            np.full(count, lead + 1), np.full(count, lead_variance),
        )  # fmt: skip
        how = _promotions(past, sales, supply) if told else {}
        plain = past / how["divisor"] if told else past
        expect = prior(plain.mean(axis=1), np.full(count, days), sales.category)
        point, target = np.zeros(count), np.zeros(count)
        for part, found in in_blocks(lambda rows: past[rows], count, supply, prior=expect, **how):
            point[part], target[part] = found.point, found.target
        return point, target

    return rule


def _promotions(past: np.ndarray, sales: Sales, supply: Supply) -> dict[str, object]:
    """Uplifts learned from the past alone; the levels are used for the week to come, orders may be late."""
    on, hold = sales.promoted, WEEK + np.sqrt(supply.days_variance)
    found = tally(clean(past).units, on)
    calendar = split(factors(on, learned(found, found.uplift)), past.shape[1], supply.days, hold)
    return {"divisor": calendar.divisor, "factor": calendar.factor, "pace": TOLD}
