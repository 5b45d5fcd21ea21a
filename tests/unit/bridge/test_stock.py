"""The arithmetic of stock: whatever happens in whatever order, no unit is made or lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shopify_bridge.domain.stock import (
    MOST,
    Sight,
    follow,
    meet,
    portion,
    to_saleor,
    to_shopify,
    was_done,
)

UNITS = st.integers(-20, 20)


def sight(saleor: int | None, shopify: int | None, agreed: int | None = None) -> Sight:
    return Sight("v", "S-1", "i", "w", "l", saleor, shopify, agreed)


def both(saleor: int, shopify: int, agreed: int, allocated: int = 0) -> tuple[int, int, int]:
    """Both sides after all that is due has been moved."""
    up, down = to_shopify(saleor, shopify, agreed), to_saleor(shopify, agreed, saleor + allocated)
    return saleor + down, shopify + up, agreed + up + down


def test_each_side_gains_what_the_other_sold() -> None:
    assert both(saleor=7, shopify=9, agreed=10) == (6, 6, 6)
    assert both(saleor=15, shopify=9, agreed=10) == (14, 14, 14)
    assert both(saleor=10, shopify=10, agreed=10) == (10, 10, 10)


def test_what_both_have_sold_too_much_of_waits_for_new_stock() -> None:
    state = both(saleor=1, shopify=-1, agreed=2)
    while (after := both(*state)) != state:
        state = after
    assert state == (0, -1, 1)
    restocked = state[0] + 12, state[1], state[2]
    assert both(*both(*restocked)) == (10, 10, 10)


@given(UNITS, UNITS, UNITS, st.integers(0, 20))
def test_the_sum_is_kept_and_both_meet_at_it(saleor: int, shopify: int, agreed: int, allocated: int) -> None:
    allocated = max(allocated, -saleor)  # what lies in a warehouse is never below zero
    there = saleor + shopify - agreed
    state = saleor, shopify, agreed
    for _ in range(4):
        state = both(*state, allocated)
        assert state[0] + state[1] - state[2] == there
        assert state[0] + allocated >= 0
        assert state[1] >= min(shopify, 0)
    assert both(*state, allocated) == state, "it comes to rest: there is no endless correction"
    if there >= 0:
        assert state == (there, there, there)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["saleor", "shopify", "up", "down", "import", "late import", "half up", "half down"]),
        st.integers(1, 5),
    ),
    max_size=40,
)


@given(EVENTS)
@settings(max_examples=300)
def test_sales_corrections_and_imported_orders_in_any_order_are_counted_once(events: list) -> None:
    saleor = shopify = agreed = 100
    sold, owed = 0, 0
    for what, units in events:
        if what == "saleor":
            saleor, sold = saleor - units, sold + units
        elif what == "shopify":
            shopify, sold = shopify - units, sold + units
        elif what == "import":  # Shopify sold it, Saleor claims it for the imported order, the ledger is told
            shopify, saleor, agreed, sold = shopify - units, saleor - units, agreed - units, sold + units
        elif what == "late import":  # the ledger is told much later
            shopify, saleor, sold, owed = shopify - units, saleor - units, sold + units, owed + units
        elif "up" in what:
            due = to_shopify(saleor, shopify, agreed)
            due = portion(units, due) if "half" in what else due
            shopify, agreed = shopify + due, agreed + due
        else:
            due = to_saleor(shopify, agreed, saleor)
            due = portion(-units, due) if "half" in what else due
            saleor, agreed = saleor + due, agreed + due
    agreed -= owed
    state = saleor, shopify, agreed
    for _ in range(6):
        state = both(*state, allocated=1000)
    left = 100 - sold
    assert state[0] + state[1] - state[2] == left
    if left >= 0:
        assert state == (left, left, left)


@given(UNITS, UNITS)
def test_a_portion_is_never_more_and_never_the_other_way(planned: int, due: int) -> None:
    part = portion(planned, due)
    assert abs(part) <= min(abs(planned), abs(due))
    assert part * planned >= 0
    assert part * due >= 0
    assert portion(planned, planned) == planned


def test_shopify_follows_saleor() -> None:
    assert follow(sight(5, 5)).nothing
    assert follow(sight(5, 9)).after == 5
    assert follow(sight(-3, 2)).after == 0
    assert follow(sight(-3, 0)).nothing
    assert follow(sight(0, None)).after == 0
    assert follow(sight(None, None)).nothing
    assert follow(sight(None, 4)).after == 0
    assert follow(sight(None, 0)).nothing
    assert "holds 1000000000" in follow(sight(MOST + 1, 0)).refused
    assert follow(sight(MOST, 0)).after == MOST


def test_at_first_sight_saleor_counts() -> None:
    step = meet(sight(5, 9))
    assert (step.after, step.units, step.agreed) == (5, 0, 9)
    step = meet(sight(5, None))
    assert (step.after, step.units, step.agreed) == (5, 0, 0)
    assert meet(sight(5, 5)).nothing
    assert meet(sight(None, 5)).nothing


def test_a_change_goes_to_the_other_side() -> None:
    step = meet(sight(5, 3, 5))
    assert (step.after, step.units) == (None, -2)
    step = meet(sight(4, 3, 5))
    assert (step.after, step.units) == (2, -2)
    assert meet(sight(5, 5, 5)).nothing
    step = meet(sight(None, 5, 5))
    assert (step.after, step.units) == (0, 0), "Saleor stocks it there no longer"
    assert meet(sight(MOST, MOST, 5)).refused


def test_where_shopify_stocks_it_no_longer_it_has_sold_nothing() -> None:
    step = meet(sight(5, None, 5))
    assert (step.after, step.units, step.agreed) == (5, 0, 0)


def test_the_levels_of_a_write_of_all_or_none_tell_whether_it_was_done() -> None:
    assert was_done([(10, 7, 7)])
    assert not was_done([(10, 7, 10)])
    assert was_done([(10, 7, 7), (5, 4, 4), (3, 0, 3)]), "one was sold back to what it was"
    assert not was_done([(10, 7, 10), (5, 4, 4), (3, 0, 3)]), "one was sold to what was wanted"
    assert not was_done([(10, 7, None)])
