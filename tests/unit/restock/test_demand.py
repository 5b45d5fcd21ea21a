"""The dense history: zeros filled in, late starters, spikes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.restock.domain.demand import NEW_VARIANT_DAYS, history
from saleor_plugins.restock.domain.share import split

FIRST = date(2026, 1, 1)


def at(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def test_missing_days_are_zero_and_days_outside_are_left_out() -> None:
    past = history([{at(-1): 9, at(0): 2, at(3): 4, at(5): 9}], at(0), at(4))
    assert past.units.tolist() == [[2, 0, 0, 4, 0]]
    assert past.sold_days.tolist() == [2]


def test_no_days_at_all() -> None:
    past = history([{}, {}], at(0), at(-1))
    assert past.days == 0
    assert past.units.shape == (2, 0)


def test_more_cancelled_than_sold_counts_as_zero() -> None:
    assert history([{at(0): -3, at(1): 2}], at(0), at(1)).units.tolist() == [[0, 2]]


def test_a_late_starter_counts_from_its_first_sale_but_never_less_than_four_weeks() -> None:
    rows = [{at(60): 1}, {at(99): 1}, {}]
    past = history(rows, at(0), at(99))
    assert past.start.tolist() == [60, 100 - NEW_VARIANT_DAYS, 0]


def test_one_order_of_ten_thousand_is_capped_and_said() -> None:
    row = {at(day): 2 for day in range(0, 60, 2)} | {at(31): 10_000}
    past = history([row], at(0), at(59))
    spike = past.spikes[0]
    assert spike is not None
    assert (spike.day, spike.units, spike.counted) == (at(31), 10_000, 50)
    assert past.units.max() == 50


def test_a_lone_order_of_ten_thousand_counts_in_full_and_is_said() -> None:
    past = history([{at(31): 10_000}], at(0), at(59))
    spike = past.spikes[0]
    assert spike is not None
    assert (spike.units, spike.counted) == (10_000, 10_000)
    assert past.units.sum() == 10_000


def test_a_strong_seller_is_no_spike() -> None:
    past = history([{at(day): 500 + day for day in range(60)}], at(0), at(59))
    assert past.spikes == (None,)


@given(st.dictionaries(st.integers(-5, 70), st.integers(-10, 20_000), max_size=40))
def test_no_unit_appears_from_nowhere(row: dict[int, int]) -> None:
    past = history([{at(day): units for day, units in row.items()}], at(0), at(59))
    known = sum(units for day, units in row.items() if 0 <= day < 60 and units > 0)
    assert past.units.sum() <= known
    assert past.spikes[0] is not None or past.units.sum() == known


def test_demand_goes_to_the_warehouses_that_serve_the_country() -> None:
    demand = {"DE": {at(0): 4}, "US": {at(0): 6, at(1): 1}, "JP": {at(2): 3}}
    serves = {"berlin": frozenset({"DE"}), "paris": frozenset({"DE"}), "reno": frozenset({"US"})}
    shares = split(demand, ["berlin", "paris", "reno"], serves)
    assert shares["reno"] == {at(0): 6, at(1): 1, at(2): pytest.approx(1)}
    assert shares["berlin"] == shares["paris"] == {at(0): 2, at(2): pytest.approx(1)}


def test_splitting_loses_nothing() -> None:
    demand = {"DE": {at(0): 7}, "FR": {at(0): 5}, "": {at(1): 3}}
    shares = split(demand, ["a", "b", "c"], {"a": frozenset({"DE"}), "b": frozenset({"DE", "FR"})})
    assert sum(sum(days.values()) for days in shares.values()) == pytest.approx(15)


def test_demand_of_a_variant_without_stock_goes_nowhere() -> None:
    assert split({"DE": {at(0): 1}}, [], {}) == {}
