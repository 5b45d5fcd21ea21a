"""Reorder levels: hostile histories, and what must hold for any."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.restock.domain.levels import Levels, Supply, in_blocks, levels


def supply(count: int, days: float = 8.0, spread: float = 0.0, lost: float = 0.7) -> Supply:
    return Supply(
        np.ones(count),
        np.full(count, 0.001),
        np.full(count, lost),
        np.full(count, days),
        np.full(count, spread),
    )


def of(rows: list[list[float]], **how) -> Levels:
    units = np.array(rows, float)
    return levels(units, supply(len(units)), **how)


def equal(one: Levels, other: Levels) -> None:
    for each in fields(Levels):
        np.testing.assert_allclose(getattr(one, each.name), getattr(other, each.name), err_msg=each.name)


def calm(seed: int = 1, days: int = 182, rate: float = 0.5) -> list[float]:
    return [float(x) for x in np.random.default_rng(seed).poisson(rate, days)]


def test_no_rows_and_no_days() -> None:
    assert len(levels(np.zeros((0, 30)), supply(0)).point) == 0
    found = levels(np.zeros((2, 0)), supply(2))
    assert found.point.tolist() == found.target.tolist() == [0, 0]


def test_a_product_that_never_sold_is_not_stocked() -> None:
    found = of([[0.0] * 182])
    assert (found.point[0], found.target[0], found.per_day[0]) == (0, 0, 0)


def test_a_new_product_borrows_from_its_category() -> None:
    found = levels(np.zeros((1, 0)), supply(1), prior=np.array([0.5]))
    assert found.per_day[0] == pytest.approx(0.5)
    assert found.target[0] > found.point[0] > 0


def test_one_sale_is_no_trend() -> None:
    found = of([[0.0] * 181 + [1.0]])
    assert 0 < found.per_day[0] < 1 / 14
    assert found.point[0] <= 4


def test_returns_above_sales_count_as_nothing_sold() -> None:
    row = calm()
    for day in (3, 50, 170):
        row[day] = -40.0
    zeroed = [max(units, 0.0) for units in row]
    equal(of([row]), of([zeroed]))


def test_one_huge_order_is_capped_and_told() -> None:
    row = calm()
    row[90] = 10_000.0
    found = of([row])
    assert found.spike[0] == 10_000
    assert found.capped[0] == 10_000 - 50
    assert found.target[0] < 200


def test_a_huge_first_order_counts_in_full_and_is_told() -> None:
    found = of([[0.0] * 181 + [10_000.0]])
    assert (found.spike[0], found.capped[0]) == (10_000, 0)
    assert found.per_day[0] > 10


def test_days_that_cannot_be_read_are_dropped_and_told() -> None:
    row = calm()
    broken = list(row)
    broken[10], broken[20] = float("nan"), float("inf")
    found = of([broken])
    assert found.unreadable[0] == 2
    assert np.isfinite(found.per_day[0])
    assert abs(found.point[0] - of([row]).point[0]) <= 1


def test_unsold_days_without_stock_are_dropped_and_sold_days_kept() -> None:
    row = np.array([1.0, 0.0] * 91)
    there = np.ones(182, bool)
    row[100:140] = 0.0
    there[100:140] = False
    row[120] = 1.0  # the last one sold that day
    blind = of([row.tolist()]).per_day[0]
    told = levels(row[None], supply(1), in_stock=there[None])
    assert told.days[0] == 182 - 39
    assert blind < told.per_day[0] == pytest.approx(0.5, rel=0.05)


def test_lead_times_that_vary_need_more() -> None:
    row = np.array([calm()])
    sure, unsure = (levels(row, supply(1, 10.0, spread)).point[0] for spread in (0.0, 30.0))
    assert unsure > sure


def test_a_lost_unit_that_costs_more_is_covered_more() -> None:
    row = np.array([calm()])
    points = [levels(row, supply(1, lost=lost)).point[0] for lost in (0.05, 0.3, 1.0, 5.0)]
    assert points == sorted(points)
    assert points[0] < points[-1]


Rows = st.lists(st.lists(st.integers(-3, 40), min_size=40, max_size=40), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(Rows, st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]), st.sampled_from([0.6, 0.93, 0.999]))
def test_never_negative_and_monotone_in_service(rows: list[list[int]], one: float, other: float) -> None:
    low, high = sorted((one, other))
    less, more = of(rows, service=low), of(rows, service=high)
    assert (less.point >= 0).all()
    assert (less.target >= less.point).all()
    assert (more.point >= less.point).all()
    by_cost = of(rows)
    assert (by_cost.point >= 0).all()
    assert (by_cost.target >= by_cost.point).all()
    assert np.isfinite(by_cost.deviation).all()


@settings(max_examples=30, deadline=None)
@given(Rows, st.randoms())
def test_rows_do_not_look_at_each_other(rows: list[list[int]], random) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    whole, mixed = of(rows), of([rows[i] for i in order])
    for each in fields(Levels):
        np.testing.assert_allclose(getattr(whole, each.name)[order], getattr(mixed, each.name))


@pytest.mark.parametrize("block", [1, 3, 100])
def test_blocks_equal_the_whole(block: int) -> None:
    random = np.random.default_rng(4)
    units = random.negative_binomial(1, 0.4, (10, 120)).astype(float)
    given_ = {"in_stock": random.random((10, 120)) > 0.1, "prior": random.random(10)}
    whole = levels(units, supply(10), **given_)
    for part, found in in_blocks(lambda rows: units[rows], 10, supply(10), block=block, **given_):
        for each in fields(Levels):
            np.testing.assert_allclose(getattr(found, each.name), getattr(whole, each.name)[part])
