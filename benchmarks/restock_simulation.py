"""A shop that sells, loses sales and orders by a rule; and what someone who knows the future would pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from restock_data import HISTORY, Sales
from restock_rules import LEAD, MARGIN, ORDER, Rule, holding

SEED = 5
FIRST_COVER = 14


@dataclass(frozen=True)
class Outcome:
    """Money a product cost, and units that were wanted and served, per product."""

    cost: np.ndarray
    wanted: np.ndarray
    served: np.ndarray


def simulate(sales: Sales, rule: Rule, leads: tuple[int, ...] = (LEAD,), history: int = HISTORY) -> Outcome:
    """The days after `history`: arrivals, sales, lost sales, and a look at every position each evening.

    Orders arrive before the morning after `leads` days (drawn anew for each order where there are several);
    all start with FIRST_COVER days of stock; the rule learns its levels anew each week.
    """
    units, price, rows = sales.units, sales.price, np.arange(len(sales.price))
    random = np.random.default_rng(SEED)
    held = holding(price)
    stock, coming = (
        np.ceil(FIRST_COVER * units[:, :history].mean(axis=1)),
        np.zeros((len(price), max(leads) + 1)),
    )
    cost, served = np.zeros(len(price)), np.zeros(len(price))
    point, target = rule(units[:, :history], sales)
    for day in range(history, units.shape[1]):
        stock += coming[:, 0]
        coming = np.concatenate([coming[:, 1:], np.zeros((len(price), 1))], axis=1)
        sold = np.minimum(stock, units[:, day])
        stock -= sold
        served += sold
        cost += (units[:, day] - sold) * price * MARGIN + stock * held
        if (day - history) % 7 == 6:
            point, target = rule(units[:, : day + 1], sales)
        position = stock + coming.sum(axis=1)
        order = np.where(position < point, np.maximum(target - position, 0), 0)
        cost += ORDER * (order > 0)
        coming[rows, random.choice(leads, len(rows)) if len(leads) > 1 else leads[0]] += order
    return Outcome(cost, units[:, history:].sum(axis=1), served)


def clairvoyant(sales: Sales, history: int = HISTORY) -> np.ndarray:
    """The least cost of serving everything when every sale is known, per product."""
    wanted, held = sales.units[:, history:], holding(sales.price)
    test = wanted.shape[1]
    least = np.zeros((test + 1, len(wanted)))
    for first in range(test - 1, -1, -1):
        cost = np.full(len(wanted), ORDER)
        best = np.where(wanted[:, first] > 0, np.inf, least[first + 1])
        for last in range(first, test):
            cost += wanted[:, last] * held * (last - first)
            np.minimum(best, cost + least[last + 1], out=best)
        least[first] = best
    return least[0]
