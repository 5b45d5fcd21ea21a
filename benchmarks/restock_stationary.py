"""Demand that does not change: what levels learned from 182 or 91 days cost against the exact (s, S) optimum.

300 products with negative-binomial days, backorders, p = 19 h a unit and day, 0.50 an order. Both costs are
exact expectations under the true demand, not simulated.
"""

from __future__ import annotations

import numpy as np

from saleor_plugins.restock.domain.optimum import cost, find, probabilities
from saleor_plugins.restock.domain.rates import rates
from saleor_plugins.restock.domain.steady import steady

COUNT, LEAD, ORDER, TIMES = 300, 7, 0.50, 19.0
SEED = 300


def draw(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and variance of a day, and what a unit costs to hold a day."""
    mean = np.exp(random.normal(-1.5, 1.2, COUNT)).clip(0.01, 20)
    variance = mean * (1 + random.exponential(1.0, COUNT))
    return mean, variance, np.exp(random.normal(0.8, 0.7, COUNT)) * 0.65 * 0.25 / 365


def history(mean: np.ndarray, variance: np.ndarray, days: int, random: np.random.Generator) -> np.ndarray:
    """Days drawn from each product's distribution."""
    size = mean**2 / np.maximum(variance - mean, mean * 1e-9)
    return random.negative_binomial(size[:, None], (size / (size + mean))[:, None], (COUNT, days)).astype(
        float
    )


def stationary() -> None:
    """Print the ratios."""
    random = np.random.default_rng(SEED)
    mean, variance, hold = draw(random)
    past = history(mean, variance, 182, random)
    print(f"{COUNT} products, seed {SEED}\n\n| days of history | cost / optimum | mean of ratios |")
    print("| --- | --- | --- |")
    for days in (182, 91):
        paid, least = np.zeros(COUNT), np.zeros(COUNT)
        sold = rates(past[:, -days:])
        for row in range(COUNT):
            day = probabilities(mean[row], variance[row])
            lead = probabilities(mean[row] * (LEAD + 1), variance[row] * (LEAD + 1))
            least[row] = find(day, lead, ORDER, hold[row], TIMES * hold[row]).cost
            chosen = steady(sold, row, LEAD + 1, ORDER, hold[row], TIMES * hold[row])
            costs = (ORDER, hold[row], TIMES * hold[row])
            paid[row] = cost(chosen.point, chosen.target, day, lead, costs) if chosen else np.nan
        good = np.isfinite(paid)
        ratio = paid[good].sum() / least[good].sum()
        print(f"| {days} | {ratio:.3f} | {(paid[good] / least[good]).mean():.3f} |")
        if (~good).any():
            print(f"\n{int((~good).sum())} products sold nothing in {days} days and are left out.")
