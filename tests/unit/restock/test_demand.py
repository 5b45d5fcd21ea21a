"""What counts of a history, and which warehouses answer for a country."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.restock.domain.clean import clean
from saleor_plugins.restock.domain.rates import rates
from saleor_plugins.restock.domain.share import near

SERVES = {"berlin": frozenset({"DE"}), "paris": frozenset({"DE", "FR"}), "reno": frozenset({"US"})}


def daily(**days: float) -> np.ndarray:
    row = np.zeros((1, 60))
    for name, units in days.items():
        row[0, int(name[1:])] = units
    return row


def test_one_order_of_ten_thousand_is_capped_and_said() -> None:
    usual = {f"d{day}": 2.0 for day in range(0, 60, 2)}
    found = clean(daily(**usual, d31=10_000))
    assert (found.spike[0], found.units.max(), found.capped[0]) == (10_000, 50, 9_950)


def test_a_lone_order_of_ten_thousand_counts_in_full_and_is_said() -> None:
    found = clean(daily(d31=10_000))
    assert (found.spike[0], found.units.sum()) == (10_000, 10_000)


def test_a_strong_seller_is_no_spike() -> None:
    assert clean(np.arange(500.0, 560.0)[None]).spike[0] == 0


@pytest.mark.parametrize("nonsense", [np.nan, np.inf, -np.inf, -3.0])
def test_what_is_no_number_of_units_counts_as_none(nonsense: float) -> None:
    found = clean(daily(d3=nonsense, d5=2))
    assert found.units.sum() == 2
    assert found.unreadable[0] == (not np.isfinite(nonsense))


@given(st.lists(st.floats(0, 20_000), min_size=60, max_size=60))
def test_no_unit_appears_from_nowhere(row: list[float]) -> None:
    found = clean(np.array([row]))
    assert found.units.sum() + found.capped[0] == pytest.approx(sum(row))
    assert found.spike[0] > 0 or found.capped[0] == 0


@pytest.mark.parametrize("sold", [{}, {"d59": 1.0}, {"d0": 1.0}])
def test_nothing_and_a_single_sale_have_a_rate(sold: dict[str, float]) -> None:
    found = rates(daily(**sold))
    assert np.isfinite([found.per_day, found.spread, found.doubt]).all()
    assert (found.per_day[0] > 0) == bool(sold)


def test_a_country_is_answered_by_those_that_serve_it_and_by_all_without_one() -> None:
    stocked = ["berlin", "paris", "reno"]
    assert near("DE", stocked, SERVES) == ["berlin", "paris"]
    assert near("US", stocked, SERVES) == ["reno"]
    assert near("JP", stocked, SERVES) == near("", stocked, SERVES) == stocked
    assert near("DE", ["reno", "unknown"], SERVES) == ["reno", "unknown"]
    assert near("DE", [], SERVES) == []
