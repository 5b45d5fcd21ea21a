"""Which warehouse helps which: one surplus once, and never the donor's harm."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.restock.domain.transfers_plan import Lane, Place, Why, idle_cost, plan, surplus

HOUSES = ("a", "b", "c", "d")


def test_one_surplus_is_given_once_to_the_more_urgent() -> None:
    places = [
        Place("v", "a", gap=8, urgency=1),
        Place("v", "b", gap=8, urgency=5),
        Place("v", "c", surplus=10),
    ]
    found = plan(places, [Lane("c", "a", 1), Lane("c", "b", 1)])
    assert [(key, move.quantity) for key, moves in found.moves.items() for move in moves] == [
        (("v", "b"), 8),
        (("v", "a"), 2),
    ]


def test_the_nearest_gives_first_then_the_next() -> None:
    places = [Place("v", "a", gap=8), Place("v", "b", surplus=5), Place("v", "c", surplus=5)]
    found = plan(places, [Lane("b", "a", 3), Lane("c", "a", 1)])
    assert [(move.source_id, move.quantity) for move in found.moves["v", "a"]] == [("c", 5), ("b", 3)]


def test_a_lane_pays_for_all_its_variants_together() -> None:
    places = [
        *(Place(key, "a", gap=1) for key in "xyz"),
        *(Place(key, "b", surplus=9, idle=4.0) for key in "xyz"),
    ]
    assert len(plan(places, [Lane("b", "a", 1, cost=12.0)]).moves) == 3
    found = plan(places, [Lane("b", "a", 1, cost=12.5)])
    assert not found.moves
    assert [refused[0].why for refused in found.refused.values()] == [Why.DEARER] * 3


def test_the_worst_lane_goes_first_so_that_another_may_pay() -> None:
    places = [
        Place("v", "a", gap=10),
        Place("v", "b", surplus=5, idle=1.0),
        Place("v", "c", surplus=10, idle=1.0),
    ]
    lanes = [Lane("b", "a", 1, cost=9.0), Lane("c", "a", 2, cost=8.0)]
    assert [(m.source_id, m.quantity) for m in plan(places, lanes).moves["v", "a"]] == [("c", 10)]


def test_what_nobody_sells_is_transferred_however_slowly() -> None:
    places = [Place("v", "a", gap=1, buying=None), Place("v", "b", surplus=1)]
    assert plan(places, [Lane("b", "a", 99)]).moves


def test_a_surplus_keeps_the_donors_target_and_what_lies_there_its_point() -> None:
    assert surplus(point=10, target=30, position=50, free=50) == 20
    assert surplus(point=10, target=30, position=50, free=15) == 5, "the rest is still on its way to it"
    assert surplus(point=10, target=30, position=25, free=25) == 0
    assert surplus(point=0, target=0, position=-3, free=-3) == 0


def test_a_unit_that_never_sells_costs_its_price_others_their_time() -> None:
    assert idle_cost(10, 0.0, 100.0, 400.0) == 400.0
    assert idle_cost(10, 1.0, 365.0, 400.0) == 5.0
    assert idle_cost(100_000, 0.1, 365.0, 400.0) == 400.0


PLACES = st.lists(
    st.builds(
        Place,
        st.sampled_from("xy"),
        st.sampled_from(HOUSES),
        st.integers(0, 9),
        st.integers(0, 9),
        st.floats(0, 5),
        st.floats(0, 5),
        st.none() | st.integers(0, 5),
    ),
    unique_by=lambda place: (place.variant_id, place.warehouse_id),
).map(lambda rows: [row if not row.gap else Place(row.variant_id, row.warehouse_id, row.gap) for row in rows])
LANES = st.lists(
    st.builds(
        Lane,
        st.sampled_from(HOUSES),
        st.sampled_from(HOUSES),
        st.integers(0, 6),
        st.none() | st.floats(0, 30),
    ),
    unique_by=lambda lane: (lane.source_id, lane.target_id),
).map(lambda lanes: [lane for lane in lanes if lane.source_id != lane.target_id])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLACES, LANES)
def test_no_plan_gives_more_than_there_is_or_more_than_is_missing(
    places: list[Place], lanes: list[Lane]
) -> None:
    found = plan(places, lanes)
    have = {(place.variant_id, place.warehouse_id): place for place in places}
    given_away: Counter[tuple[str, str]] = Counter()
    ends = {(lane.source_id, lane.target_id): lane for lane in lanes}
    saved: Counter[tuple[str, str]] = Counter()
    for (variant, target), moves in found.moves.items():
        assert sum(move.quantity for move in moves) <= have[variant, target].gap
        for move in moves:
            assert move.quantity > 0
            given_away[variant, move.source_id] += move.quantity
            assert ends[move.source_id, target].cost is not None
            saved[move.source_id, target] += move.saves  # type: ignore[assignment]
            assert (variant, move.source_id) not in found.moves, "who is short gives nothing"
    assert all(units <= have[pair].surplus for pair, units in given_away.items())
    assert all(saves >= (ends[pair].cost or 0) for pair, saves in saved.items())
    assert plan(list(reversed(places)), list(reversed(lanes))) == found
