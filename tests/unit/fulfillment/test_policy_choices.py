"""What a policy asks for is what is decided: objective, promise, limits, waiting, bundles, exclusions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from saleor_plugins.fulfillment.domain.calendar import Calendar
from saleor_plugins.fulfillment.domain.facts import Place, Profile, Source
from saleor_plugins.fulfillment.domain.policy import Objective, Policy, Shortage
from saleor_plugins.fulfillment.domain.rates.table import Rate, RateTable
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from saleor_plugins.fulfillment.domain.sourcing.decision import Decision, Item, Outcome
from saleor_plugins.fulfillment.domain.sourcing.explain import explain
from tests.unit.fulfillment.build import line, request, source

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
BERLIN, MUNICH, HAMBURG = (52.52, 13.405), (48.137, 11.575), (53.55, 9.99)


def shipped(decision: Decision) -> dict[str, int]:
    return {parcel.warehouse_id: parcel.quantity for parcel in decision.parcels}


def at(one: Source, position: tuple[float, float] | None) -> Source:
    return replace(one, place=replace(one.place, position=position))


def rates(**bases: int) -> RateTable:
    """A base and transit days by warehouse."""
    days = {"fast": 1, "slow": 5}
    rows = [Rate(base, warehouse_id=key, transit_days=days.get(key, 2)) for key, base in bases.items()]
    return RateTable("Card", "EUR", tuple(rows))


def test_fewest_parcels_before_cost() -> None:
    lines = [line("1", "v1", 1), line("2", "v2", 1)]
    places = [source("all", v1=1, v2=1), source("one", v1=1), source("two", v2=1)]
    card = rates(all=900, one=100, two=100)
    assert shipped(decide(request(lines, places, card))) == {"one": 1, "two": 1}
    found = decide(request(lines, places, card, policy=Policy(objective=Objective.PARCELS)))
    assert shipped(found) == {"all": 2}
    assert found.objective == "PARCELS" and found.penalty == 0
    assert found.solver.optimal and found.solver.bound == found.cost
    assert "Next best: One + Two for 2.00 EUR, 7.00 EUR less, but fewest parcels come first." in explain(
        found
    )


def test_fewest_parcels_then_least_cost() -> None:
    lines = [line("1", "v1", 1), line("2", "v2", 1), line("3", "v3", 1)]
    places = [
        source("a", v1=1, v2=1),
        source("b", v2=1, v3=1),
        source("c", v3=1),
        source("d", v1=1),
        source("e", v2=1),
    ]
    card = rates(a=500, b=300, c=100, d=290, e=1)
    policy = Policy(objective=Objective.PARCELS)
    assert shipped(decide(request(lines, places, card))) == {"c": 1, "d": 1, "e": 1}
    assert shipped(decide(request(lines, places, card, policy=policy))) == {"b": 2, "d": 1}


def test_least_distance_before_cost() -> None:
    lines = [line("1", "v1", 2)]
    near, far = at(source("near", v1=2), HAMBURG), at(source("far", v1=2), MUNICH)
    asked = request(lines, [near, far], rates(near=900, far=100), destination=Place("DE", position=BERLIN))
    assert shipped(decide(asked)) == {"far": 2}
    found = decide(replace(asked, policy=Policy(objective=Objective.DISTANCE)))
    assert shipped(found) == {"near": 2}
    assert found.parcels[0].km == pytest.approx(255, abs=3)
    assert found.cost == 900 and found.solver.bound == 900


def test_an_unknown_distance_counts_as_the_farthest_and_is_told() -> None:
    lines = [line("1", "v1", 1)]
    known, unknown = at(source("known", v1=1), MUNICH), source("unknown", v1=1)
    to = Place("DE", position=BERLIN)
    policy = Policy(objective=Objective.DISTANCE)
    found = decide(
        request(lines, [unknown, known], rates(known=900, unknown=100), destination=to, policy=policy)
    )
    assert shipped(found) == {"unknown": 1}  # as far as the known one, and cheaper
    assert found.parcels[0].km is None
    assert any("distance from Unknown is not known" in note for note in found.notes)


def test_soonest_before_cost() -> None:
    lines = [line("1", "v1", 2), line("2", "v2", 1)]
    places = [source("slow", v1=2, v2=1), source("fast", v1=2), source("mid", v1=2, v2=1)]
    card = rates(slow=100, fast=900, mid=500)
    asked = request(lines, places, card, now=MONDAY, policy=Policy(objective=Objective.DAYS))
    found = decide(asked)
    assert found.arrives_on == date(2026, 11, 25)
    assert shipped(found) == {"mid": 3}  # the second line cannot be there sooner, so cost decides
    late = next(row for row in found.rejected if row.warehouse_id == "slow")
    assert late.code == "TOO_LATE"


def test_weights_add_up() -> None:
    policy = Policy(objective=Objective.WEIGHTED, currency="EUR", per_parcel=100, per_100_km=50, per_day=30)
    far = at(source("far", v1=1), MUNICH)
    asked = request(
        [line("1", "v1", 1, 0)], [far], rates(far=700), destination=Place("DE", position=BERLIN), now=MONDAY,
        policy=policy,
    )  # fmt: skip
    found = decide(asked)
    km = found.parcels[0].km
    assert km == pytest.approx(504, abs=3)
    assert found.cost == 700
    assert found.penalty == 100 + round(50 * km / 100) + 30 * 2  # two days on the road
    assert found.solver.bound == found.cost + found.penalty
    assert any("counted as" in said and "weights" in said for said in explain(found))


def test_amounts_in_another_currency_are_not_counted() -> None:
    policy = Policy(
        objective=Objective.WEIGHTED, currency="USD", per_parcel=100, late_per_day=5, promise_days=0
    )
    found = decide(request([line("1", "v1", 1)], [source("a", v1=1)], policy=policy))
    assert found.penalty == 0
    assert any("not counted" in note for note in found.notes)


def test_lateness_decides_and_is_told() -> None:
    policy = Policy(currency="EUR", late_per_day=200, promise_days=2)
    places = [source("slow", v1=1), source("fast", v1=1)]
    asked = request([line("1", "v1", 1, 0)], places, rates(slow=100, fast=600), now=MONDAY, placed=MONDAY)
    assert shipped(decide(asked)) == {"slow": 1}
    found = decide(replace(asked, policy=policy))
    assert shipped(found) == {"fast": 1}  # the slow one is five days late
    assert found.promised_on == date(2026, 11, 25)
    assert "All of it arrives by 2026-11-24, in time for 2026-11-25 as promised." in explain(found)
    cheap = replace(policy, late_per_day=10)
    late = decide(replace(asked, policy=cheap))
    assert shipped(late) == {"slow": 1}
    assert (late.cost, late.penalty, late.parcels[0].late_days) == (100, 50, 5)
    assert any("5 days after 2026-11-25, which was promised" in said for said in explain(late))
    assert any(
        "For lateness the parcel from Slow counted as 0.50 EUR dearer" in said for said in explain(late)
    )


def test_the_promise_runs_from_the_order_not_from_now() -> None:
    policy = Policy(currency="EUR", late_per_day=10, promise_days=3)
    placed = datetime(2026, 11, 20, 9, tzinfo=UTC)
    asked = request([line("1", "v1", 1)], [source("a", v1=1)], rates(a=1), now=MONDAY, placed=placed)
    found = decide(replace(asked, policy=policy))
    assert found.promised_on == date(2026, 11, 23) and found.parcels[0].late_days == 2


def test_a_full_day_pushes_the_parcel_and_is_told() -> None:
    full = Profile(daily_parcels=3)
    busy = replace(source("busy", v1=1, profile=full), planned={MONDAY.date(): 3})
    policy = Policy(currency="EUR", late_per_day=500, promise_days=2)
    asked = request(
        [line("1", "v1", 1, 0)], [busy, source("other", v1=1)], rates(busy=100, other=300), now=MONDAY
    )
    pushed = decide(asked)
    assert shipped(pushed) == {"busy": 1}
    assert pushed.parcels[0].ship_on == date(2026, 11, 24)
    assert any("Busy is full before 2026-11-24" in said for said in explain(pushed))
    found = decide(replace(asked, policy=policy))
    assert shipped(found) == {"other": 1}
    assert any("Busy is full before 2026-11-24" in note and "1 days late" in note for note in found.notes)


def test_cut_off_and_holidays_move_the_days() -> None:
    calendar = Calendar("Europe/Berlin", cut_off=time(9), holidays="DE")
    one = source("a", v1=1, profile=Profile(calendar=calendar))
    found = decide(request([line("1", "v1", 1)], [one], rates(a=1), now=MONDAY))
    assert found.parcels[0].ship_on == date(2026, 11, 24)  # ten o'clock in Berlin
    eve = datetime(2026, 12, 24, 12, tzinfo=UTC)
    found = decide(request([line("1", "v1", 1)], [one], rates(a=1), now=eve))
    assert (found.parcels[0].ship_on, found.arrives_on) == (date(2026, 12, 28), date(2026, 12, 30))


def test_a_parcel_limit_is_kept_and_told() -> None:
    lines = [line("1", "v1", 2), line("2", "v2", 2), line("3", "v3", 2)]
    places = [source("a", v1=2), source("b", v2=2), source("c", v3=2), source("d", v1=1, v2=1)]
    found = decide(request(lines, places, policy=Policy(most_parcels=2)))
    assert len(found.parcels) == 2
    assert sum(shipped(found).values()) == 4
    assert {row.code for row in found.unsourced} == {"PARCEL_LIMIT"}
    assert "only 2 parcels may leave" in found.unsourced[0].reason


def test_without_splitting_the_one_parcel_ships_most() -> None:
    lines = [line("1", "v1", 2), line("2", "v2", 1)]
    places = [source("a", v1=2), source("b", v1=1, v2=1), source("c", v2=1)]
    found = decide(request(lines, places, policy=Policy(split=False)))
    assert shipped(found) == {"a": 2}  # as many as b, and the first by name
    assert found.outcome is Outcome.PARTIAL
    assert [(row.line_id, row.quantity, row.code) for row in found.unsourced] == [("2", 1, "PARCEL_LIMIT")]
    assert "only one parcel may leave" in found.unsourced[0].reason


def test_waiting_for_the_rest_plans_nothing() -> None:
    lines = [line("1", "v1", 3), line("2", "v2", 1)]
    policy = Policy(shortage=Shortage.WAIT)
    found = decide(request(lines, [source("a", v1=2), source("b", v2=1)], policy=policy))
    assert found.outcome is Outcome.WAITING
    assert (found.parcels, found.cost, found.penalty) == ((), 0, 0)
    assert [(row.line_id, row.quantity, row.code) for row in found.unsourced] == [
        ("1", 1, "OUT_OF_STOCK"),
        ("1", 2, "WAITS_FOR_REST"),
        ("2", 1, "WAITS_FOR_REST"),
    ]
    told = explain(found)
    assert told[0] == "The order waits: 1 of 4 units are missing, and nothing leaves before."
    assert "A could ship 2 of it now." in told and "B could ship 1 of it now." in told
    whole = decide(request(lines, [source("a", v1=3), source("b", v2=1)], policy=policy))
    assert whole.outcome is Outcome.ROUTED
    nothing = decide(request(lines, [source("a")], policy=policy))
    assert nothing.outcome is Outcome.UNROUTABLE


def test_waiting_without_splitting() -> None:
    policy = Policy(split=False, shortage=Shortage.WAIT)
    lines = [line("1", "v1", 1), line("2", "v2", 1)]
    found = decide(request(lines, [source("a", v1=1), source("b", v2=1)], policy=policy))
    assert found.outcome is Outcome.WAITING
    assert found.unsourced[0].code == "PARCEL_LIMIT"


def test_a_bundle_leaves_whole() -> None:
    lines = [
        line("bed", "v1", 1, 9000, bundle="set"),
        line("legs", "v2", 4, 500, bundle="set"),
        line("lamp", "v3", 1),
    ]
    places = [source("bits", v1=1, v3=1), source("more", v2=4), source("whole", "FR", v1=1, v2=4)]
    found = decide(request(lines, places))
    assert shipped(found) == {"bits": 1, "whole": 5}
    assert found.parcels[1].items == (Item("bed", 1), Item("legs", 4))
    assert found.parcels[1].cost.weight == 11 * 300  # 11 kg abroad
    short = decide(request(lines, places[:2]))
    assert shipped(short) == {"bits": 1}
    assert [(row.line_id, row.quantity, row.code) for row in short.unsourced] == [
        ("bed", 1, "BUNDLE_INCOMPLETE"),
        ("legs", 4, "BUNDLE_INCOMPLETE"),
    ]


def test_a_bundle_and_a_line_of_the_same_variant_share_its_stock() -> None:
    lines = [line("1", "v1", 1, bundle="set"), line("2", "v2", 1, bundle="set"), line("3", "v1", 2)]
    found = decide(request(lines, [source("a", v1=2, v2=1), source("b", "FR", v1=1)]))
    assert shipped(found) == {"a": 3, "b": 1}
    units = sum(item.quantity for item in found.parcels[0].items if item.line_id in ("1", "3"))
    assert units == 2
    scarce = decide(request(lines, [source("a", v1=2, v2=1)]))
    assert sum(row.quantity for row in scarce.unsourced) == 1
    assert [row.line_id for row in scarce.unsourced] == ["3"]  # the bundle is worth more


def test_excluded_lines_go_elsewhere() -> None:
    careful = Profile(excluded_classes=frozenset({"dangerous"}), excluded_types=frozenset({"type-7"}))
    lines = [
        line("acid", "v1", 1, classes=frozenset({"dangerous"})),
        line("knife", "v2", 1, product_type_id="type-7"),
        line("book", "v3", 1),
    ]
    places = [source("near", v1=9, v2=9, v3=9, profile=careful), source("far", "FR", v1=9, v2=9)]
    found = decide(request(lines, places))
    assert {(item.line_id, parcel.warehouse_id) for parcel in found.parcels for item in parcel.items} == {
        ("acid", "far"),
        ("knife", "far"),
        ("book", "near"),
    }
    alone = decide(request(lines[:1], places[:1]))
    assert [row.code for row in alone.rejected] == ["EXCLUDED"]
    assert "it ships nothing dangerous" in alone.rejected[0].reason


def test_a_warehouse_that_turned_the_order_down_is_left_out() -> None:
    places = [replace(source("no", v1=1), rejected=True), source("yes", "FR", v1=1)]
    found = decide(request([line("1", "v1", 1)], places))
    assert shipped(found) == {"yes": 1}
    assert [(row.warehouse_id, row.code) for row in found.rejected] == [("no", "REJECTED")]


def test_a_short_pick_caps_what_is_asked_again() -> None:
    picked = replace(source("a", v1=9), most={"v1": 1})
    found = decide(request([line("1", "v1", 3)], [picked, source("b", "FR", v1=9)]))
    assert shipped(found) in ({"a": 1, "b": 2}, {"b": 3})
    assert shipped(found) == {"b": 3}  # one parcel is cheaper than two


def test_pre_orders_are_left_alone() -> None:
    found = decide(
        request([line("1", "v1", 1, is_preorder=True), line("2", "v2", 1)], [source("a", v1=1, v2=1)])
    )
    assert [(row.line_id, row.code) for row in found.left_alone] == [("1", "PREORDER")]
    assert shipped(found) == {"a": 1}
