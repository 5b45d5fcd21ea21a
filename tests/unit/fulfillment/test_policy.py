"""What a policy means beside rates of another currency, and how many parcels it allows."""

from __future__ import annotations

import pytest

from saleor_plugins.fulfillment.domain.policy import Objective, Policy

EUROS = Policy("eu", Objective.WEIGHTED, "EUR", per_parcel=1, per_100_km=2, per_day=3, late_per_day=4)


def test_amounts_of_another_currency_count_nothing() -> None:
    assert EUROS.in_currency("EUR") is EUROS
    other = EUROS.in_currency("USD")
    assert (other.per_parcel, other.per_100_km, other.per_day, other.late_per_day) == (0, 0, 0, 0)
    assert (other.objective, other.channel, other.currency) == (Objective.WEIGHTED, "eu", "EUR")
    free = Policy(most_parcels=2)
    assert free.in_currency("USD") is free


@pytest.mark.parametrize(
    ("most", "split", "limit"), [(None, True, None), (3, True, 3), (3, False, 1), (None, False, 1)]
)
def test_parcel_limit(most: int | None, split: bool, limit: int | None) -> None:
    assert Policy(most_parcels=most, split=split).parcel_limit == limit
