"""What a parcel costs from here to there: a table whose most specific row wins."""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel.money import exponent


@dataclass(frozen=True)
class Rate:
    """The price of a parcel: `base`, plus per kilogram, plus per unit, in minor units.

    "" means any: any warehouse, any country of origin, any destination.
    """

    base: int
    per_kg: int = 0
    per_unit: int = 0
    warehouse_id: str = ""
    origin: str = ""
    destination: str = ""

    def matches(self, warehouse_id: str, origin: str, destination: str) -> bool:
        """Whether the row is about parcels from this warehouse to this country."""
        return (
            self.warehouse_id in ("", warehouse_id)
            and self.origin in ("", origin)
            and self.destination in ("", destination)
        )

    @property
    def specificity(self) -> tuple[bool, bool, bool]:
        """A warehouse says more than a destination, and that more than a country of origin."""
        return (bool(self.warehouse_id), bool(self.destination), bool(self.origin))


@dataclass(frozen=True)
class RateTable:
    """Rates of one currency. The three columns that `Rate.matches` reads are unique together."""

    name: str
    currency: str
    rates: tuple[Rate, ...]

    def find(self, warehouse_id: str, origin: str, destination: str) -> Rate | None:
        """The most specific row for a parcel, None when no row fits."""
        fitting = [rate for rate in self.rates if rate.matches(warehouse_id, origin, destination)]
        return max(fitting, key=lambda rate: rate.specificity, default=None)


def default_table(currency: str, countries: set[str]) -> RateTable:
    """The table used until a merchant enters rates: a parcel abroad costs three times a domestic one.

    5 + 1 per kg at home (rows from each of `countries` to itself), 15 + 3 per kg abroad, in whole
    units of `currency`. Only the proportions matter: fewer parcels first, home before abroad.
    """
    one = 10 ** exponent(currency)
    home = [Rate(5 * one, one, origin=country, destination=country) for country in sorted(countries)]
    return RateTable("Default", currency, (*home, Rate(15 * one, 3 * one)))
