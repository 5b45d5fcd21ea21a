"""Histories: sales by country become aligned rows of needs."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.restock.domain.histories import (
    RETURNS_TRUST,
    Histories,
    Out,
    Pair,
    Sold,
    assemble,
    part_back,
)
from saleor_plugins.restock.domain.kits import Part, uses

FIRST = date(2024, 2, 26)
SERVES = {"w1": frozenset({"US", "CA"}), "w2": frozenset({"CA"}), "w3": frozenset({"DE"})}


def laid(
    sold: list[Sold],
    pairs: list[Pair],
    parts: tuple[Part, ...] = (),
    outs: tuple[Out, ...] = (),
    days: int = 5,
) -> Histories:
    wanted = uses({variant for variant, _ in pairs}, parts)
    return assemble(sold, wanted, pairs, SERVES, outs, FIRST, days)


def test_a_country_is_shared_by_the_warehouses_near_it_and_by_all_without_one() -> None:
    sold = [
        Sold("v", "US", [0], [4]),
        Sold("v", "CA", [0, 1], [4, 2]),
        Sold("v", "FR", [4], [6]),
        Sold("x", "US", [0], [99]),
    ]
    found = laid(sold, [("v", "w1"), ("v", "w2")])
    assert found.units.tolist() == [[6, 1, 0, 0, 3], [2, 1, 0, 0, 3]]
    assert found.share.tolist() == [10 / 16, 6 / 16]


def test_rows_stand_in_the_order_that_was_asked_for() -> None:
    sold = [Sold("a", "US", [0], [1]), Sold("b", "US", [1], [2])]
    assert laid(sold, [("b", "w1"), ("a", "w1")]).units[:, :2].tolist() == [[0, 2], [1, 0]]


def test_what_never_sold_is_shared_equally() -> None:
    assert laid([], [("v", "w1"), ("v", "w2"), ("x", "w1")]).share.tolist() == [0.5, 0.5, 1.0]


def test_a_kit_is_demand_for_its_parts_and_not_for_itself() -> None:
    parts = (Part("kit", "a", 2), Part("kit", "b", 1))
    sold = [Sold("kit", "US", [0], [3]), Sold("a", "US", [0], [2])]
    found = laid(sold, [("a", "w1"), ("b", "w1"), ("kit", "w1")], parts)
    assert found.units[:, 0].tolist() == [8, 3, 0]
    assert found.of_kits.tolist() == [0.75, 1.0, 0.0]


def test_a_kit_inside_of_a_kit_that_slipped_in_is_bought_by_nobody() -> None:
    parts = (Part("outer", "inner", 1), Part("inner", "a", 1))
    found = laid([Sold("outer", "US", [0], [1])], [("inner", "w1"), ("a", "w1")], parts)
    assert not found.units.any()


def test_what_comes_back_is_taken_off_every_day() -> None:
    found = laid([Sold("v", "US", [0, 3], [60, 20], ripe=80, came_back=50)], [("v", "w1")])
    part = 50 / (80 + RETURNS_TRUST)
    assert found.returned_part.tolist() == [part]
    assert found.units[0].tolist() == [60 * (1 - part), 0, 0, 20 * (1 - part), 0]


def test_what_comes_back_of_a_kit_comes_back_of_its_parts() -> None:
    parts = (Part("kit", "a", 3),)
    found = laid([Sold("kit", "US", [0], [10], ripe=10, came_back=10)], [("a", "w1")], parts)
    assert found.returned_part.tolist() == [30 / (30 + RETURNS_TRUST)]


@given(sold=st.integers(-(10**9), 10**9), back=st.integers(-(10**9), 10**9))
def test_the_part_that_comes_back_is_never_all(sold: int, back: int) -> None:
    assert 0 <= part_back(sold, back) < 1


def test_returns_above_sales_leave_demand_above_zero() -> None:
    found = laid([Sold("v", "US", [0], [2], ripe=2, came_back=500)], [("v", "w1")])
    assert 0 < found.units[0, 0] <= 2


def test_one_return_of_one_sale_says_little() -> None:
    assert part_back(1, 1) < 0.05


def test_days_without_stock_are_marked_and_sold_days_among_them_still_count() -> None:
    outs = (Out("v", "w1", -3, 0), Out("v", "w1", 2, 9), Out("v", "elsewhere", 0, 4), Out("v", "w1", -9, -2))
    found = laid([Sold("v", "US", [3], [1])], [("v", "w1")], outs=outs)
    assert found.in_stock.tolist() == [[False, True, False, False, False]]
    assert found.left_out.tolist() == [3]


def test_no_needs_and_no_days() -> None:
    assert laid([Sold("v", "US", [0], [1])], []).units.shape == (0, 5)
    assert laid([], [("v", "w1")], days=0).units.shape == (1, 0)


@given(
    st.lists(
        st.tuples(st.sampled_from("abk"), st.sampled_from(["US", "CA", "DE", "FR", ""]), st.integers(0, 6)),
        max_size=30,
    )
)
def test_no_unit_is_lost_or_doubled(sales: list[tuple[str, str, int]]) -> None:
    grouped: dict[tuple[str, str], dict[int, int]] = {}
    for variant, country, day in sales:
        days = grouped.setdefault((variant, country), {})
        days[day] = days.get(day, 0) + 1
    sold = [Sold(v, c, list(days), list(days.values())) for (v, c), days in grouped.items()]
    pairs = [(variant, house) for variant in "abk" for house in ("w1", "w2", "w3")]
    found = laid(sold, pairs, (Part("k", "a", 2),), days=7)
    rows = {
        variant: sum(found.units[i].sum() for i, pair in enumerate(pairs) if pair[0] == variant)
        for variant in "abk"
    }
    count = {variant: sum(row[0] == variant for row in sales) for variant in "abk"}
    assert np.allclose([rows["a"], rows["b"], rows["k"]], [count["a"] + 2 * count["k"], count["b"], 0])


@pytest.mark.parametrize("order", [1, -1])
def test_the_same_sales_give_the_same_bits(order: int) -> None:
    parts = [Part("k1", "a", 1), Part("k2", "a", 3)][::order]
    sold = [Sold("a", "US", [0], [1]), Sold("k1", "US", [0], [1]), Sold("k2", "CA", [0], [1])]
    found = assemble(sold, uses(["a"], parts), [("a", "w1"), ("a", "w2")], SERVES, (), FIRST, 1)
    assert found.units.tolist() == [[3.5], [1.5]]
