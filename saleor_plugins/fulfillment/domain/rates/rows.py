"""Rates and zones as a merchant writes them, in GraphQL or in a table, checked row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ....kernel.errors import Invalid, Invalids
from ....kernel.geo import folded
from ..reading import Reading, amount_in, country, whole, words
from .table import Rate, ZonePlace, plain_code

MOST_ROWS = 50_000
MOST_ERRORS = 100
RATE_FIELDS = (
    "warehouseId",
    "origin",
    "destination",
    "zone",
    "service",
    "upToKm",
    "upToGrams",
    "base",
    "perKg",
    "perUnit",
    "transitDays",
)
ZONE_FIELDS = ("zone", "country", "postalPrefix", "warehouseId")


@dataclass(frozen=True)
class Row:
    """One row as it was written. `path` leads to it in errors; `line` is its line in a file, 0 elsewhere.

    `written` are the names of columns that are called otherwise there.
    """

    path: str
    values: Mapping[str, Any]
    line: int = 0
    written: Mapping[str, str] = field(default_factory=dict)

    def refusal(self, error: Invalid) -> Invalid:
        """`error` about a field of the row."""
        wrong = self.written.get(error.field or "", error.field)
        name = f"{self.path}.{wrong}" if wrong else self.path
        column = f", {wrong}" if wrong else ""
        message = f"Line {self.line}{column}: {error.message}" if self.line else error.message
        return Invalid(message, field=name, code=error.code)

    def __str__(self) -> str:
        return f"line {self.line}" if self.line else f"row {self.path.rpartition('.')[2]}"


@dataclass(frozen=True)
class Warehouses:
    """The shop's warehouses by id and, where that is clear, by name; a slug is a way to write a name."""

    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        many = Counter(folded(name) for name in self.names.values())
        return {folded(name): key for key, name in self.names.items() if many[folded(name)] == 1}

    def find(self, value: Any) -> str:
        """The id of a warehouse. Raises Invalid."""
        text = str(value).strip()
        if text in self.names:
            return text
        if found := self._by_name.get(folded(text)):
            return found
        same = [key for key, name in self.names.items() if folded(name) == folded(text)]
        if len(same) > 1:
            raise Invalid(f"{len(same)} warehouses are called so: write the id instead.", code="NOT_FOUND")
        raise Invalid("No such warehouse.", code="NOT_FOUND")


def read_rate(
    values: Mapping[str, Any], currency: str, warehouses: Warehouses, zones: Collection[str]
) -> Rate:
    """A checked rate from `RATE_FIELDS`; `zones` are the card's, casefolded. Raises Invalids by field."""
    row = Reading(values)
    money, most = amount_in(currency), whole(0, 2**31 - 1)
    rate = Rate(
        base=row.required("base", money) or 0,
        per_kg=row.read("perKg", money, 0),
        per_unit=row.read("perUnit", money, 0),
        warehouse_id=row.read("warehouseId", warehouses.find, ""),
        origin=row.read("origin", country, ""),
        destination=row.read("destination", country, ""),
        zone=row.read("zone", words(50), ""),
        service=row.read("service", words(100), ""),
        up_to_km=row.read("upToKm", most) or None,
        up_to_grams=row.read("upToGrams", most) or None,
        transit_days=row.read("transitDays", whole(0, 365)),
    )
    if rate.warehouse_id and rate.origin:
        row.refuse("origin", "Name a warehouse or a country of origin, not both.")
    if rate.zone and rate.zone.casefold() not in zones:
        row.refuse("zone", "The card has no such zone.", "NOT_FOUND")
    if rate.zone and rate.destination:
        row.refuse("destination", "Name a zone or a country of destination, not both.")
    row.done()
    return rate


def read_zone(values: Mapping[str, Any], warehouses: Warehouses) -> ZonePlace:
    """A checked part of a zone from `ZONE_FIELDS`. Raises Invalids naming each bad field."""
    row = Reading(values)
    place = ZonePlace(
        zone=row.required("zone", words(50)) or "",
        country=row.required("country", country) or "",
        postal_prefix=row.read("postalPrefix", words(20), ""),
        warehouse_id=row.read("warehouseId", warehouses.find, ""),
    )
    prefix = plain_code(place.postal_prefix, place.country)
    if place.postal_prefix and not prefix:
        row.refuse("postalPrefix", "Must begin a postal code: letters and digits.")
    row.done()
    return ZonePlace(place.zone, place.country, prefix, place.warehouse_id)


def read_rates(
    rows: Sequence[Row],
    currency: str,
    warehouses: Warehouses,
    zones: Iterable[str],
    errors: list[Invalid],
) -> list[Rate]:
    """Checked rates, to countries and to `zones`; what is wrong is added to `errors`."""
    known = {zone.casefold() for zone in zones}

    def read(values: Mapping[str, Any]) -> Rate:
        return read_rate(values, currency, warehouses, known)

    return _read_all(rows, read, "The same places, service and band as", errors)


def read_zones(rows: Sequence[Row], warehouses: Warehouses, errors: list[Invalid]) -> list[ZonePlace]:
    """Checked parts of zones; what is wrong is added to `errors`."""
    return _read_all(rows, lambda values: read_zone(values, warehouses), "The same place as", errors)


def _read_all(rows: Sequence[Row], read: Any, same: str, errors: list[Invalid]) -> list[Any]:
    if len(rows) > MOST_ROWS:
        raise Invalid(f"At most {MOST_ROWS:,} rows.", field=rows[0].path.partition(".")[0])
    found: list[Any] = []
    seen: dict[Any, Row] = {}
    for row in rows:
        try:
            each = read(row.values)
        except Invalids as bad:
            errors += [row.refusal(error) for error in bad.errors]
            continue
        first = seen.setdefault(each.key, row)
        if first is not row:
            errors.append(row.refusal(Invalid(f"{same} {first}.", code="UNIQUE")))
        found.append(each)
    return found


def raise_errors(errors: Sequence[Invalid]) -> None:
    """Raise Invalids if there are any; of very many, the first and how many more there are."""
    if not errors:
        return
    shown = list(errors[:MOST_ERRORS])
    if more := len(errors) - len(shown):
        shown.append(Invalid(f"And {more:,} more errors.", field=errors[-1].field, code="TOO_MANY"))
    raise Invalids(shown)


@dataclass(frozen=True)
class Difference:
    """What replacing some rows by others does: keys of removed ones, and the new ones by what happens."""

    added: tuple[Any, ...] = ()
    changed: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()
    same: int = 0


def difference(old: Iterable[Any], new: Iterable[Any]) -> Difference:
    """What changes when `old` rows become `new` ones. Rows of one key are one row."""
    before = {row.key: row for row in old}
    after = {row.key: row for row in new}
    return Difference(
        tuple(row for key, row in after.items() if key not in before),
        tuple(row for key, row in after.items() if key in before and before[key] != row),
        tuple(row for key, row in before.items() if key not in after),
        sum(before.get(key) == row for key, row in after.items()),
    )
