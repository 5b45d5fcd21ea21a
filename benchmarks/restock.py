"""What a restocking rule costs: ours, min/max by days and 30-day velocity on the same simulated demand.

Run: python benchmarks/restock.py [variants]. Half a year of history, half a year of test with lost sales,
lead time 7 days, holding 25 % a year, margin 35 %, 1.00 for an order line; daily review, parameters
learned anew each week. Costs are ratios to ours; all rules see the same demand (fixed seed).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from saleor_plugins.restock.domain.demand import history
from saleor_plugins.restock.domain.forecast import forecast
from saleor_plugins.restock.domain.rule import Limits, Policy, Position, advise
from saleor_plugins.restock.domain.supplier import Terms

SEED = 20260301
HISTORY, TEST, LEAD, WEEK = 182, 182, 7, 7
MARGIN, HOLDING, ORDER_COST = 0.35, 0.25, 1.0
POLICY = Policy(0.97, 1, LEAD)

Units = np.ndarray
Levels = tuple[Units, Units]
Learn = Callable[[Units, Units], Levels]


@dataclass(frozen=True)
class Outcome:
    """What a rule cost in money, the share of demand it served, and its order lines."""

    cost: float
    fill: float
    orders: int


def demand(variants: int, random: np.random.Generator) -> tuple[Units, Units]:
    """Daily units and prices: slow to quick sellers, bursty, with a weekly season and a slow drift."""
    rate = np.exp(random.normal(-1.2, 1.3, variants))
    burst = random.uniform(0.3, 3.0, variants)
    days = np.arange(HISTORY + TEST)
    season = 1 + 0.3 * np.sin(2 * np.pi * (days / 7 + random.uniform(0, 1, (variants, 1))))
    drift = np.exp(np.cumsum(random.normal(0, 0.01, (variants, len(days))), axis=1))
    mean = rate[:, None] * season * drift
    units = random.negative_binomial(burst[:, None], burst[:, None] / (burst[:, None] + mean))
    return units, np.round(np.exp(random.normal(1.8, 0.8, variants)), 2)


def days_of_cover(low: int, high: int) -> Learn:
    """Min/max as spreadsheets do it: order below `low` days of average demand, up to `high` days."""

    def learn(past: Units, prices: Units) -> Levels:
        pace = past[:, -HISTORY:].mean(axis=1)
        return np.ceil(pace * low), np.ceil(pace * high)

    return learn


def velocity(past: Units, prices: Units) -> Levels:
    """The last 30 days' pace: order what the lead time and 30 days will need."""
    pace = past[:, -30:].mean(axis=1)
    return np.ceil(pace * LEAD), np.ceil(pace * (LEAD + 30))


def ours(past: Units, prices: Units) -> Levels:
    """The plugin's own rule, by its own functions."""
    first = date(2026, 1, 1)
    recent = past[:, -HISTORY:]
    rows = [{first + timedelta(days=int(i)): float(row[i]) for i in np.flatnonzero(row)} for row in recent]
    found = history(rows, first, first + timedelta(days=HISTORY - 1))
    periods = np.full(len(recent), LEAD + POLICY.review_days)
    point, target = np.zeros(len(recent)), np.zeros(len(recent))
    for index, expected in enumerate(forecast(found, periods, POLICY.service_level)):
        terms = Terms("", "", "", int(prices[index] * 100), "USD", lead_days=LEAD)
        # An empty shelf with a debt is always below the reorder point, so the rule always answers.
        advice = advise(expected, Position(-1), Limits(), terms, POLICY)
        assert advice
        point[index], target[index] = advice.reorder_point, advice.target
    return point, target


def simulate(units: Units, prices: Units, learn: Learn) -> Outcome:
    """Half a year of selling by a rule: arrivals, sales, lost sales, holding, and a look each evening."""
    variants = len(prices)
    point, target = learn(units[:, :HISTORY], prices)
    stock, coming = target.copy(), np.zeros((variants, LEAD + 1))
    cost, sold, orders = 0.0, 0.0, 0
    for day in range(HISTORY, HISTORY + TEST):
        stock += coming[:, 0]
        coming = np.concatenate([coming[:, 1:], np.zeros((variants, 1))], axis=1)
        served = np.minimum(stock, units[:, day])
        stock -= served
        sold += served.sum()
        cost += ((units[:, day] - served) * prices * MARGIN).sum() + (stock * prices).sum() * HOLDING / 365
        if (day - HISTORY) % WEEK == WEEK - 1:
            point, target = learn(units[:, : day + 1], prices)
        position = stock + coming.sum(axis=1)
        quantity = np.where(position < point, target - position, 0)
        coming[:, LEAD - 1] += quantity
        orders += int((quantity > 0).sum())
    return Outcome(cost + orders * ORDER_COST, sold / units[:, HISTORY:].sum(), orders)


def main(variants: int) -> None:
    """Print the table."""
    units, prices = demand(variants, np.random.default_rng(SEED))
    rules: dict[str, Learn] = {
        "ours (97 %)": ours,
        "min/max 14/42 days": days_of_cover(14, 42),
        "min/max 21/60 days": days_of_cover(21, 60),
        "30-day velocity": velocity,
    }
    began = time.perf_counter()
    outcomes = {name: simulate(units, prices, rule) for name, rule in rules.items()}
    base = outcomes["ours (97 %)"].cost
    print(f"{variants} variants, {TEST} days, seed {SEED}\n")
    print("| rule | cost / ours | fill | order lines |\n| --- | --- | --- | --- |")
    for name, found in outcomes.items():
        print(f"| {name} | {found.cost / base:.2f} | {found.fill:.3f} | {found.orders} |")
    print(f"\n{time.perf_counter() - began:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
