"""Seasons whose truth is known: what learning them saves, and whether calm categories stay without one.

40 categories of 25 products, three years, two of them history; half of the categories have a season (a wave
or a short peak, each in its own week), all have weeks that are odd by chance. The third year is the test.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
from restock_data import Sales
from restock_rules import LEAD, MARGIN, ORDER, WEEK, Levels, Rule, cover, holding
from restock_simulation import clairvoyant, simulate

from saleor_plugins.restock.domain import season
from saleor_plugins.restock.domain.borrow import prior
from saleor_plugins.restock.domain.calendar import coming, split
from saleor_plugins.restock.domain.levels import Supply, levels

CATEGORIES, EACH, YEAR = 40, 25, 365
FIRST, HISTORY, AHEAD, SEED = date(2021, 1, 1), 2 * YEAR, 120, 12
LOT_DAYS = 60
Factors = Callable[[np.ndarray, Sales, int], np.ndarray]


def truth(random: np.random.Generator) -> np.ndarray:
    """The true weekly index of each category; the second half has none."""
    week = np.arange(season.WEEKS)
    index = np.ones((CATEGORIES, season.WEEKS))
    for row in range(CATEGORIES // 2):
        away = (week - random.integers(season.WEEKS) + 26) % season.WEEKS - 26
        wave = random.uniform(0.3, 0.9) * np.cos(2 * np.pi * away / season.WEEKS)
        peak = random.uniform(0.5, 2.5) * np.exp(-((away / 3.0) ** 2))
        index[row] = 1 + (wave if row % 2 else peak)
    return index / index.mean(axis=1, keepdims=True)


def draw(random: np.random.Generator, index: np.ndarray) -> Sales:
    """Negative-binomial days at a steady pace times season times each week's own luck."""
    category = np.repeat(np.arange(CATEGORIES), EACH)
    week = season.week_of(FIRST, 3 * YEAR)
    luck = np.exp(random.normal(0, 0.1, (CATEGORIES, 3, season.WEEKS)))
    year = np.repeat(np.arange(3), YEAR)
    pace = np.exp(random.normal(-0.7, 1.0, len(category)))
    mean = pace[:, None] * (index[:, week] * luck[:, year, week])[category]
    size = 0.5 * pace[:, None]
    units = random.negative_binomial(size, size / (size + mean)).astype(float)
    price = np.exp(random.normal(1.8, 0.8, len(category)))
    return Sales(units, price, category, np.zeros(units.shape, bool))


def ours(factors_of: Factors | None) -> Rule:
    """Our levels, the season's factors from `factors_of`, or without."""

    def rule(past: np.ndarray, sales: Sales) -> Levels:
        count, days = past.shape
        period = np.full(count, LEAD + 1.0)
        supply = Supply(
            np.full(count, ORDER), holding(sales.price), sales.price * MARGIN, period, np.zeros(count)
        )
        how = {}
        if factors_of is not None:
            found = factors_of(past, sales, days + AHEAD)
            calendar = split(found, days, period, WEEK)
            usual = coming(found[:, days:], np.full(count, LOT_DAYS))
            how = {"divisor": calendar.divisor, "factor": calendar.factor, "usual": usual}
        plain = past / how["divisor"] if how else past
        expect = prior(plain.mean(axis=1), np.full(count, days), sales.category)
        known = levels(past, supply, prior=expect, **how)
        return known.point.astype(float), known.target.astype(float)

    return rule


def learned(past: np.ndarray, sales: Sales, days: int) -> np.ndarray:
    """Factors of seasons learned from the past."""
    found = season.learn(season.totals(past, sales.category, CATEGORIES), FIRST)
    return season.factors(found, sales.category, FIRST, days)


def seasons() -> None:
    """Print what the index misses and what it saves."""
    random = np.random.default_rng(SEED)
    index = truth(random)
    sales = draw(random, index)
    past = sales.units[:, :HISTORY]
    found = season.learn(season.totals(past, sales.category, CATEGORIES), FIRST)
    half = CATEGORIES // 2
    print(
        f"{len(sales.price)} products in {CATEGORIES} categories, {half} of them with a season, seed {SEED}"
    )
    print(f"found: {int(found.used[:half].sum())} of {half}; in calm ones: {int(found.used[half:].sum())}")
    for name, guess in (("learned", found.index), ("none", np.ones_like(index))):
        missed = [np.sqrt(((guess - index)[rows] ** 2).mean()) for rows in (slice(half), slice(half, None))]
        print(f"index off by (root mean square), {name}: {missed[0]:.3f} seasonal, {missed[1]:.3f} calm")
    known = clairvoyant(sales, HISTORY)
    seasonal = sales.category < half
    rules = {
        "min/max 14/42 days": cover(14, 42),
        "ours without seasons": ours(None),
        "**ours, seasons learned**": ours(learned),
        "ours, told the true seasons": ours(
            lambda past, sales, days: index[:, season.week_of(FIRST, days)][sales.category]
        ),
    }
    print("\n| rule | cost, seasonal | fill, seasonal | cost, calm | fill, calm |")
    print("| --- | --- | --- | --- | --- |")
    for name, rule in rules.items():
        got, cells = simulate(sales, rule, history=HISTORY), []
        for rows in (seasonal, ~seasonal):
            cells.append(f"{got.cost[rows].sum() / known[rows].sum():.2f}")
            cells.append(f"{got.served[rows].sum() / got.wanted[rows].sum():.3f}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
