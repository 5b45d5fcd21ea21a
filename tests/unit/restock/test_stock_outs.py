"""Which days were without stock, from looks now and then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.restock.domain.stock_outs import begins, ends, is_out

MONDAY = date(2024, 2, 26)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


@pytest.mark.parametrize(
    ("on_hand", "allocated", "out"), [(1, 0, False), (0, 0, True), (3, 3, True), (2, 5, True), (-1, 0, True)]
)
def test_what_is_promised_is_not_there(on_hand: int, allocated: int, out: bool) -> None:
    assert is_out(on_hand, allocated) is out


@pytest.mark.parametrize(("looked", "since"), [(None, 3), (0, 3), (2, 3), (3, 4), (9, 4)])
def test_it_begins_with_the_first_look_of_a_day_or_with_the_next_day(looked: int | None, since: int) -> None:
    assert begins(day(3), None if looked is None else day(looked)) == day(since)


@pytest.mark.parametrize(
    ("since", "today", "looked", "until"),
    [
        (1, 4, 4, 3),
        (1, 4, 3, 3),
        (1, 9, 3, 3),
        (4, 4, 4, None),
        (5, 4, 4, None),
        (4, 4, 3, None),
        (1, 4, None, 1),
    ],
)
def test_it_ends_before_the_day_that_had_some(
    since: int, today: int, looked: int | None, until: int | None
) -> None:
    found = ends(day(since), day(today), None if looked is None else day(looked))
    assert found == (None if until is None else day(until))


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=40))
def test_no_day_with_stock_at_a_look_is_ever_counted_as_without(looks: list[tuple[int, bool]]) -> None:
    """A day is wrongly called empty never; only days between two looks that saw none may be."""
    since: date | None = None
    looked: date | None = None
    empty: set[date] = set()
    for number, some in sorted(looks, key=lambda look: look[0]):
        today = day(number)
        if some and since is not None:
            until = ends(since, today, looked)
            empty |= {day(n) for n in range(10) if until and since <= day(n) <= until}
            since = None
        elif not some and since is None:
            since = begins(today, looked)
        looked = today
    assert not empty & {day(number) for number, some in looks if some}
