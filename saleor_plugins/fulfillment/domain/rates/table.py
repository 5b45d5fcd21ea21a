"""What a parcel costs from here to there: a table whose most specific rows win."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from unicodedata import normalize

from ....kernel.money import exponent

ANY_DISTANCE = float("inf")
_NOWHERE: Distances = ((), ())
_NOTHING: tuple[frozenset[str], ...] = (frozenset(),) * 5


@dataclass(frozen=True)
class Band:
    """The price of a parcel of up to `up_to_grams` (None: any weight), in minor units."""

    base: int
    per_kg: int = 0
    per_unit: int = 0
    up_to_grams: int | None = None


@dataclass(frozen=True)
class Tariff:
    """What a parcel of any weight costs on one way: its bands, lightest first, and its days on the road.

    The cheapest band that the weight fits in counts. Beyond the heaviest band the parcel becomes
    several packages: full ones at that band's price, and the rest. `transit_days` None is not known.
    """

    bands: tuple[Band, ...]
    transit_days: int | None = None


@dataclass(frozen=True)
class Rate:
    """A row: the price of a parcel up to a weight and a distance, between two places.

    "" and None mean any: any warehouse, any country of origin, any destination (a country, or the
    name of a zone in `zone`), any service, any weight, any distance.
    """

    base: int
    per_kg: int = 0
    per_unit: int = 0
    warehouse_id: str = ""
    origin: str = ""
    destination: str = ""
    zone: str = ""
    service: str = ""
    up_to_km: int | None = None
    up_to_grams: int | None = None
    transit_days: int | None = None

    @property
    def scope(self) -> Scope:
        """Where the row counts; zones and services are told apart without case."""
        zone, service = self.zone.casefold(), self.service.casefold()
        return (self.warehouse_id, service, zone, self.destination, self.origin)

    @property
    def key(self) -> tuple[Scope, int, int]:
        """What two rows of a table cannot share."""
        return (self.scope, self.up_to_km or 0, self.up_to_grams or 0)


@dataclass(frozen=True)
class ZonePlace:
    """A part of the world that belongs to a zone, seen from a warehouse ("" any)."""

    zone: str
    country: str
    postal_prefix: str = ""
    warehouse_id: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What two places of a table cannot share."""
        return (self.warehouse_id, self.country, plain_code(self.postal_prefix, self.country))


@dataclass(frozen=True)
class Way:
    """A parcel's way: what a rate may depend on besides the parcel. `km` is None when it is not known."""

    warehouse_id: str
    origin: str
    destination: str
    postal_code: str = ""
    service: str = ""
    km: float | None = None


Scope = tuple[str, str, str, str, str]  # warehouse, service, zone, destination, origin
Distances = tuple[tuple[float, ...], tuple[Tariff, ...]]  # the ends of bands, shortest first


@dataclass(frozen=True, eq=False)
class RateTable:
    """The rates of one currency. Rows of the same scope, distance and weight are one row.

    A warehouse says more than a service, that more than a zone, that more than a destination, and
    that more than a country of origin. Within a scope the shortest distance that fits counts; where none
    fits, the next scope does. Equal to nothing but itself: it may have tens of thousands of rows.
    """

    name: str
    currency: str
    rates: tuple[Rate, ...]
    zones: tuple[ZonePlace, ...] = ()
    _scopes: Mapping[Scope, Distances] = field(init=False, repr=False)
    _said: tuple[frozenset[str], ...] = field(init=False, repr=False)
    _zones: Mapping[tuple[str, str], _Prefixes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        scopes = _by_scope(self.rates)
        object.__setattr__(self, "_scopes", scopes)
        # What no row says need not be looked for.
        object.__setattr__(self, "_said", tuple(map(frozenset, zip(*scopes, strict=True))) or _NOTHING)
        object.__setattr__(self, "_zones", _by_country(self.zones))

    def find(self, way: Way) -> Tariff | None:
        """The most specific tariff for a parcel, None when no row fits.

        Rows with a distance do not fit a way whose distance is not known.
        """
        warehouses, services, zones, countries, origins = self._said
        zone = self.zone(way).casefold()
        places = [(zone, "")] if zone and zone in zones else []
        places += [("", country) for country in _or_any(way.destination, countries)]
        away = ANY_DISTANCE if way.km is None else way.km
        for warehouse, service, place, origin in product(
            _or_any(way.warehouse_id, warehouses),
            _or_any(way.service.casefold(), services),
            places,
            _or_any(way.origin, origins),
        ):
            limits, tariffs = self._scopes.get((warehouse, service, *place, origin), _NOWHERE)
            # The first band that does not end before.
            if (band := bisect_left(limits, away)) < len(limits):
                return tariffs[band]
        return None

    def zone(self, way: Way) -> str:
        """The zone of the way's destination: its warehouse's own says more, then the longest prefix."""
        if not self._zones:
            return ""
        code = plain_code(way.postal_code, way.destination)
        for warehouse in (way.warehouse_id, ""):
            lengths, zones = self._zones.get((warehouse, way.destination), _NO_PREFIXES)
            for length in lengths:
                if len(code) >= length and (found := zones.get(code[:length])):
                    return found
        return ""


_Prefixes = tuple[tuple[int, ...], Mapping[str, str]]  # lengths, longest first; zones by prefix
_NO_PREFIXES: _Prefixes = ((), {})
_COUNTRY_MARK = re.compile(r"^[A-Z]{1,3}-(?=\d)")


@lru_cache(maxsize=8192)
def plain_code(code: str, country: str) -> str:
    """A postal code as prefixes are compared: "D-101 15", "101-15", "１０１１５" and "10115" are one."""
    if not code:
        return ""
    plain = normalize("NFKC", code).strip().upper()
    short = re.sub(r"[^A-Z0-9]", "", _COUNTRY_MARK.sub("", plain))
    return short[len(country) :] if country and re.match(country + r"\d", short) else short


def _or_any(value: str, said: frozenset[str]) -> tuple[str, ...]:
    return (value, "") if value and value in said else ("",)


def _by_scope(rates: Iterable[Rate]) -> Mapping[Scope, Distances]:
    rows: dict[Scope, dict[float, list[Rate]]] = defaultdict(lambda: defaultdict(list))
    for rate in rates:
        rows[rate.scope][rate.up_to_km or ANY_DISTANCE].append(rate)
    found: dict[Scope, Distances] = {}
    for scope, distances in rows.items():
        limits = tuple(sorted(distances))
        found[scope] = (limits, tuple(_tariff(distances[limit]) for limit in limits))
    return found


def _tariff(rates: Iterable[Rate]) -> Tariff:
    ordered = sorted(rates, key=lambda rate: (not rate.up_to_grams, rate.up_to_grams or 0))
    bands = tuple(Band(rate.base, rate.per_kg, rate.per_unit, rate.up_to_grams or None) for rate in ordered)
    # The slowest of its bands: a promise that holds whatever the parcel weighs.
    days = [rate.transit_days for rate in ordered if rate.transit_days is not None]
    return Tariff(bands, max(days, default=None))


def _by_country(places: Iterable[ZonePlace]) -> Mapping[tuple[str, str], _Prefixes]:
    zones: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for place in places:
        warehouse_id, country, prefix = place.key
        zones[warehouse_id, country][prefix] = place.zone
    return {
        where: (tuple(sorted({len(prefix) for prefix in found}, reverse=True)), found)
        for where, found in zones.items()
    }


def default_table(currency: str, countries: Iterable[str]) -> RateTable:
    """The table used until a merchant enters rates: a parcel abroad costs three times a domestic one.

    5 + 1 per kg at home (rows from each of `countries` to itself), 15 + 3 per kg abroad, in whole
    units of `currency`. Only the proportions matter: fewer parcels first, home before abroad.
    """
    one = 10 ** exponent(currency)
    home = [
        Rate(5 * one, one, origin=country, destination=country, transit_days=2)
        for country in sorted(set(countries))
        if country
    ]
    return RateTable("Default", currency, (*home, Rate(15 * one, 3 * one, transit_days=5)))
