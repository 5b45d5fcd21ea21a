"""Drawn demand whose pace stays or walks: a drift learned for each product beside one believed of all.

300 products a line, half a year of history, half a year of test; costs as in restock_policies.
"""

from __future__ import annotations

import numpy as np
from restock_data import AHEAD, HISTORY, TEST, Sales
from restock_rules import LEAD, MARGIN, ORDER, Levels, Rule, holding
from restock_simulation import simulate

from saleor_plugins.restock.domain import rates
from saleor_plugins.restock.domain.levels import Supply, in_blocks

COUNT, SEED = 300, 1
KINDS = ("5 to 20 a day, Poisson", "5 to 20 a day, even", "0.05 to 7 a day, in bunches")


def drawn(kind: str, wander: float) -> Sales:
    """The log of the pace walks by `wander` a month, from its own mean of the history."""
    random = np.random.default_rng(SEED)
    slow = np.exp(random.normal(-0.5, 1.2, COUNT))
    mean = slow if kind == KINDS[2] else np.exp(random.uniform(np.log(5), np.log(20), COUNT))
    walk = np.cumsum(random.normal(0, wander / np.sqrt(28), (COUNT, HISTORY + TEST)), axis=1)
    pace = mean[:, None] * np.exp(walk - walk[:, :HISTORY].mean(axis=1)[:, None])
    bunch = 1 + random.exponential(1, COUNT)[:, None]
    if kind == KINDS[0]:
        units = random.poisson(pace)
    elif kind == KINDS[1]:
        units = np.floor(random.random(pace.shape) * (2 * pace + 1))
    else:
        units = random.negative_binomial(pace / bunch, 1 / (1 + bunch))
    price = np.exp(random.normal(1.8, 0.8, COUNT))
    promoted = np.zeros((COUNT, HISTORY + TEST + AHEAD), bool)
    return Sales(units.astype(float), price, np.zeros(COUNT, int), promoted)


def believing(drift: float, trust: float) -> Rule:
    """Ours; with a `trust` beyond all histories every product keeps `drift`."""

    def rule(past: np.ndarray, sales: Sales) -> Levels:
        ones, usual = np.ones(COUNT), rates.TRUST
        supply = Supply(
            ones * ORDER, holding(sales.price), sales.price * MARGIN, ones * (LEAD + 1), ones * 0.0
        )
        rates.TRUST = trust
        try:
            pace = rates.Pace(drift=drift)
            found = [each for _, each in in_blocks(lambda rows: past[rows], COUNT, supply, pace=pace)]
        finally:
            rates.TRUST = usual
        return np.concatenate([each.point for each in found]), np.concatenate([x.target for x in found])

    return rule


def drift() -> None:
    """Print costs over those of who believes in no drift."""
    print("| demand | walks a month | learned | 0.3 for all | fill, learned | fill, none believed |")
    print("| --- | --- | --- | --- | --- | --- |")
    never = 1e12
    for kind in KINDS:
        for wander in (0.0, 0.1, 0.3):
            sales = drawn(kind, wander)
            chosen = ((rates.DRIFT, rates.TRUST), (0.3, never), (0.0, never))
            own, all_same, none = (simulate(sales, believing(*each)) for each in chosen)
            ratio = [each.cost.sum() / none.cost.sum() for each in (own, all_same)]
            fill = [each.served.sum() / each.wanted.sum() for each in (own, none)]
            print(
                f"| {kind} | {wander:.0%} | {ratio[0]:.2f} | {ratio[1]:.2f} | {fill[0]:.3f} | {fill[1]:.3f} |"
            )
