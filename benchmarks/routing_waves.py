"""What a wave saves and how sure it is, against deciding order by order: same orders, same stock, same units.

    python benchmarks/routing_waves.py gap [seed]       500 orders: cost, bound, gap, CPU seconds
    python benchmarks/routing_waves.py saving [seeds]   paired saving with its 95 % interval
    python benchmarks/routing_waves.py window [seeds]   what batches of 50 to 500 orders save
    python benchmarks/routing_waves.py large [orders]   one large wave: gap, CPU seconds, memory

Every table names what it ran. Prints the tables that docs/routing.md quotes.
"""

from __future__ import annotations

import math
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from wave_instances import Instance, Shape, draw, one_by_one

from saleor_plugins.fulfillment.domain.solver.exact import solve
from saleor_plugins.fulfillment.domain.solver.problem import Mode
from saleor_plugins.fulfillment.domain.wave.solve import Solved, solve_wave
from saleor_plugins.fulfillment.domain.wave.wave import Flow, Wave

# Student's t for 95 % and n - 1 degrees of freedom.
STUDENT = {3: 4.303, 5: 2.776, 10: 2.262, 20: 2.093, 30: 2.045}


def fewest_then_closest(drawn: Instance) -> list[Flow]:
    """As few parcels as possible, then the fewest miles; the way of Shopify's default rules."""
    wave, left, plans = drawn.wave, list(drawn.wave.limits), []
    for member, miles in zip(wave.members, drawn.miles, strict=True):
        nothing = (0,) * len(member.problem.demand)
        modes = [[Mode(1_000_000 + round(far), nothing)] for far in miles]
        asked = member.within(replace(member.problem, modes=modes), left)
        plans.append(_take(wave, len(plans), solve(asked).flow, left))
    return plans


def sorting_order(drawn: Instance) -> list[Flow]:
    """Line by line through the warehouses in the merchant's order; the way of Saleor, Magento and Solidus."""
    return _greedy(drawn, lambda miles: range(len(miles)))


def closest(drawn: Instance) -> list[Flow]:
    """Line by line through the warehouses, the closest first; Magento's distance priority."""
    return _greedy(drawn, lambda miles: sorted(range(len(miles)), key=miles.__getitem__))


def _greedy(drawn: Instance, ranked) -> list[Flow]:
    wave, left, plans = drawn.wave, list(drawn.wave.limits), []
    for i, (member, miles) in enumerate(zip(wave.members, drawn.miles, strict=True)):
        flow = []
        for need, uses in zip(member.problem.demand, member.uses, strict=True):
            row = [0] * len(miles)
            for w in ranked(miles):
                for k in uses[w]:
                    row[w] = min(need, left[k])
                    need -= row[w]
            flow.append(tuple(row))
        plans.append(_take(wave, i, tuple(flow), left))
    return plans


def _take(wave: Wave, i: int, flow: Flow, left: list[int]) -> Flow:
    for k, units in wave.members[i].taken(flow).items():
        left[k] -= units
    return flow


def shipped(wave: Wave, plans: Sequence[Flow]) -> int:
    """Units."""
    return sum(member.shipped(flow) for member, flow in zip(wave.members, plans, strict=True))


def solved(wave: Wave, single: list[Flow] | None = None, seconds: float = 30) -> tuple[Solved, float]:
    """The wave's answer, checked, and its CPU seconds with those of the single orders."""
    started = time.process_time()
    single = one_by_one(wave) if single is None else single
    answer = solve_wave(wave, single, seconds=seconds)
    spent = time.process_time() - started
    assert wave.allows(answer.plans)
    assert wave.cost(answer.plans) == answer.cost
    return answer, spent


def gap(first: int = 1) -> None:
    """500 orders x 3 lines x 10 warehouses of several kinds."""
    shapes = {
        "one unit a line, sometimes two": Shape(),
        "the same, 5 % more stock than ordered": Shape(slack=1.05),
        "the same, prices by weight band": Shape(stepped=True),
        "200 SKUs": Shape(skus=200),
        "one to three units a line": Shape(quantities=(1, 1, 1, 2, 2, 3)),
    }
    print("| 500 orders x 3 lines x 10 warehouses | variables | cost | bound | gap | CPU s |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, shape in shapes.items():
        wave = draw(first, shape).wave
        count = sum(
            len(m.problem.modes) + sum(n > 0 for row in m.problem.supply for n in row) for m in wave.members
        )
        answer, spent = solved(wave)
        row = (
            name,
            f"{count:,}",
            f"{answer.cost / 100:,.2f}",
            f"{answer.bound / 100:,.2f}",
            f"{answer.gap:.2%}",
        )
        print("|", " | ".join(row), f"| {spent:.1f} |", flush=True)


def saving(seeds: int = 20) -> None:
    """Every policy on the same waves, at equal units."""
    rows: dict[str, list[float]] = {}
    gaps, spent = [], []
    for seed in range(1, seeds + 1):
        drawn = draw(seed)
        wave = drawn.wave
        single = one_by_one(wave)
        answer, seconds = solved(wave, single)
        gaps.append(answer.gap)
        spent.append(seconds)
        others = {
            "exact, order by order": single,
            "fewest parcels, then closest": fewest_then_closest(drawn),
            "closest": closest(drawn),
            "sorting order (Saleor)": sorting_order(drawn),
        }
        for name, plans in others.items():
            assert wave.allows(plans), name
            assert shipped(wave, plans) == answer.shipped, "unequal units"
            rows.setdefault(name, []).append(1 - answer.cost / wave.cost(plans))
        told = [f"{found[-1]:.2%}" for found in rows.values()]
        print(seed, *told, f"gap {gaps[-1]:.2%}, {spent[-1]:.1f} s", file=sys.stderr, flush=True)
    print(f"{seeds} waves of 500 orders x 3 lines x 10 warehouses, equal units shipped\n")
    print("| orders decided by | cost over the wave's | 95 % interval | the wave saves | 95 % interval |")
    print("| --- | --- | --- | --- | --- |")
    for name, found in rows.items():
        over = [1 / (1 - share) - 1 for share in found]
        cells = [f"{statistics.mean(some):.1%} | {_interval(some)}" for some in (over, found)]
        print(f"| {name} |", " | ".join(cells), "|")
    print(f"\ngap: mean {statistics.mean(gaps):.2%}, worst {max(gaps):.2%}")
    print(f"CPU: mean {statistics.mean(spent):.1f} s, worst {max(spent):.1f} s")


def _interval(found: Sequence[float]) -> str:
    half = STUDENT.get(len(found), 1.96) * statistics.stdev(found) / math.sqrt(len(found))
    middle = statistics.mean(found)
    return f"{middle - half:.1%} to {middle + half:.1%}"


def window(seeds: int = 3) -> None:
    """The same 500 orders in batches: what a batch takes is gone for the next."""
    print(f"| orders decided at once ({seeds} seeds) | saving against order by order | 95 % interval |")
    print("| --- | --- | --- |")
    for size in (50, 100, 250, 500):
        found = []
        for seed in range(1, seeds + 1):
            wave = draw(seed).wave
            alone, cost = wave.cost(one_by_one(wave)), 0
            left = list(wave.limits)
            for at in range(0, len(wave.members), size):
                part = Wave(wave.members[at : at + size], left, wave.unit)
                answer, _ = solved(part, seconds=30 * size / 500)
                cost += answer.cost
                left = part.left(answer.plans)
            found.append(1 - cost / alone)
        print(f"| {size} | {statistics.mean(found):.1%} | {_interval(found)} |", flush=True)


def large(orders: int = 5_000, seconds: int = 240) -> None:
    """One large wave."""
    wave = draw(1, Shape(orders=orders, skus=400)).wave
    answer, spent = solved(wave, seconds=seconds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print("| one wave | saving | gap | method | CPU s | memory |\n| --- | --- | --- | --- | --- | --- |")
    row = (f"{1 - answer.cost / answer.single:.1%}", f"{answer.gap:.2%}", answer.method.value, f"{spent:.0f}")
    print(f"| {orders:,} orders x 3 lines x 10 warehouses |", " | ".join(row), f"| {memory} MB |")


if __name__ == "__main__":
    {"gap": gap, "saving": saving, "window": window, "large": large}[sys.argv[1]](*map(int, sys.argv[2:]))
