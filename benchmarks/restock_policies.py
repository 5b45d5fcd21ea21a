"""What restocking rules cost on real demand, against someone who knows the future.

    python benchmarks/restock_policies.py sales [every]    the table; every n-th product only, to try it
    python benchmarks/restock_policies.py leads [every]    the same with lead times of 5, 7, 10 or 14 days
    python benchmarks/restock_policies.py stationary       steady demand, against the exact (s, S) optimum
    python benchmarks/restock_policies.py seasons          three years of drawn seasons, whose truth is known
    python benchmarks/restock_policies.py censored [every] a history in which a third of demand met no stock
    python benchmarks/restock_policies.py drift            drawn demand that stays or walks away
    python benchmarks/restock_policies.py speed [count]    products x 364 days: seconds of one core, memory

Half a year of history, half a year of test with lost sales. Orders are placed in the evening and arrive
before the ninth morning (7 days between); all start with 14 days of stock; levels are learned anew each week.
Holding 25 % a year of what was paid (65 % of the price), margin 35 %, 1.00 for an order line. The clairvoyant
buys what sells, in the cheapest lots (Wagner and Whitin, 1958). Prints what docs/restock-method.md quotes.
"""

from __future__ import annotations

import sys

import numpy as np
from restock_censored import censored
from restock_data import Sales, halves, load
from restock_drift import drift
from restock_rules import (
    LEAD,
    Rule,
    cover,
    erpnext,
    normal,
    ours,
    poisson,
    safety_stock,
    window,
)
from restock_seasons import seasons
from restock_simulation import clairvoyant, simulate
from restock_speed import speed
from restock_stationary import stationary

LEADS = (5, 7, 10, 14)


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
    "**ours, told of promotions**": ours(told=True),
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
        "**ours, told of promotions**": ours(variance, mean, told=True),
    }
    table(sales.rows(np.arange(0, len(sales.price), every)), rules, LEADS)


def main(what: str, *numbers: str) -> None:
    """Run one of the tables."""
    runs = {"sales": sales_table, "leads": leads_table, "stationary": stationary, "speed": speed}
    runs |= {"seasons": seasons, "censored": censored, "drift": drift}
    runs[what](*map(int, numbers))


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["sales"]))
