"""What routing saves: the exact plan of each order against Saleor's two strategies, in one run.

    python benchmarks/routing.py [orders] [seed]

Orders of 1 to 5 lines go to twelve European countries from ten warehouses with scarce, uneven
stock; a parcel costs a base and a price per kilogram that both grow with distance. Every policy gets
the same orders and stocks and ships the same units. Prints the table that docs/routing.md quotes.
"""

from __future__ import annotations

import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from saleor_plugins.fulfillment.domain.facts import Line, Request, Source
from saleor_plugins.fulfillment.domain.rates import Rate, RateTable
from saleor_plugins.fulfillment.domain.sourcing import decide

# Capital, latitude, longitude: enough for distances between countries.
PLACES = {
    "DE": (52.5, 13.4), "FR": (48.9, 2.4), "ES": (40.4, -3.7), "IT": (41.9, 12.5), "PL": (52.2, 21.0),
    "NL": (52.4, 4.9), "SE": (59.3, 18.1), "AT": (48.2, 16.4), "PT": (38.7, -9.1), "CZ": (50.1, 14.4),
    "DK": (55.7, 12.6), "BE": (50.9, 4.4),
}  # fmt: skip
HUBS = ("DE", "DE", "FR", "FR", "ES", "IT", "PL", "NL", "SE", "AT")

Plan = dict[tuple[str, str], int]  # units by (warehouse, variant)


def kilometres(a: str, b: str) -> float:
    """Great-circle distance between two capitals; 250 km inside a country."""
    if a == b:
        return 250.0
    (lat1, lon1), (lat2, lon2) = PLACES[a], PLACES[b]
    p1, p2, d = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    return 6371 * math.acos(math.sin(p1) * math.sin(p2) + math.cos(p1) * math.cos(p2) * math.cos(d))


def tariff() -> RateTable:
    """4.00 and 0.5 cents per km for a parcel, 0.40 and 0.05 cents per km for a kilogram."""
    rows = []
    for origin in sorted(set(HUBS)):
        for destination in PLACES:
            far = kilometres(origin, destination)
            rows.append(Rate(400 + round(far / 2), 40 + round(far / 20), 0, "", origin, destination))
    return RateTable("Distance", "EUR", tuple(rows))


def instance(rng: random.Random, rates: RateTable) -> Request:
    """An order and the stock of the moment."""
    variants = [f"v{n}" for n in range(rng.choice((1, 1, 2, 2, 3, 4, 5)))]
    lines = tuple(
        Line(f"l{n}", variant, variant, rng.randint(1, 3), round(rng.lognormvariate(6.3, 0.8)))
        for n, variant in enumerate(variants)
    )
    order = list(range(len(HUBS)))
    rng.shuffle(order)  # the merchant's sorting order knows nothing of this customer
    sources = tuple(
        Source(
            f"w{rank}",
            f"w{rank}",
            HUBS[hub],
            frozenset(PLACES),
            None,
            {variant: rng.randint(1, 6) if rng.random() < 0.45 else 0 for variant in variants},
        )
        for rank, hub in enumerate(order)
    )
    return Request(lines, sources, rng.choice(tuple(PLACES)), rates)


def greedy(request: Request, order: Callable[[str], Sequence[Source]]) -> Plan:
    """Saleor's way: line by line, warehouse by warehouse."""
    plan: Plan = {}
    for line in request.lines:
        need = line.quantity
        for source in order(line.variant_id or ""):
            taken = min(need, source.units(line.variant_id or ""))
            if taken:
                plan[source.id, line.variant_id or ""] = taken
                need -= taken
    return plan


def sorting_order(request: Request) -> Plan:
    """Saleor's PRIORITIZE_SORTING_ORDER."""
    return greedy(request, lambda variant: request.sources)


def high_stock(request: Request) -> Plan:
    """Saleor's PRIORITIZE_HIGH_STOCK."""
    return greedy(request, lambda variant: sorted(request.sources, key=lambda s: (-s.units(variant), s.id)))


def cost(request: Request, plan: Plan) -> tuple[float, int]:
    """Cost in minor units and parcels of a plan under the request's rates."""
    countries = {source.id: source.country for source in request.sources}
    grams = {line.variant_id: line.grams or 0 for line in request.lines}
    opened = {warehouse for warehouse, _ in plan}
    total = 0.0
    for warehouse in opened:
        rate = request.rates.find(warehouse, countries[warehouse], request.country)
        assert rate is not None
        weight = sum(units * grams[variant] for (place, variant), units in plan.items() if place == warehouse)
        total += rate.base + rate.per_kg * weight / 1000
    return total, len(opened)


def main(orders: int = 2000, seed: int = 1) -> None:
    """Run every policy on the same orders and print the table."""
    rng, rates = random.Random(seed), tariff()  # noqa: S311
    sums = {"exact": [0.0, 0], "sorting order": [0.0, 0], "most stock": [0.0, 0]}
    times, stopped = [], 0
    for _ in range(orders):
        request = instance(rng, rates)
        started = time.process_time()
        decision = decide(request, compare=False)
        times.append((time.process_time() - started) * 1000)
        stopped += not decision.solver.optimal
        rows = {"sorting order": sorting_order(request), "most stock": high_stock(request)}
        shipped = sum(parcel.quantity for parcel in decision.parcels)
        assert all(sum(plan.values()) == shipped for plan in rows.values()), "unequal units"
        for name, plan in rows.items():
            money, parcels = cost(request, plan)
            sums[name][0] += money
            sums[name][1] += parcels
        sums["exact"][0] += decision.cost
        sums["exact"][1] += len(decision.parcels)
    best = sums["exact"][0]
    print(f"{orders} orders, seed {seed}, {len(HUBS)} warehouses\n")
    print("| policy | cost over exact | parcels per order |\n| --- | --- | --- |")
    for name, (money, parcels) in sums.items():
        print(f"| {name} | {money / best - 1:+.1%} | {parcels / orders:.2f} |")
    times.sort()
    p95 = times[int(len(times) * 0.95)]
    middle = statistics.median(times)
    print(f"\nexact: median {middle:.2f} ms, p95 {p95:.2f} ms CPU; limit reached {stopped} times")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
