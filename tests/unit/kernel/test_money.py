from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.money import apportion, exponent, from_minor, to_minor

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])


@given(st.integers(-(10**12), 10**12), CURRENCIES)
def test_minor_units_survive_the_round_trip(minor, currency):
    assert to_minor(from_minor(minor, currency), currency) == minor


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("EUR", 2), ("KWD", 3), ("USD", 2)])
def test_exponents(currency, decimals):
    assert exponent(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0.001", "EUR"), ("0.5", "JPY"), ("0.0001", "KWD"), ("NaN", "EUR"), ("Infinity", "EUR")],
)
def test_an_amount_that_does_not_fit_is_refused_not_rounded(amount, currency):
    with pytest.raises(ValueError):
        to_minor(Decimal(amount), currency)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_parts_sum_to_the_whole_and_differ_from_exact_by_less_than_one(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    shares = weights if any(weights) else [1] * len(weights)
    whole = sum(shares)
    assert all(abs(part * whole - total * share) < whole for part, share in zip(parts, shares, strict=True))


def test_ties_go_to_the_earlier_weight():
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    assert apportion(-100, [1, 1, 1]) == [-34, -33, -33]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_bad_weights_are_refused(weights):
    with pytest.raises(ValueError):
        apportion(1, weights)
