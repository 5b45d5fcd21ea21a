"""Landed costs are shared out to the minor unit, and averages are those of the books."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.restock.domain.landed import Arrived, Weight, moving_average, per_unit, share

WEIGHTS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.builds(Weight, st.integers(0, 10_000), st.integers(0, 10**9)),
    max_size=8,
)


@given(st.integers(-(10**9), 10**9), st.sampled_from(["VALUE", "UNITS"]), WEIGHTS)
def test_the_parts_are_the_whole(amount: int, by: str, weights: dict[str, Weight]) -> None:
    parts = share(amount, by, weights)
    bearing = {line for line, weight in weights.items() if weight.units}
    assert set(parts) == bearing
    assert sum(parts.values()) == (amount if bearing else 0)
    units = per_unit([(by, amount)], weights)
    assert sum(units[line] * weights[line].units for line in units) == (amount if bearing else 0)


@given(st.integers(0, 10**9), WEIGHTS)
def test_a_correction_takes_all_of_it_back(amount: int, weights: dict[str, Weight]) -> None:
    left = per_unit([("VALUE", amount), ("VALUE", -amount)], weights)
    assert set(left.values()) <= {0}


def test_by_value_by_units_and_the_odd_cent() -> None:
    weights = {"a": Weight(10, 3000), "b": Weight(20, 1000), "none": Weight(0, 0)}
    assert share(100, "VALUE", weights) == {"a": 75, "b": 25}
    assert share(100, "UNITS", weights) == {"a": 33, "b": 67}
    assert share(100, "UNITS", {"a": Weight(1, 9), "b": Weight(1, 1), "c": Weight(1, 1)}) == {
        "a": 34,
        "b": 33,
        "c": 33,
    }
    free = {"a": Weight(3, 0), "b": Weight(1, 0)}
    assert share(100, "VALUE", free) == {"a": 75, "b": 25}
    assert share(100, "VALUE", {"none": Weight(0, 0)}) == {}


@pytest.mark.parametrize(
    ("arrived", "average"),
    [
        ([], None),
        ([Arrived(10, 0, None)], None),
        ([Arrived(10, 0, Fraction(100))], 100),
        ([Arrived(10, 0, Fraction(100)), Arrived(10, 10, Fraction(200))], 150),
        # Half was sold between: what lies there weighs, not what once came.
        ([Arrived(10, 0, Fraction(100)), Arrived(10, 5, Fraction(250))], 200),
        ([Arrived(10, 0, Fraction(100)), Arrived(10, 0, Fraction(200))], 200),
        ([Arrived(10, 0, Fraction(100)), Arrived(10, -3, Fraction(200))], 200),
        # Nobody knows what the ten cost that lay there at first.
        ([Arrived(10, 10, Fraction(100)), Arrived(20, 20, Fraction(200))], 150),
        ([Arrived(5, 0, Fraction(100)), Arrived(5, 5, None), Arrived(10, 10, Fraction(200))], 150),
    ],
)
def test_the_moving_average(arrived: list[Arrived], average: int | None) -> None:
    assert moving_average(arrived) == average
