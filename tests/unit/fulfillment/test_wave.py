"""Waves against brute force: the best plans, a bound that is never too high, and no limit broken."""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.wave_instances import one_by_one
from saleor_plugins.fulfillment.domain.solver.problem import Problem
from saleor_plugins.fulfillment.domain.wave import choice
from saleor_plugins.fulfillment.domain.wave.bound import price, relax
from saleor_plugins.fulfillment.domain.wave.cuts import Cut, broken
from saleor_plugins.fulfillment.domain.wave.plans import listed
from saleor_plugins.fulfillment.domain.wave.solve import Method, solve_wave
from saleor_plugins.fulfillment.domain.wave.tighten import cut_bound, tighten
from saleor_plugins.fulfillment.domain.wave.wave import Flow, Member, Wave
from tests.unit.fulfillment.build import one_mode, stepped

pytest.importorskip("highspy")


def wave_of(rng: random.Random, orders: int, warehouses: int = 3, variants: int = 3, *, steps: bool = False,
            days: bool = False, most_open: bool = False) -> Wave:  # fmt: skip
    """Random orders of one or two variants, of which there is too little where it is cheap."""
    width = range(warehouses)
    limits = [rng.choice([0, 1, 2, 3]) for _ in range(variants * warehouses)]
    parcels = [rng.randint(1, orders) for _ in width] if days else []
    members = []
    for _ in range(orders):
        mine = sorted(rng.sample(range(variants), rng.randint(1, 2)))
        demand = [rng.randint(1, 2) for _ in mine]
        problem = Problem(
            demand=demand,
            supply=[[min(need, limits[v * warehouses + w]) for w in width]
                    for v, need in zip(mine, demand, strict=True)],
            modes=[one_mode(rng.randint(100, 900), [rng.randint(0, 200) for _ in mine]) for _ in width],
            grams=[rng.randint(50, 900) for _ in mine],
            worth=[1] * len(mine),
            most_open=rng.choice([None, 1]) if most_open else None,
        )  # fmt: skip
        uses = [[{v * warehouses + w: 1} for w in width] for v in mine]
        opens = [len(limits) + w if days else None for w in width]
        members.append(Member(stepped(rng, problem) if steps else problem, uses, opens, 0))
    return Wave(members, [*limits, *parcels])


def flows(member: Member) -> Iterator[Flow]:
    """Every plan of an order."""
    problem = member.problem
    rows = [
        [row for row in itertools.product(*(range(n + 1) for n in supply)) if sum(row) <= need]
        for supply, need in zip(problem.supply, problem.demand, strict=True)
    ]
    yield from (flow for flow in itertools.product(*rows) if member.fits(flow))


def best(wave: Wave) -> tuple[int, int]:
    """The most that can be shipped, and what that costs at least, by trying everything."""
    states = {(0,) * len(wave.limits): {0: 0}}  # taken -> shipped -> cost
    for member in wave.members:
        after: dict[tuple[int, ...], dict[int, int]] = {}
        options = [(member.taken(flow), member.shipped(flow), member.cost(flow)) for flow in flows(member)]
        for taken, known in states.items():
            for more, shipped, cost in options:
                total = tuple(n + more.get(k, 0) for k, n in enumerate(taken))
                if any(n > limit for n, limit in zip(total, wave.limits, strict=True)):
                    continue
                found = after.setdefault(total, {})
                for units, money in known.items():
                    key = units + shipped
                    found[key] = min(found.get(key, money + cost), money + cost)
        states = after
    most = max(units for known in states.values() for units in known)
    return most, min(known[most] for known in states.values() if most in known)


def due(wave: Wave, plans: list[Flow]) -> Wave:
    """The wave in which every order must ship what it does there."""
    pairs = zip(wave.members, plans, strict=True)
    return replace(wave, members=[replace(member, least=member.shipped(flow)) for member, flow in pairs])


KINDS = [{}, {"steps": True}, {"days": True}, {"most_open": True}]


@pytest.mark.parametrize("kind", KINDS, ids=["linear", "stepped", "days", "one parcel"])
@pytest.mark.parametrize("seed", range(25))
def test_tiny_waves_agree_with_brute_force(seed: int, kind: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "GAP", 0.0)
    rng = random.Random(seed)
    wave = wave_of(rng, rng.randint(2, 4), **kind)
    single = one_by_one(wave)
    assert wave.allows(single)
    found = solve_wave(wave, single, enough=0.0, seconds=20)
    assert wave.allows(found.plans)
    assert wave.cost(found.plans) == found.cost
    for member, flow, alone in zip(wave.members, found.plans, single, strict=True):
        assert member.shipped(flow) >= member.shipped(alone)
    most, _ = best(due(wave, single))
    assert found.shipped == most
    _, cost = best(due(wave, found.plans))
    assert found.cost == cost
    assert found.bound <= cost


@pytest.mark.parametrize("seed", range(40))
def test_no_price_makes_the_bound_too_high(seed: int) -> None:
    rng = random.Random(seed)
    wave = wave_of(rng, 3, days=seed % 2 == 0, steps=seed % 3 == 0)
    wave = due(wave, one_by_one(wave))
    _, cost = best(wave)
    for top in (0, 50, 1000):
        prices = tuple(rng.randint(0, top) for _ in wave.limits)
        assert relax(wave, prices)[0] <= cost


@pytest.mark.parametrize("seed", range(40))
def test_no_inequality_makes_the_bound_too_high(seed: int) -> None:
    """Any of them, at any price; and every whole choice of plans keeps it."""
    rng = random.Random(seed)
    wave = wave_of(rng, 3, days=seed % 2 == 0, steps=seed % 3 == 0)
    wave = due(wave, one_by_one(wave))
    _, cost = best(wave)
    for top in (0, 50, 1000):
        weighed = []
        for _ in range(5):
            orders = frozenset(rng.sample(range(3), rng.randint(0, 3)))
            some = frozenset(rng.sample(range(len(wave.limits)), rng.randint(1, 5)))
            most = (sum(wave.limits[k] for k in some) + len(orders)) // 2
            weighed.append((Cut(orders, some, most), rng.randint(0, top)))
        prices = tuple(rng.randint(0, top) for _ in wave.limits)
        assert cut_bound(wave, prices, weighed)[0] <= cost


def test_a_mixture_of_halves_is_cut_off() -> None:
    """Three orders want two of three single units each; only one can have both of its own."""

    def order(first: int, second: int) -> Member:
        modes = [one_mode(100, [0, 0]), one_mode(1000, [0, 0])]
        supply, spare = [[1, 1], [1, 1]], len("abc")
        uses = [[{first: 1}, {spare: 1}], [{second: 1}, {spare: 1}]]
        return Member(Problem([1, 1], supply, modes, [1, 1], [1, 1]), uses, [None, None], 0)

    wave = Wave([order(0, 1), order(1, 2), order(2, 0)], [1, 1, 1, 4])
    wave = due(wave, one_by_one(wave))
    both, none = ((1, 0), (1, 0)), ((0, 1), (0, 1))
    columns = [(i, member.taken(flow)) for i, member in enumerate(wave.members) for flow in (both, none)]
    found = broken(wave, columns, [0.5] * 6)
    assert Cut(frozenset(), frozenset({0, 1, 2}), 1) in found
    priced = price(wave, one_by_one(wave), lambda: False, lambda: None)
    assert priced.bound == 1650  # half of each order's parcels are cheap
    tighten(wave, priced, lambda: False, lambda: None)
    assert priced.bound == 2100 == best(wave)[1]


@pytest.mark.parametrize("seed", range(3))
def test_never_worse_than_one_by_one_and_the_same_again(seed: int) -> None:
    wave = wave_of(random.Random(seed), 60, warehouses=5, variants=6)
    wave = replace(wave, limits=[limit * 6 for limit in wave.limits])
    wave = replace(wave, members=[more(member, wave.limits) for member in wave.members])
    single = one_by_one(wave)
    first, second = (solve_wave(wave, single, seconds=60, enough=0.004) for _ in range(2))
    assert first == second
    assert wave.allows(first.plans)
    assert (first.shipped, -first.cost) >= (
        sum(map(Member.shipped, wave.members, single)),
        -wave.cost(single),
    )
    assert 0 <= first.gap < 0.05
    assert first.bound <= first.cost <= first.single


def more(member: Member, limits: list[int]) -> Member:
    """The order with as much supply as the wave has."""
    supply = [
        [min(need, *(limits[k] for k in taken)) for taken in uses]
        for need, uses in zip(member.problem.demand, member.uses, strict=True)
    ]
    return replace(member, problem=replace(member.problem, supply=supply))


def two_orders() -> Wave:
    """The older order takes the one unit that the younger one needs more."""

    def order(near_cost: int, far_cost: int) -> Member:
        modes = [one_mode(near_cost, [0]), one_mode(far_cost, [0])]
        return Member(Problem([1], [[1, 1]], modes, [100], [1]), [[{0: 1}, {1: 1}]], [None, None], 0)

    return Wave([order(500, 510), order(500, 2000)], [1, 1])


def test_the_older_order_gives_way_when_that_is_cheaper() -> None:
    wave = two_orders()
    single = one_by_one(wave)
    assert wave.cost(single) == 2500
    found = solve_wave(wave, single)
    assert found.plans == [((0, 1),), ((1, 0),)]
    assert (found.cost, found.single, found.method, found.note) == (1010, 2500, Method.WHOLE, "")
    assert found.bound == 1010


def test_swapping_ships_more_units_and_nobody_less() -> None:
    """The first order takes what only the second could use."""
    first = Member(
        Problem([1], [[1, 1]], [one_mode(1, [0]), one_mode(5, [0])], [1], [1]),
        [[{0: 1}, {1: 1}]],
        [None] * 2,
        0,
    )
    second = Member(
        Problem([1], [[1, 0]], [one_mode(1, [0]), one_mode(5, [0])], [1], [1]),
        [[{0: 1}, {1: 1}]],
        [None] * 2,
        0,
    )
    wave = Wave([first, second], [1, 1])
    single = one_by_one(wave)
    assert [member.shipped(flow) for member, flow in zip(wave.members, single, strict=True)] == [1, 0]
    found = solve_wave(wave, single)
    assert (found.shipped, found.cost, found.bound) == (2, 6, 6)
    assert found.note == "1 more units ship than order by order."


def test_without_the_solver_the_single_plans_are_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    wave = two_orders()
    single = one_by_one(wave)
    found = solve_wave(wave, single)
    assert (found.plans, found.method) == (single, Method.SINGLE)
    assert found.note == "Decided order by order: highspy is not installed."
    assert found.bound <= 1010 < found.cost == found.single == 2500


def test_out_of_time_the_single_plans_are_the_answer() -> None:
    wave = two_orders()
    found = solve_wave(wave, one_by_one(wave), seconds=0)
    assert (found.cost, found.method) == (2500, Method.SINGLE)
    assert found.note == "Decided order by order: time was up."
    assert found.bound <= 1010


def test_nothing_better_says_so() -> None:
    wave = replace(two_orders(), limits=[2, 2])
    found = solve_wave(wave, one_by_one(wave))
    assert (found.cost, found.bound, found.method) == (1000, 1000, Method.SINGLE)
    assert found.note == "Decided order by order: nothing better was found."


def test_no_orders_and_no_stock() -> None:
    assert solve_wave(Wave([], []), []).note == "There is no order to decide about."
    wave = replace(two_orders(), limits=[0, 0])
    found = solve_wave(wave, one_by_one(wave))
    assert (found.shipped, found.cost, found.bound, found.gap) == (0, 0, 0, 0.0)


def test_blocks_keep_all_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    from saleor_plugins.fulfillment.domain.wave import solve

    monkeypatch.setattr(solve, "BLOCK", 15)
    wave = wave_of(random.Random(5), 60, warehouses=5, variants=6)
    wave = replace(wave, limits=[limit * 6 for limit in wave.limits])
    wave = replace(wave, members=[more(member, wave.limits) for member in wave.members])
    found = solve_wave(wave, one_by_one(wave), seconds=60)
    assert found.method is Method.ROLLED
    assert wave.allows(found.plans)
    assert found.bound <= found.cost < found.single


@pytest.mark.parametrize("seed", range(20))
def test_plans_near_the_best_are_all_there(seed: int) -> None:
    rng = random.Random(seed)
    member = wave_of(rng, 1, steps=seed % 2 == 0).members[0]
    member = replace(member, least=member.wanted)
    prices = [rng.randint(0, 300) for _ in range(9)]

    def paid(flow: Flow) -> int:
        return member.cost(flow) + sum(prices[k] * n for k, n in member.taken(flow).items())

    whole = sorted((paid(flow), flow) for flow in flows(member))
    assert listed(member, prices, 10_000)[0] == whole
    for most in (1, 3):
        found, reach = listed(member, prices, most)
        assert found == whole[: len(found)]
        assert all(cost >= reach for cost, flow in whole if (cost, flow) not in found)
