"""What restocking rules cost on real demand, against someone who knows the future.

    python benchmarks/restock_policies.py sales [every]    the table; every n-th product only, to try it
    python benchmarks/restock_policies.py leads [every]    the same with lead times of 5, 7, 10 or 14 days
    python benchmarks/restock_policies.py stationary       steady demand, against the exact (s, S) optimum
    python benchmarks/restock_policies.py speed [count]    products x 364 days: seconds of one core, memory

Half a year of history, half a year of test with lost sales. Orders are placed in the evening and arrive
before the ninth morning (7 days between); all start with 14 days of stock; levels are learned anew each week.
Holding 25 % a year of what was paid (65 % of the price), margin 35 %, 1.00 for an order line. The clairvoyant
buys what sells, in the cheapest lots (Wagner and Whitin, 1958). Prints what docs/restock-method.md quotes.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass

import numpy as np
from restock_data import HISTORY, TEST, Sales, halves, load
from restock_rules import (
    LEAD,
    MARGIN,
    ORDER,
    Rule,
    cover,
    erpnext,
    holding,
    normal,
    ours,
    poisson,
    safety_stock,
    window,
)
from restock_stationary import stationary

from saleor_plugins.restock.domain.levels import Supply, in_blocks

SEED = 5
LEADS = (5, 7, 10, 14)
FIRST_COVER = 14


@dataclass(frozen=True)
class Outcome:
    """Money a product cost, and units that were wanted and served, per product."""

    cost: np.ndarray
    wanted: np.ndarray
    served: np.ndarray


def simulate(sales: Sales, rule: Rule, leads: tuple[int, ...] = (LEAD,)) -> Outcome:
    """Half a year of selling: arrivals, sales, lost sales, and a look at every position each evening."""
    units, price, rows = sales.units, sales.price, np.arange(len(sales.price))
    random = np.random.default_rng(SEED)
    held = holding(price)
    stock, coming = (
        np.ceil(FIRST_COVER * units[:, :HISTORY].mean(axis=1)),
        np.zeros((len(price), max(leads) + 1)),
    )
    cost, served = np.zeros(len(price)), np.zeros(len(price))
    point, target = rule(units[:, :HISTORY], sales)
    for day in range(HISTORY, HISTORY + TEST):
        stock += coming[:, 0]
        coming = np.concatenate([coming[:, 1:], np.zeros((len(price), 1))], axis=1)
        sold = np.minimum(stock, units[:, day])
        stock -= sold
        served += sold
        cost += (units[:, day] - sold) * price * MARGIN + stock * held
        if (day - HISTORY) % 7 == 6:
            point, target = rule(units[:, : day + 1], sales)
        position = stock + coming.sum(axis=1)
        order = np.where(position < point, np.maximum(target - position, 0), 0)
        cost += ORDER * (order > 0)
        coming[rows, random.choice(leads, len(rows)) if len(leads) > 1 else leads[0]] += order
    return Outcome(cost, units[:, HISTORY:].sum(axis=1), served)


def clairvoyant(sales: Sales) -> np.ndarray:
    """The least cost of serving everything when every sale is known, per product."""
    wanted, held = sales.units[:, HISTORY:], holding(sales.price)
    least = np.zeros((TEST + 1, len(wanted)))
    for first in range(TEST - 1, -1, -1):
        cost = np.full(len(wanted), ORDER)
        best = np.where(wanted[:, first] > 0, np.inf, least[first + 1])
        for last in range(first, TEST):
            cost += wanted[:, last] * held * (last - first)
            np.minimum(best, cost + least[last + 1], out=best)
        least[first] = best
    return least[0]


def table(sales: Sales, rules: dict[str, Rule], leads: tuple[int, ...] = (LEAD,)) -> None:
    """One line a rule: cost over the clairvoyant's and fill, of the half nothing was chosen on and of all."""
    known = clairvoyant(sales)
    told = halves(len(known))[1]
    print(f"{len(known)} products, lead {'/'.join(map(str, leads))} days; half B: {len(told)} products\n")
    print("| rule | cost, half B | fill, half B | cost, all | fill, all |\n| --- | --- | --- | --- | --- |")
    for name, rule in rules.items():
        found = simulate(sales, rule, leads)
        cells = []
        for rows in (told, slice(None)):
            cells.append(f"{found.cost[rows].sum() / known[rows].sum():.2f}")
            cells.append(f"{found.served[rows].sum() / found.wanted[rows].sum():.3f}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


RULES: dict[str, Rule] = {
    "min/max 14/42 days": cover(14, 42),
    "level and quantity (ERPNext style)": erpnext,
    "30-day velocity (Stocky style)": cover(7, 37, 30),
    "normal safety stock 95 % (OCA)": safety_stock,
    "day cover 21/120": cover(21, 120),
    "day cover 21/105": cover(21, 105),
    "day cover 28/105": cover(28, 105),
    "Poisson quantile + EOQ": poisson,
    "normal safety stock + EOQ": normal,
    "lead-time window quantile + EOQ": window,
    "**ours**": ours(),
}


def sales_table(every: int = 1) -> None:
    """Every rule."""
    sales = load()
    table(sales.rows(np.arange(0, len(sales.price), every)), RULES)


def leads_table(every: int = 1) -> None:
    """Lead times drawn anew for each order; ours knows their mean and variance."""
    sales = load()
    mean, variance = float(np.mean(LEADS)), float(np.var(LEADS))
    rules = {
        "min/max 14/42 days": cover(14, 42),
        "day cover 28/120": cover(28, 120),
        "lead-time window quantile + EOQ": window,
        "**ours**": ours(variance, mean),
    }
    table(sales.rows(np.arange(0, len(sales.price), every)), rules, LEADS)


def speed(count: int = 100_000) -> None:
    """Levels for `count` products whose units are drawn block by block, as a shop's would be read."""
    random = np.random.default_rng(SEED)
    rate = np.exp(random.normal(-1.5, 1.3, count))
    price = np.exp(random.normal(1.8, 0.8, count))
    supply = Supply(
        np.ones(count), holding(price), price * MARGIN, np.full(count, LEAD + 1.0), np.full(count, 1.0)
    )
    drawing = 0.0

    def read(rows: slice) -> np.ndarray:
        nonlocal drawing
        began = time.process_time()
        pace = rate[rows, None]
        units = random.negative_binomial(1.0, 1 / (1 + pace), (len(pace), HISTORY + TEST)).astype(float)
        drawing += time.process_time() - began
        return units

    began = time.process_time()
    done = sum(len(found.point) for _, found in in_blocks(read, count, supply))
    took = time.process_time() - began - drawing
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{done} products x {HISTORY + TEST} days: {took:.1f} s of one core, {peak:.0f} MB peak")


def main(what: str, *numbers: str) -> None:
    """Run one of the tables."""
    runs = {"sales": sales_table, "leads": leads_table, "stationary": stationary, "speed": speed}
    runs[what](*map(int, numbers))


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["sales"]))
