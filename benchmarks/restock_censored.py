"""A history in which a third of demand met empty shelves: what the days without stock are taken for.

The shop of the history kept so little that only about 64 % of demand was served, and wrote down what it sold.
The test's half year is the same for all rows: the days before it are what the shop wrote down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from restock_data import HISTORY, Sales, halves, load
from restock_rules import LEAD, MARGIN, ORDER, Levels, Rule, holding
from restock_simulation import clairvoyant, simulate

from saleor_plugins.restock.domain.borrow import prior
from saleor_plugins.restock.domain.levels import Supply, levels

LOW, HIGH = 1.0, 14.0


@dataclass(frozen=True)
class Written:
    """What the shop `sold`, and the days that `ended` without a unit left."""

    sold: np.ndarray
    ended: np.ndarray


def write(units: np.ndarray) -> Written:
    """Sell the first half year from LOW to HIGH days of stock."""
    pace = units.mean(axis=1)
    point, target = np.ceil(LOW * pace), np.maximum(np.ceil(HIGH * pace), 1)
    stock, coming = target.copy(), np.zeros((len(units), LEAD + 1))
    sold, ended = np.zeros_like(units), np.zeros(units.shape, bool)
    for day in range(units.shape[1]):
        stock += coming[:, 0]
        coming = np.concatenate([coming[:, 1:], np.zeros((len(units), 1))], axis=1)
        sold[:, day] = np.minimum(stock, units[:, day])
        stock -= sold[:, day]
        ended[:, day] = stock <= 0
        position = stock + coming.sum(axis=1)
        coming[:, LEAD] += np.where(position < np.maximum(point, 1), target - position, 0)
    return Written(sold, ended)


def ours(written: Written, reading: str) -> Rule:
    """Our levels, with days that ended at zero read as `reading` says."""

    def rule(past: np.ndarray, sales: Sales) -> Levels:
        count = len(past)
        supply = Supply(
            np.full(count, ORDER), holding(sales.price), sales.price * MARGIN,
            np.full(count, LEAD + 1.0), np.zeros(count),
        )  # fmt: skip
        seen, there = past.copy(), np.ones(past.shape, bool)
        if reading != "true demand":
            seen[:, :HISTORY] = written.sold
        gone = np.zeros(past.shape, bool)
        gone[:, :HISTORY] = written.ended
        if reading == "dropped when unsold":
            there = ~gone | (seen > 0)
        if reading == "dropped":
            there, seen = ~gone, np.where(gone, np.nan, seen)
        counted = there.sum(axis=1)
        average = np.where(there, np.nan_to_num(seen), 0).sum(axis=1) / np.maximum(counted, 1)
        expect = prior(average, counted, sales.category)
        found = levels(seen, supply, prior=expect, in_stock=None if there.all() else there)
        return found.point.astype(float), found.target.astype(float)

    return rule


def censored(every: int = 1) -> None:
    """Print the table."""
    sales = load()
    sales = sales.rows(np.arange(0, len(sales.price), every))
    written = write(sales.units[:, :HISTORY])
    share = written.sold.sum() / sales.units[:, :HISTORY].sum()
    print(f"{len(sales.price)} products; the history served {share:.2f} of demand\n")
    known, told = clairvoyant(sales), halves(len(sales.price))[1]
    print("| days that ended without stock | cost, half B | fill, half B | cost, all | fill, all |")
    print("| --- | --- | --- | --- | --- |")
    rows = {
        "dropped, sold or not": "dropped",
        "read as they stand": "as they stand",
        "**dropped when nothing sold, kept when something did**": "dropped when unsold",
        "(a history in which nothing was missed)": "true demand",
    }
    for name, reading in rows.items():
        found, cells = simulate(sales, ours(written, reading)), []
        for part in (told, slice(None)):
            cells.append(f"{found.cost[part].sum() / known[part].sum():.2f}")
            cells.append(f"{found.served[part].sum() / found.wanted[part].sum():.3f}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
