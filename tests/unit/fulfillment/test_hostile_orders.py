"""Orders that nobody should place: no crash, no oversold unit, no endless search, the same answer in any order."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace

import pytest

from saleor_plugins.fulfillment.domain.facts import Place, Profile, Request, Source
from saleor_plugins.fulfillment.domain.policy import Objective, Policy, Shortage
from saleor_plugins.fulfillment.domain.rates.table import Rate, RateTable
from saleor_plugins.fulfillment.domain.sourcing import alternatives
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from saleor_plugins.fulfillment.domain.sourcing.decision import Decision, Outcome
from saleor_plugins.fulfillment.domain.sourcing.explain import explain
from saleor_plugins.fulfillment.domain.sourcing.record import explanation_json, plan_json
from tests.unit.fulfillment.build import line, request, source

# Far above the second that the limit stands for: a slow machine must not fail, an endless search must.
CPU_SECONDS = 20
LINEAR = RateTable("Linear", "EUR", (Rate(500, 100, 10, origin="DE"), Rate(1500, 300)))
STEPS = tuple(
    Rate(base, up_to_grams=grams, origin=origin, transit_days=2)
    for origin, dear in (("DE", 1), ("", 3))
    for grams, base in ((500, 300 * dear), (2000, 450 * dear), (5000, 700 * dear), (30000, 1900 * dear))
)
STEPPED = RateTable("Stepped", "EUR", STEPS)


def decided(asked: Request, **more: int) -> Decision:
    """A decision that is consistent with what was asked, and can be stored."""
    started = time.process_time()
    found = decide(asked, **more)
    assert time.process_time() - started < CPU_SECONDS
    due = sum(row.quantity for row in asked.lines if row.quantity > 0)
    alone = {row.line_id for row in found.left_alone}
    due = sum(row.quantity for row in asked.lines if row.id not in alone)
    sent = sum(parcel.quantity for parcel in found.parcels)
    assert sent + sum(row.quantity for row in found.unsourced) == due
    for place in asked.sources:
        check_stock(asked, found, place)
    assert 0 <= found.solver.bound <= found.cost + found.penalty
    assert json.loads(json.dumps({**plan_json(found), **explanation_json(found)}))
    assert all(said.strip() for said in explain(found))
    return found


def check_stock(asked: Request, found: Decision, place: Source) -> None:
    variant = {row.id: row.variant_id for row in asked.lines}
    taken: dict[str | None, int] = {}
    for parcel in (*found.parcels, *found.withheld):
        if parcel.warehouse_id == place.id:
            assert parcel.items
            for item in parcel.items:
                assert item.quantity > 0
                key = variant[item.line_id]
                taken[key] = taken.get(key, 0) + item.quantity
    for key, units in taken.items():
        assert units <= place.units(key or "")


def many(rng: random.Random, lines: int, places: int, **more: object) -> Request:
    asked = [line(f"l{n:03}", f"v{n}", rng.randint(1, 3), rng.randint(50, 4000)) for n in range(lines)]
    some = [
        source(
            f"w{n:02}",
            rng.choice(["DE", "FR", "PL"]),
            **{f"v{k}": rng.randint(0, 4) for k in range(lines) if rng.random() < 0.5},
        )
        for n in range(places)
    ]
    return request(asked, some, **more)


@pytest.mark.parametrize("rates", [LINEAR, STEPPED], ids=["linear", "stepped"])
@pytest.mark.parametrize("policy", [Policy(), Policy(most_parcels=3), Policy(split=False)], ids=str)
def test_two_hundred_lines(rates: RateTable, policy: Policy) -> None:
    found = decided(many(random.Random(1), 200, 12, rates=rates, policy=policy), node_limit=400)
    assert found.parcels
    assert policy.parcel_limit is None or len(found.parcels) <= policy.parcel_limit


@pytest.mark.parametrize("objective", list(Objective))
def test_every_objective_on_a_large_order(objective: Objective) -> None:
    policy = Policy(objective=objective, currency="EUR", per_parcel=100, per_100_km=7, per_day=50)
    asked = many(random.Random(2), 12, 12, rates=STEPPED, policy=policy)
    sources = tuple(
        replace(one, place=replace(one.place, position=(50 + n / 3, 9.0)))
        for n, one in enumerate(asked.sources)
    )
    decided(replace(asked, sources=sources, destination=Place("DE", position=(48.1, 11.6))), node_limit=200)


@pytest.mark.parametrize("rates", [LINEAR, STEPPED], ids=["linear", "stepped"])
def test_a_million_units(rates: RateTable) -> None:
    lines = [line("1", "v1", 10**6, 700), line("2", "v2", 10**6, 0), line("3", "v3", 0)]
    places = [source("a", v1=10**6, v2=5), source("b", "FR", v1=10**5, v2=10**6), source("c", v1=3)]
    found = decided(request(lines, places, rates))
    assert found.outcome is Outcome.ROUTED
    assert sum(parcel.packages for parcel in found.parcels) > (20_000 if rates is STEPPED else 0)


def test_a_repeated_sku_sells_nothing_twice() -> None:
    lines = [line(f"l{n}", "v1", 2) for n in range(30)]
    found = decided(request(lines, [source("a", v1=31), source("b", v1=7)]))
    assert sum(parcel.quantity for parcel in found.parcels) == 38


def test_one_variant_with_different_weights_and_classes() -> None:
    lines = [
        line("1", "v1", 2, 100),
        line("2", "v1", 2, None, classes=frozenset({"gift"})),
        line("3", "v1", 1, 900),
    ]
    careful = Profile(excluded_classes=frozenset({"gift"}))
    found = decided(request(lines, [source("a", v1=4, profile=careful), source("b", "FR", v1=2)]))
    gifts = {p.warehouse_id: i.quantity for p in found.parcels for i in p.items if i.line_id == "2"}
    assert gifts == {"b": 2}
    assert sum(parcel.quantity for parcel in found.parcels) == 5


def test_no_warehouse_and_all_excluded() -> None:
    lines = [line("1", "v1", 3, classes=frozenset({"x"}))]
    assert decided(request(lines, [])).outcome is Outcome.UNROUTABLE
    shut = [source(f"w{n}", v1=9, profile=Profile(excluded_classes=frozenset({"x"}))) for n in range(4)]
    found = decided(request(lines, shut))
    assert found.outcome is Outcome.UNROUTABLE
    assert [row.code for row in found.rejected] == ["EXCLUDED"] * 4


def test_no_capacity_on_any_day() -> None:
    places = [source("none", v1=9, profile=Profile(daily_parcels=0)), source("some", "FR", v1=9)]
    found = decided(request([line("1", "v1", 3)], places))
    assert [parcel.warehouse_id for parcel in found.parcels] == ["some"]
    assert [(row.warehouse_id, row.code) for row in found.rejected] == [("none", "CLOSED")]


@pytest.mark.parametrize("amount", [0, 1, 10**18, 10**40])
def test_amounts_of_any_size(amount: int) -> None:
    rows = (Rate(amount, amount, amount), Rate(amount, amount, amount, up_to_grams=1000))
    for table in (RateTable("Odd", "EUR", rows[:1]), RateTable("Odd", "EUR", rows)):
        asked = many(random.Random(4), 4, 6, rates=table)
        found = decided(asked)
        assert found.solver.optimal
        limited = decided(replace(asked, policy=Policy(most_parcels=2, objective=Objective.DISTANCE)))
        assert len(limited.parcels) <= 2


@pytest.mark.parametrize("seed", range(12))
def test_the_same_answer_in_whatever_order(seed: int) -> None:
    rng = random.Random(seed)
    lines = [
        line(
            f"l{n}", f"v{rng.randint(0, 3)}", rng.randint(0, 3), rng.choice([None, 0, 400, 2600]),
            bundle=rng.choice(["", "", "", "set"]), classes=frozenset(rng.choice([(), (), ("x",)])),
        )
        for n in range(6)
    ]  # fmt: skip
    careful = Profile(excluded_classes=frozenset({"x"}))
    places = [
        source(
            f"w{n}",
            rng.choice(["DE", "FR"]),
            rng.choice([Profile(), Profile(), careful]),
            **{f"v{k}": rng.randint(-1, 4) for k in range(4)},
        )
        for n in range(8)
    ]
    policy = Policy(
        objective=rng.choice(list(Objective)),
        most_parcels=rng.choice([None, None, 2]),
        shortage=rng.choice(list(Shortage)),
    )
    first = decided(request(lines, places, STEPPED, policy=policy))
    for _ in range(3):
        rng.shuffle(lines)
        rng.shuffle(places)
        again = decided(request(lines, places, STEPPED, policy=policy))
        assert again == first
        assert explain(again) == explain(first)


def test_alike_warehouses_at_equal_cost() -> None:
    places = [source(f"w{n:02}", v1=2, v2=1) for n in range(40)]
    asked = request([line("1", "v1", 5, 900), line("2", "v2", 3, 900)], places, STEPPED)
    found = decided(asked)
    assert [parcel.warehouse_id for parcel in found.parcels] == [
        "w00",
        "w01",
        "w02",
        "w03",
    ]  # two in each: lighter bands
    assert found == decided(replace(asked, sources=tuple(reversed(places))))


@pytest.mark.parametrize("rates", [LINEAR, STEPPED], ids=["linear", "stepped"])
def test_twenty_warehouses_that_are_the_same(rates: RateTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the search nor the explanation goes through all that are equal."""
    asked = request(
        [line(f"l{n}", f"v{n}", 3, 700 + n * 300) for n in range(5)],
        [source(f"w{n:02}", **{f"v{k}": 1 for k in range(5)}) for n in range(20)],
        rates,
    )
    monkeypatch.setattr(alternatives, "_without", lambda *_: pytest.fail("a search for the runner-up"))
    found = decided(asked)
    assert found.solver.optimal and found.solver.nodes < 40
    other = found.runner_up
    assert other and other.proven and (other.difference, other.short) == (0, 0)
    chosen = {parcel.warehouse_id for parcel in found.parcels}
    assert len(set(other.warehouses) - chosen) == 1 and {other.without} == chosen - set(other.warehouses)


def test_a_runner_up_is_only_proven_beside_a_proven_plan() -> None:
    asked = request(
        [line(f"l{n}", f"v{n}", 5, 700 + n * 300) for n in range(5)],
        [source(f"w{n:02}", **{f"v{k}": 2 for k in range(5)}) for n in range(20)],
        STEPPED,
    )
    found = decided(asked, node_limit=3)
    assert not found.solver.optimal
    assert found.runner_up and not found.runner_up.proven and found.runner_up.difference == 0


def test_across_the_antimeridian() -> None:
    fiji, samoa, tonga = (-17.8, 178.0), (-13.8, -171.8), (-21.1, -175.2)
    near = replace(source("near", v1=1), place=Place("DE", position=fiji))
    far = replace(source("far", v1=1), place=Place("DE", position=(48.0, 9.0)))
    table = RateTable("Km", "EUR", (Rate(100, up_to_km=1500), Rate(900)))
    for to in (samoa, tonga):
        found = decided(
            request([line("1", "v1", 1)], [far, near], table, destination=Place("DE", position=to))
        )
        assert [parcel.warehouse_id for parcel in found.parcels] == ["near"]
        assert found.parcels[0].km is not None and found.parcels[0].km < 1500
