"""What-if replays: nothing is made or lost, nobody sees the future, nobody beats who does."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from saleor_plugins.restock.domain.backtest import rules
from saleor_plugins.restock.domain.backtest.replay import FIRST_COVER, clairvoyant, replay
from saleor_plugins.restock.domain.backtest.rules import Rule
from saleor_plugins.restock.domain.backtest.shelf import Past, Shelf
from saleor_plugins.restock.domain.backtest.tally import Column, beside

EVERY = (rules.by_cost(), rules.by_service(0.95), rules.limits(), *rules.baselines())


def shelf(units: np.ndarray, history: int, **changes: object) -> Shelf:
    count = len(units)
    ones, zeros = np.ones(count, np.int64), np.zeros(count, np.int64)
    made = Shelf(
        units.astype(float), np.ones(units.shape, bool), history, np.full(count, 500.0), np.full(count, 300.0),
        100.0, 0.25, ones * 3, np.zeros(count), ones, ones, zeros + 5, zeros + 20,
    )  # fmt: skip
    return replace(made, **changes)


@pytest.fixture
def sales() -> np.ndarray:
    return np.random.default_rng(3).poisson(1.5, (40, 120))


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.key)
def test_no_unit_is_made_or_lost(rule: Rule, sales: np.ndarray) -> None:
    never = Rule("never", "", lambda past: (np.zeros(40), np.zeros(40)))
    begun = np.ceil(sales[:, :60].mean(axis=1) * (3 + FIRST_COVER))
    found, idle = replay(shelf(sales, 60), rule), replay(shelf(sales, 60), never)
    assert (idle.served + idle.left == begun).all()
    under_way = begun + found.bought - found.served - found.left
    assert (under_way >= 0).all(), "sold more than there was"
    assert (under_way <= found.bought).all()
    assert (found.served <= found.wanted).all()


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.key)
def test_nobody_sees_the_future(rule: Rule, sales: np.ndarray) -> None:
    other = sales.copy()
    other[:, 61:] = 99
    one, two = (Past(shelf(rows, 60), 61) for rows in (sales, other))
    for mine, theirs in zip(rule.learn(one), rule.learn(two), strict=True):
        assert (mine == theirs).all()


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.key)
def test_nobody_beats_the_clairvoyant(rule: Rule, sales: np.ndarray) -> None:
    # Without a history all begin with nothing, as the clairvoyant does.
    sales[:, :60] = 0
    found, known = replay(shelf(sales, 60), rule), clairvoyant(shelf(sales, 60))
    assert (found.cost >= known.cost - 1e-6).all()
    assert found.bought.sum() > 0


def test_the_clairvoyant_is_as_cheap_as_every_way_tried() -> None:
    random = np.random.default_rng(8)
    for _ in range(30):
        units = random.integers(0, 5, (1, 8)).astype(float)
        one = shelf(units, 0, cost=np.array([40_000.0]))
        assert clairvoyant(one).cost[0] == pytest.approx(_cheapest(units[0], 100.0, float(one.holding[0])))


def _cheapest(units: np.ndarray, order: float, holding: float) -> float:
    days = range(len(units))
    best = float("inf")
    for size in range(len(units) + 1):
        for buying in combinations(days, size):
            cost, bought = order * size, list(buying)
            for day in days:
                before = [first for first in bought if first <= day]
                if units[day] and not before:
                    cost = float("inf")
                elif units[day]:
                    cost += units[day] * holding * (day - before[-1])
            best = min(best, cost)
    return best


def test_orders_come_in_the_suppliers_packs_and_never_below_the_minimum(sales: np.ndarray) -> None:
    twelve = shelf(sales, 60, pack=np.full(40, 12), moq=np.full(40, 30))
    found = replay(twelve, rules.cover(5, 6))
    assert (found.bought % 12 == 0).all()
    assert (found.bought >= 36 * found.lines).all()
    assert found.lines.sum() > 0


def test_limits_order_up_to_the_maximum_and_nothing_without_one(sales: np.ndarray) -> None:
    none = shelf(sales, 60, minimum=np.zeros(40, np.int64), maximum=np.full(40, -1))
    assert replay(none, rules.limits()).bought.sum() == 0
    kept = replay(shelf(np.zeros((40, 120)), 60), rules.limits())
    assert (kept.left == 20).all()


def test_columns_add_up_whatever_the_blocks(sales: np.ndarray) -> None:
    rule = rules.by_cost()
    whole, parts = Column.of(rule), Column.of(rule)
    whole.add(replay(shelf(sales, 60), rule))
    for rows in (sales[:15], sales[15:]):
        parts.add(replay(shelf(rows, 60), rule))
    assert beside([whole], 60) == beside([parts], 60)
    shown = beside([whole], 60)[0]
    assert shown["cost"] == shown["ordering"] + shown["holding"] + shown["losing"]
    assert shown["overClairvoyant"] == 1.0


def test_a_replay_of_nothing_is_nothing() -> None:
    empty = shelf(np.zeros((0, 30)), 10)
    for rule in EVERY:
        assert replay(empty, rule).bought.sum() == 0
    assert beside([Column.of(rules.by_cost())], 0)[0]["fill"] is None
