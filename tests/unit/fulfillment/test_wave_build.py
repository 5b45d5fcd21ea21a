"""From open orders to a wave and back to decisions that say what became of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from saleor_plugins.fulfillment.domain.facts import Line, Profile, Source
from saleor_plugins.fulfillment.domain.policy import Objective, Policy, Shortage
from saleor_plugins.fulfillment.domain.rates.table import Rate, RateTable
from saleor_plugins.fulfillment.domain.sourcing.decision import Decision, Outcome
from saleor_plugins.fulfillment.domain.wave.build import Build
from saleor_plugins.fulfillment.domain.wave.decide import decisions
from saleor_plugins.fulfillment.domain.wave.shelves import Asked
from saleor_plugins.fulfillment.domain.wave.solve import Method, Solved, solve_wave
from tests.unit.fulfillment.build import line, request, source

pytest.importorskip("highspy")

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
CARD = RateTable(
    "Card",
    "EUR",
    (
        Rate(500, destination="DE", warehouse_id="near", transit_days=1),
        Rate(510, destination="DE", warehouse_id="far", transit_days=3),
        Rate(500, destination="FR", warehouse_id="near", transit_days=1),
        Rate(2000, destination="FR", warehouse_id="far", transit_days=3),
    ),
)


def asked(key: str, lines: list[Line], sources: list[Source], held: dict[str, int] | None = None,
          **more: Any) -> Asked:  # fmt: skip
    """An order; `held` are units of its first line by warehouse, which its own request counts as free."""
    own = held or {}
    mine = [
        replace(one, free={v: n + (own.get(one.id, 0) if v == lines[0].variant_id else 0)
                           for v, n in one.free.items()})
        for one in sources
    ]  # fmt: skip
    more.setdefault("rates", CARD)
    more.setdefault("now", MONDAY)
    return Asked(key, request(lines, mine, **more), {(lines[0].id, w): n for w, n in own.items()})


def run(*orders: Asked) -> tuple[Build, Solved, dict[str, Decision]]:
    build = Build(orders)
    solved = solve_wave(build.wave, build.singles(), enough=0.0)
    assert build.wave.allows(solved.plans)
    return build, solved, {one.entry.asked.key: one.decision for one in decisions(build, solved.plans)}


def ships(decision: Decision) -> dict[str, int]:
    return {parcel.warehouse_id: parcel.quantity for parcel in decision.parcels}


def two(**units: int) -> list[Source]:
    return [source("near", a=units.get("near", 1)), source("far", a=units.get("far", 1))]


def test_the_older_order_gives_way() -> None:
    build, solved, found = run(
        asked("1", [line("l", "a", 1)], two()), asked("2", [line("l", "a", 1)], two(), country="FR")
    )
    assert (ships(found["1"]), ships(found["2"])) == ({"far": 1}, {"near": 1})
    unit = build.wave.unit
    assert (solved.cost // unit, solved.single // unit, solved.bound // unit) == (1010, 2500, 1010)
    assert (
        found["1"].notes[-1] == "Decided in a wave of 2 orders; alone it would have been Near for 5.00 EUR."
    )
    assert (
        found["2"].notes[-1] == "Decided in a wave of 2 orders; alone it would have been Far for 20.00 EUR."
    )
    assert found["1"].solver.optimal
    assert [row.code for row in found["1"].rejected] == ["NO_FREE_STOCK"]


def test_what_the_orders_hold_is_shared() -> None:
    sources = two(near=0, far=0)
    _, _, found = run(
        asked("1", [line("l", "a", 1)], sources, {"near": 1}),
        asked("2", [line("l", "a", 1)], sources, {"far": 1}, country="FR"),
    )
    assert (ships(found["1"]), ships(found["2"])) == ({"far": 1}, {"near": 1})


def test_an_oversold_warehouse_gives_what_it_has() -> None:
    sources = two(near=-3, far=5)  # two units lie there, five are promised
    build, _, found = run(
        asked("1", [line("l", "a", 3)], sources, {"near": 3}),
        asked("2", [line("l", "a", 2)], sources, {"near": 2}, country="FR"),
    )
    assert build.pool["near", "a"] == 2
    assert (ships(found["1"]), ships(found["2"])) == ({"far": 3}, {"near": 2})


def test_units_held_where_the_order_cannot_be_shipped_from_stay_with_it() -> None:
    card = replace(CARD, rates=tuple(row for row in CARD.rates if row.destination == "FR"))
    sources = two(near=0, far=1)
    build, _, found = run(
        asked("1", [line("l", "a", 1)], sources, {"near": 1}, rates=card),
        asked("2", [line("l", "a", 1)], sources, rates=card, country="FR"),
    )
    assert build.pool["near", "a"] == 0
    assert found["1"].outcome is Outcome.UNROUTABLE
    assert ships(found["2"]) == {"far": 1}


def test_safety_stock_is_left_alone() -> None:
    sources = [source("near", profile=Profile(safety_stock=2), a=3), source("far", a=5)]
    _, _, found = run(*(asked(str(n), [line("l", "a", 1)], sources, country="FR") for n in range(3)))
    assert sorted(ships(decision).get("near", 0) for decision in found.values()) == [0, 0, 1]


def test_an_order_that_waits_for_all_of_it_keeps_what_it_holds() -> None:
    waits = Policy(shortage=Shortage.WAIT)
    sources = two(near=0, far=0)
    build, solved, found = run(
        asked("1", [line("l", "a", 2)], sources, {"near": 1}, policy=waits),
        asked("2", [line("l", "a", 1)], sources, {"far": 1}, country="FR"),
    )
    assert [entry.stays for entry in build.entries] == [True, False]
    assert list(found) == ["2"]
    assert ships(found["2"]) == {"far": 1}
    assert solved.method is Method.SINGLE


def test_an_order_that_waits_is_whole_in_the_wave_when_it_is_alone() -> None:
    waits = Policy(shortage=Shortage.WAIT)
    _, _, found = run(
        asked("1", [line("l", "a", 2)], two(near=2, far=2), policy=waits),
        asked("2", [line("l", "a", 2)], two(near=2, far=2), country="FR"),
    )
    assert (ships(found["1"]), ships(found["2"])) == ({"far": 2}, {"near": 2})


def test_other_objectives_are_decided_alone_and_say_so() -> None:
    fast = Policy(objective=Objective.PARCELS)
    build, _, found = run(
        asked("1", [line("l", "a", 1)], two(), policy=fast),
        asked("2", [line("l", "a", 1)], two(), country="FR"),
    )
    assert [entry.together for entry in build.entries] == [False, True]
    assert (ships(found["1"]), ships(found["2"])) == ({"near": 1}, {"far": 1})
    assert found["1"].notes[-1] == "Decided alone within a wave: its policy's objective is PARCELS."


def test_another_currency_is_decided_alone() -> None:
    dollars = replace(CARD, currency="USD")
    build, _, found = run(
        asked("1", [line("l", "a", 1)], two(near=9), rates=dollars),
        *(asked(key, [line("l", "a", 1)], two(near=9)) for key in "23"),
    )
    assert build.currency == "EUR"
    assert [entry.together for entry in build.entries] == [False, True, True]
    assert found["1"].currency == "USD"


def test_a_day_gets_no_more_parcels_than_it_has_room_for() -> None:
    profile = Profile(daily_parcels=2)
    sources = [source("near", profile=profile, a=9), source("far", a=0)]
    sources[0] = replace(sources[0], planned={date(2026, 3, 2): 1})
    _, _, found = run(*(asked(str(n), [line("l", "a", 1)], sources, country="FR") for n in range(4)))
    days = sorted(parcel.ship_on for decision in found.values() for parcel in decision.parcels)
    assert days == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 3), date(2026, 3, 4)]


def test_a_late_parcel_is_moved_to_where_a_day_has_room() -> None:
    late = Policy(promise_days=1, late_per_day=10_000)
    sources = [source("near", profile=Profile(daily_parcels=1), a=9), source("far", a=9)]
    card = RateTable(
        "Card",
        "EUR",
        (
            Rate(500, destination="DE", warehouse_id="near", transit_days=1),
            Rate(900, destination="DE", warehouse_id="far", transit_days=1),
        ),
    )
    lines = [line("l", "a", 1)]
    _, _, found = run(
        *(asked(str(n), lines, sources, rates=card, policy=late, placed=MONDAY) for n in range(3))
    )
    assert sorted(next(iter(ships(decision))) for decision in found.values()) == ["far", "far", "near"]
    assert {parcel.ship_on for decision in found.values() for parcel in decision.parcels} == {
        date(2026, 3, 2)
    }


def test_a_bundle_and_its_units_share_the_stock() -> None:
    """The kit needs two of `a` in one place; single units go where the rest is."""
    kit = [line("k1", "a", 2, bundle="kit"), line("k2", "b", 1, bundle="kit")]
    sources = [source("near", a=2, b=1), source("far", a=2, b=0)]
    _, _, found = run(asked("1", [line("l", "a", 2)], sources), asked("2", kit, sources, country="FR"))
    assert (ships(found["1"]), ships(found["2"])) == ({"far": 2}, {"near": 3})


def test_nothing_to_route_and_no_address() -> None:
    digital = line("l", "a", 1, requires_shipping=False)
    build, solved, found = run(
        asked("1", [digital], two()), asked("2", [line("l", "a", 1)], two(), destination=None)
    )
    assert not any(entry.together for entry in build.entries)
    assert found == {}
    assert solved.note == "There is no order to decide about."


def test_no_orders() -> None:
    build, _, found = run()
    assert (build.currency, found) == ("", {})
