"""When something is back: the earliest day on which more arrives than orders wait for."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.restock.domain.expected import Coming, agreed, back_on

TODAY = date(2026, 3, 10)
HERE = ("a", "b")


def on(days: int, units: int, house: str = "a") -> Coming:
    return Coming(house, units, TODAY + timedelta(days=days))


def test_the_earliest_arrival() -> None:
    coming = [on(9, 5), on(3, 1), on(5, 9)]
    assert back_on({"a": 0}, coming, HERE, TODAY) == TODAY + timedelta(days=3)
    assert back_on({}, [on(0, 1)], HERE, TODAY) == TODAY


def test_waiting_orders_are_served_first() -> None:
    coming = [on(3, 4), on(5, 1), on(7, 1)]
    assert back_on({"a": -5}, coming, HERE, TODAY) == TODAY + timedelta(days=7)
    assert back_on({"a": -6}, coming, HERE, TODAY) is None
    assert back_on({"a": -6, "b": 4}, coming, HERE, TODAY) == TODAY + timedelta(days=3)


def test_what_is_there_is_not_expected() -> None:
    assert back_on({"a": 1}, [on(3, 4)], HERE, TODAY) is None
    assert back_on({"a": -2, "b": 3}, [on(3, 4)], HERE, TODAY) is None


def test_nothing_is_promised_in_the_past() -> None:
    assert back_on({"a": 0}, [on(-1, 9)], HERE, TODAY) is None
    assert back_on({"a": -3}, [on(-1, 9), on(4, 3)], HERE, TODAY) is None
    assert back_on({"a": -3}, [on(-1, 9), on(4, 4)], HERE, TODAY) == TODAY + timedelta(days=4)


def test_other_warehouses_do_not_help() -> None:
    assert back_on({"c": 9, "a": 0}, [on(3, 4, "c")], HERE, TODAY) is None
    assert back_on({"c": -9, "a": 0}, [on(3, 4)], HERE, TODAY) == TODAY + timedelta(days=3)


def test_a_day_that_is_not_right_everywhere_is_none() -> None:
    free, coming = {"a": 0, "b": 0}, [on(3, 4, "a")]
    assert agreed(free, coming, [{"a"}, {"b"}], TODAY) is None
    assert agreed(free, [*coming, on(3, 1, "b")], [{"a"}, {"b"}], TODAY) == TODAY + timedelta(days=3)
    assert agreed({"a": 0, "b": 1}, coming, [{"a"}, {"b"}], TODAY) is None


def test_a_market_that_never_had_it_has_no_say() -> None:
    day = TODAY + timedelta(days=3)
    assert agreed({"a": 0}, [on(3, 4)], [{"a"}, {"b"}, set()], TODAY) == day
    assert agreed({"a": 0}, [on(3, 4)], [], TODAY) is None
    assert agreed({}, [on(3, 4)], [{"a"}, {"b"}], TODAY) == day


# A machine that does other work meanwhile is no failure.
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
arrivals = st.lists(st.builds(on, st.integers(-5, 30), st.integers(1, 9), st.sampled_from("abc")), max_size=8)
stock = st.dictionaries(st.sampled_from("abc"), st.integers(-9, 9))


@SLOW
@given(stock, arrivals)
def test_on_the_day_there_is_one_to_sell_and_not_before(free: dict[str, int], coming: list[Coming]) -> None:
    day = back_on(free, coming, HERE, TODAY)

    def units(until: date) -> int:
        came = sum(c.units for c in coming if TODAY <= c.day <= until and c.warehouse_id in HERE)
        return came + sum(count for house, count in free.items() if house in HERE)

    before = units(TODAY - timedelta(days=1))
    if day is None:
        assert before > 0 or units(date.max) <= 0
    else:
        assert before <= 0 < units(day)
        assert day == TODAY or units(day - timedelta(days=1)) <= 0
