"""Seconds and memory for levels of many products with everything switched on."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from datetime import date

import numpy as np
from restock_rules import LEAD, MARGIN, holding

from saleor_plugins.restock.domain import season
from saleor_plugins.restock.domain.borrow import prior
from saleor_plugins.restock.domain.breaks import Ladders, choose_all
from saleor_plugins.restock.domain.calendar import coming, split
from saleor_plugins.restock.domain.levels import BLOCK, Supply, levels
from saleor_plugins.restock.domain.promotion import Tally, factors, learned, tally
from saleor_plugins.restock.domain.rates import TOLD

DAYS, AHEAD, CATEGORIES, SEED = 364, 28, 50, 5
FIRST = date(2025, 1, 1)


class Shop:
    """`count` products whose days are drawn block by block, as a shop's would be read."""

    def __init__(self, count: int) -> None:
        random = np.random.default_rng(SEED)
        self.count = count
        self.rate = np.exp(random.normal(-1.5, 1.3, count))
        self.price = np.exp(random.normal(1.8, 0.8, count))
        self.category = random.integers(CATEGORIES, size=count)
        self.supply = Supply(
            np.ones(count),
            holding(self.price),
            self.price * MARGIN,
            np.full(count, LEAD + 1.0),
            np.full(count, 1.0),
        )
        self.drawing = 0.0

    def blocks(self) -> Iterator[tuple[slice, np.ndarray, np.ndarray, np.ndarray]]:
        """Rows, their units, the days with stock and those promoted, the same on every walk."""
        for begin in range(0, self.count, BLOCK):
            began = time.process_time()
            random = np.random.default_rng([SEED, begin])
            rows = slice(begin, min(begin + BLOCK, self.count))
            pace = self.rate[rows, None]
            units = random.negative_binomial(1.0, 1 / (1 + pace), (len(pace), DAYS)).astype(float)
            there = np.repeat(random.random((len(pace), DAYS // 14)) > 0.1, 14, axis=1)
            on = np.repeat(random.random((len(pace), (DAYS + AHEAD) // 7)) < 0.05, 7, axis=1)
            self.drawing += time.process_time() - began
            yield rows, units, there, on


def _bare(shop: Shop) -> int:
    return sum(len(levels(units, shop.supply.rows(rows)).point) for rows, units, _, _ in shop.blocks())


def _all(shop: Shop) -> int:
    """Two walks: what the shop as a whole tells, and then each product's levels."""
    average, counted = np.zeros(shop.count), np.zeros(shop.count, np.int64)
    sold, seen, expected = np.zeros((CATEGORIES, DAYS)), 0.0, 0.0
    for rows, units, there, on in shop.blocks():
        found = tally(units, on, there)
        seen, expected = seen + found.seen.sum(), expected + found.expected.sum()
        counted[rows] = there.sum(axis=1)
        average[rows] = units.sum(axis=1) / np.maximum(counted[rows], 1)
        sold += season.totals(units, shop.category[rows], CATEGORIES)
    expect, usual = (
        prior(average, counted, shop.category),
        Tally(np.array([seen]), np.array([expected])).uplift,
    )
    # A second year like this one, so that there are seasons to look for.
    seasons, done = season.learn(np.concatenate([sold, sold[:, :1], sold, sold[:, :1]], axis=1), FIRST), 0
    for rows, units, there, on in shop.blocks():
        days = shop.supply.days[rows]
        pushed = factors(on, learned(tally(units, on, there), usual))
        yearly = season.factors(seasons, shop.category[rows], FIRST, DAYS + AHEAD)
        calendar = split(pushed * yearly, DAYS, days)
        found = levels(
            units, shop.supply.rows(rows), in_stock=there, prior=expect[rows], pace=TOLD,
            divisor=calendar.divisor, factor=calendar.factor, usual=coming(yearly[:, DAYS:], days),
        )  # fmt: skip
        done += len(_buy(shop, rows, found.target - found.point, found.per_day))
    return done


def _buy(shop: Shop, rows: slice, lot: np.ndarray, per_day: np.ndarray) -> np.ndarray:
    cost = shop.price[rows] * (1 - MARGIN)
    ladders = Ladders(
        np.tile([1.0, 12.0, 60.0], (len(cost), 1)), cost[:, None] * 100 * np.array([1.0, 0.95, 0.9])
    )
    return choose_all(ladders, lot, per_day, 100.0, 0.25, np.full(len(cost), 6)).quantity


def speed(count: int = 100_000) -> None:
    """Print seconds without drawing, and the peak of the whole process."""
    for name, run in (("history and costs only", _bare), ("everything switched on", _all)):
        shop = Shop(count)
        began = time.process_time()
        done = run(shop)
        took = time.process_time() - began - shop.drawing
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{done} products x {DAYS} days, {name}: {took:.1f} s of one core, {peak:.0f} MB peak")
