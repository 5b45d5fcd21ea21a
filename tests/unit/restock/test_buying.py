"""How many units to buy, where a budget ends, and where classes begin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.restock.domain.budget import Wish, affordable, rank
from saleor_plugins.restock.domain.buying import Bought, buy
from saleor_plugins.restock.domain.figures import letter, limits, paces
from saleor_plugins.restock.domain.rule import Flag, with_flag

from .needs import offer


def bought(
    need: int, least: int = 1, room: int | None = None, per_day: float = 0.0, **terms: object
) -> Bought:
    found = offer(**terms).terms  # type: ignore[arg-type]
    return buy(need, found, least=least, room=room, per_day=per_day, order_cost=100.0, holding_rate=0.25)


def test_twelve_for_less_than_eleven_are_bought() -> None:
    found = bought(11, price=10, breaks=[(12, 8)])
    assert (found.quantity, found.price, found.before, found.broke) == (12, 8, 10, True)
    assert bought(9, price=10, breaks=[(12, 8)]).quantity == 9, "90 is less than 96"


def test_a_break_that_pays_within_the_year_is_taken() -> None:
    assert bought(40, per_day=10.0, price=1000, breaks=[(48, 800)]).quantity >= 48
    slow = bought(40, per_day=0.01, price=1000, breaks=[(1_000, 999)])
    assert (slow.quantity, slow.broke) == (40, False)


def test_a_break_never_goes_over_the_room_nor_out_of_packs() -> None:
    assert bought(11, room=11, price=10, breaks=[(12, 8)]).quantity == 11
    assert bought(11, price=10, breaks=[(13, 7)], pack=5).quantity == 15


def test_without_breaks_the_rounding_stands() -> None:
    found = bought(1, price=10, pack=12)
    assert (found.quantity, found.price, found.broke) == (12, 10, False)
    assert buy(7, None, least=1, room=None, per_day=1, order_cost=1, holding_rate=1).quantity == 7


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 200), st.integers(1, 60), st.integers(1, 24),
    st.lists(st.tuples(st.integers(2, 300), st.integers(1, 400)), max_size=3), st.floats(0, 20),
)  # fmt: skip
def test_an_order_is_whole_packs_covers_the_need_and_never_costs_more_a_unit(
    need: int, moq: int, pack: int, breaks: list[tuple[int, int]], per_day: float
) -> None:
    found = bought(need, per_day=per_day, price=400, moq=moq, pack=pack, breaks=breaks)
    assert found.quantity % pack == 0
    assert found.quantity >= max(need, moq)
    assert found.price is not None and found.price <= 400
    if not found.broke:
        assert found.quantity < max(need, moq) + pack


def test_the_best_use_of_money_comes_first_and_is_stable() -> None:
    wishes = [
        Wish("b", 1, 100, 50),
        Wish("a", 1, 100, 50),
        Wish("c", 1, 10, 50),
        Wish("d", 1, None, 99),
        Wish("e", 1, 5),
    ]
    assert [wish.key for wish in rank(wishes)] == ["c", "a", "b", "d", "e"]


@pytest.mark.parametrize(
    ("left", "units"), [(1_000, 48), (480, 48), (479, 36), (130, 12), (120, 12), (119, 0), (0, 0), (-5, 0)]
)
def test_a_budget_buys_whole_packs_or_nothing(left: float, units: int) -> None:
    assert affordable(Wish("x", 48, 480, 1, least=12, pack=12), left) == units


def test_a_budget_buys_nothing_below_the_least_or_without_a_rate() -> None:
    assert affordable(Wish("x", 48, 480, 1, least=24, pack=12), 239) == 0
    assert affordable(Wish("x", 48, None), 10**9) == 0


def test_the_pace_of_a_category_is_its_usual_product_and_the_shops_for_others() -> None:
    found = paces(np.array([1.0] * 100 + [0.01] * 100), np.full(200, 90), ["quick"] * 100 + ["slow"] * 100)
    assert found["slow"] < found[""] < found["quick"]
    assert paces(np.zeros(0), np.zeros(0), []) == {}


def test_classes_begin_where_the_whole_shop_says() -> None:
    turnover = np.array([800.0, 150.0, 50.0, 0.0])
    found = limits(turnover)
    assert [letter(value, found) for value in turnover] == ["A", "B", "C", "C"]
    assert letter(5.0, limits(np.zeros(3))) == "C"


def test_a_flag_is_raised_once() -> None:
    assert with_flag(with_flag(["FEW_SALES"], Flag.OVER_BUDGET), Flag.OVER_BUDGET) == [
        "FEW_SALES",
        "OVER_BUDGET",
    ]
