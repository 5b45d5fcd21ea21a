"""How fast past orders are replayed: three columns side by side, in orders per second, and its memory.

    python benchmarks/routing_backtest.py [orders] [lines] [warehouses] [seed]

Orders to twelve European countries over 30 days, warehouses with scarce stock, bands by weight and distance,
working days and a daily limit. Prints the table that docs/routing.md quotes.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from saleor_plugins.fulfillment.domain.backtest.replay import (
    PROPOSED,
    SALEOR,
    TODAY,
    Column,
    Past,
    Scenario,
    replay,
)
from saleor_plugins.fulfillment.domain.backtest.stock import Units
from saleor_plugins.fulfillment.domain.calendar import Calendar
from saleor_plugins.fulfillment.domain.facts import Line, Place, Profile, Source
from saleor_plugins.fulfillment.domain.policy import Policy
from saleor_plugins.fulfillment.domain.rates.table import Rate, RateTable

PLACES = {
    "DE": (52.5, 13.4), "FR": (48.9, 2.4), "ES": (40.4, -3.7), "IT": (41.9, 12.5), "PL": (52.2, 21.0),
    "NL": (52.4, 4.9), "SE": (59.3, 18.1), "AT": (48.2, 16.4), "PT": (38.7, -9.1), "CZ": (50.1, 14.4),
    "DK": (55.7, 12.6), "BE": (50.9, 4.4),
}  # fmt: skip
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
VARIANTS = 400


def card(dearer: int = 0) -> RateTable:
    """Bands by distance, each with four by weight; `dearer` percent more."""
    rows = []
    for band, km in enumerate((200, 500, 1000, 2000, None)):
        for step, grams in enumerate((1000, 5000, 15000, None)):
            base = (400 + 250 * band + 300 * step) * (100 + dearer) // 100
            rows.append(Rate(base, 20 + 15 * band, up_to_km=km, up_to_grams=grams, transit_days=1 + band))
    return RateTable(f"Bands +{dearer} %", "EUR", tuple(rows))


def places(count: int) -> tuple[Source, ...]:
    """Warehouses in the countries, in turn."""
    codes = list(PLACES)
    made = []
    for at in range(count):
        code = codes[at % len(codes)]
        calendar = Calendar(cut_off=clock_time(14), holidays=code)
        profile = Profile(
            priority=at % 3, handling_parcel=80, currency="EUR", daily_parcels=400, calendar=calendar
        )
        made.append(
            Source(
                f"w{at:02}",
                f"{code} {at}",
                Place(code, position=PLACES[code]),
                frozenset(PLACES),
                profile=profile,
            )
        )
    return tuple(made)


def orders(count: int, lines: int, seed: int) -> Iterator[Past]:
    """Past orders in time order, made one by one."""
    rng = random.Random(seed)  # noqa: S311
    grams = [round(rng.lognormvariate(6.3, 0.8)) for _ in range(VARIANTS)]
    popular = [1 / (rank + 1) for rank in range(VARIANTS)]
    for number in range(count):
        picked = sorted(set(rng.choices(range(VARIANTS), popular, k=lines)))
        code = rng.choice(list(PLACES))
        lat, lon = PLACES[code]
        yield Past(
            id=f"o{number}",
            number=str(number),
            placed=START + timedelta(days=30) * number / count,
            lines=tuple(Line(f"l{n}", f"v{n}", f"v{n}", rng.randint(1, 3), grams[n]) for n in picked),
            destination=Place(code, position=(lat + rng.gauss(0, 1), lon + rng.gauss(0, 1))),
        )


def stock(count: int, lines: int, warehouses: int, seed: int) -> Units:
    """About a tenth more than is asked for, spread unevenly; half of the shelves are empty."""
    wanted: dict[str, int] = {}
    for order in orders(count, lines, seed):
        for line in order.lines:
            wanted[line.id.replace("l", "v")] = wanted.get(line.id.replace("l", "v"), 0) + line.quantity
    rng = random.Random(seed + 1)  # noqa: S311
    units: dict[str, dict[str, int]] = {f"w{at:02}": {} for at in range(warehouses)}
    for variant, need in wanted.items():
        shares = [rng.random() if rng.random() < 0.5 else 0 for _ in units]
        whole = sum(shares) or 1
        for place, share in zip(units, shares, strict=True):
            units[place][variant] = round(need * 1.1 * share / whole)
    return units


def columns(warehouses: int) -> list[Column]:
    """Today's rules, at most two parcels with dearer rates, and Saleor's sorting order."""
    made = places(warehouses)
    profiles = {row.id: row.profile for row in made}
    today = Scenario(TODAY, card(), {"": Policy(promise_days=4)}, profiles)
    proposed = replace(
        today, name=PROPOSED, rates=card(5), policies={"": Policy(promise_days=4, most_parcels=2)}
    )
    saleor = replace(today, name=SALEOR, ranking={"": [row.id for row in made]})
    return [Column(scenario, made) for scenario in (today, proposed, saleor)]


def main(count: int = 10_000, lines: int = 3, warehouses: int = 10, seed: int = 1) -> None:
    """Print the table. Memory is the highest that the process has had: it hardly grows with the orders."""
    print(
        "| orders | lines | warehouses | CPU s | orders/s | highest MB | unfilled: today, proposed, Saleor |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in (max(count // 10, 1), count):
        units = stock(size, lines, warehouses, seed)

        def supply(wanted: set[str], units: Units = units) -> Units:
            return {place: {key: row[key] for key in wanted if key in row} for place, row in units.items()}

        began = time.process_time()
        result = replay(orders(size, lines, seed), columns(warehouses), supply)
        seconds = time.process_time() - began
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        short = ", ".join(str(row["unfilled_units"]) for row in result["columns"])
        speed = size / seconds
        print(f"| {size} | {lines} | {warehouses} | {seconds:.1f} | {speed:.0f} | {highest:.0f} | {short} |")


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
