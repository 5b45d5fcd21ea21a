"""Which payments give a refund, when an exchange has moved value from order to order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.returns.domain.split import Tier, ceiling, draw

balances = st.lists(st.integers(-10, 100), max_size=3)
bounds = st.tuples(balances, st.integers(0, 150), st.integers(0, 150))


def tiers_of(shapes: list[tuple[list[int], int, int]]) -> list[Tier]:
    return [
        Tier({f"{i}-{j}": value for j, value in enumerate(values)}, promised, allowance if i else None)
        for i, (values, promised, allowance) in enumerate(shapes)
    ]


@given(st.lists(bounds, min_size=1, max_size=4), st.integers(0, 500))
def test_nobody_gives_above_a_balance_a_promise_or_an_allowance(
    shapes: list[tuple[list[int], int, int]], amount: int
) -> None:
    tiers = tiers_of(shapes)
    most = ceiling(tiers)
    if amount > most:
        with pytest.raises(Invalid) as caught:
            draw(amount, tiers)
        assert caught.value.code == "ABOVE_CEILING"
        return
    parts = draw(amount, tiers)
    assert sum(parts.values()) == amount
    given_by = [{key: parts.get(key, 0) for key in tier.balances} for tier in tiers]
    for i, tier in enumerate(tiers):
        assert all(0 <= given_by[i][key] <= max(tier.balances[key], 0) for key in tier.balances)
        assert sum(given_by[i].values()) <= tier.free
        if tier.allowance is not None:
            assert sum(sum(each.values()) for each in given_by[i:]) <= tier.allowance


def test_the_own_payments_come_first_and_origins_give_what_they_were_credited() -> None:
    tiers = [Tier({"own": 30}), Tier({"parent": 100}, promised=20, allowance=60), Tier({"root": 50}, 0, 10)]
    assert draw(80, tiers) == {"own": 30, "parent": 50}
    assert draw(90, tiers) == {"own": 30, "parent": 60}
    assert ceiling(tiers) == 90


def test_a_nearer_allowance_bounds_what_lies_behind_it() -> None:
    tiers = [Tier({}), Tier({"parent": 10}, allowance=25), Tier({"root": 50}, allowance=40)]
    assert draw(25, tiers) == {"parent": 10, "root": 15}
    assert ceiling(tiers) == 25
