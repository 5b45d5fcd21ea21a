"""What a parcel costs from here to there: a table whose most specific rows win."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...kernel.money import exponent


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
    several packages: full ones at that band's price, and the rest.
    """

    bands: tuple[Band, ...]
    transit_days: int = 0


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


@dataclass(frozen=True)
class ZonePlace:
    """A part of the world that belongs to a zone, seen from a warehouse ("" any)."""

    zone: str
    country: str
    postal_prefix: str = ""
    warehouse_id: str = ""


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


@dataclass(frozen=True)
class RateTable:
    """The rates of one currency. Rows of the same scope, distance and weight are one row.

    A warehouse says more than a service, that more than a zone, that more than a destination, and
    that more than a country of origin. Within a scope the shortest distance that fits counts.
    """

    name: str
    currency: str
    rates: tuple[Rate, ...]
    zones: tuple[ZonePlace, ...] = ()
    _scopes: Mapping[Scope, Mapping[float, Tariff]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_scopes", _by_scope(self.rates))

    def find(self, way: Way) -> Tariff | None:
        """The most specific tariff for a parcel, None when no row fits.

        Rows with a distance do not fit a way whose distance is not known.
        """
        zone = self.zone(way)
        places = [(zone, ""), ("", way.destination), ("", "")] if zone else [("", way.destination), ("", "")]
        for warehouse in _or_any(way.warehouse_id):
            for service in _or_any(way.service.casefold()):
                for place in places:
                    for origin in _or_any(way.origin):
                        found = self._scopes.get((warehouse, service, *place, origin))
                        if found and (tariff := _within(found, way.km)):
                            return tariff
        return None

    def zone(self, way: Way) -> str:
        """The zone of the way's destination: its warehouse's own says more, then the longest prefix."""
        code = way.postal_code.replace(" ", "").upper()
        fitting = [
            row
            for row in self.zones
            if row.country == way.destination
            and row.warehouse_id in ("", way.warehouse_id)
            and code.startswith(row.postal_prefix)
        ]
        best = max(fitting, key=lambda row: (row.warehouse_id, len(row.postal_prefix)), default=None)
        return best.zone if best else ""


def _or_any(value: str) -> tuple[str, ...]:
    return (value, "") if value else ("",)


def _by_scope(rates: Iterable[Rate]) -> Mapping[Scope, Mapping[float, Tariff]]:
    rows: dict[Scope, dict[float, list[Rate]]] = defaultdict(lambda: defaultdict(list))
    for rate in rates:
        scope = (rate.warehouse_id, rate.service.casefold(), rate.zone, rate.destination, rate.origin)
        rows[scope][float("inf") if rate.up_to_km is None else rate.up_to_km].append(rate)
    return {
        scope: {km: _tariff(found) for km, found in sorted(distances.items())}
        for scope, distances in rows.items()
    }


def _tariff(rates: Iterable[Rate]) -> Tariff:
    ordered = sorted(rates, key=lambda rate: (rate.up_to_grams is None, rate.up_to_grams or 0))
    bands = tuple(Band(rate.base, rate.per_kg, rate.per_unit, rate.up_to_grams) for rate in ordered)
    return Tariff(bands, max(rate.transit_days or 0 for rate in ordered))


def _within(distances: Mapping[float, Tariff], km: float | None) -> Tariff | None:
    away = float("inf") if km is None else km
    return next((tariff for limit, tariff in distances.items() if away <= limit), None)


def default_table(currency: str, countries: set[str]) -> RateTable:
    """The table used until a merchant enters rates: a parcel abroad costs three times a domestic one.

    5 + 1 per kg at home (rows from each of `countries` to itself), 15 + 3 per kg abroad, in whole
    units of `currency`. Only the proportions matter: fewer parcels first, home before abroad.
    """
    one = 10 ** exponent(currency)
    home = [
        Rate(5 * one, one, origin=country, destination=country, transit_days=2)
        for country in sorted(countries)
    ]
    return RateTable("Default", currency, (*home, Rate(15 * one, 3 * one, transit_days=5)))
