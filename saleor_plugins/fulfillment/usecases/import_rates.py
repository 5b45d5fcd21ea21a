"""Rate cards as files: in, checked line by line and written whole or not at all, and out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ...kernel.errors import Invalid, Invalids, NotFound
from ...kernel.money import from_minor
from ...platform import shop
from .. import store
from ..domain.csv_rows import decode, read_table, write_table
from ..domain.rate_rows import (
    RATE_FIELDS,
    ZONE_FIELDS,
    Difference,
    Row,
    Warehouses,
    difference,
    raise_errors,
    read_rates,
    read_zones,
)
from ..domain.rates import Rate, ZonePlace
from .set_rates import check_zones, open_card, put, switch_on, warehouses

AMOUNTS = ("base", "perKg", "perUnit")
# Beside the id, which counts, the name: for people, and where the id is left empty.
NAMED = ("warehouse",)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Imported:
    """What an import did, or with `dry_run` would do. `zones` is None when no zones came with it."""

    card: str
    currency: str
    new: bool
    active: bool
    rates: Difference
    zones: Difference | None


def import_rates(
    card: str,
    currency: str | None,
    rates: str | bytes,
    *,
    zones: str | bytes | None = None,
    activate: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda step: None,
) -> Imported:
    """Make the card's rates exactly those of a CSV file, and its zones those of another, or change nothing.

    Raises Invalids with ``rates.LINE.COLUMN`` and ``zones.LINE.COLUMN``, all that is wrong at once up to a
    hundred, and whatever `set_rates` raises.
    """
    progress("Reading")
    rate_lines, zone_lines = _tables(rates, zones)
    with transaction.atomic():
        known = store.card(card.strip())
        stored = open_card(card, currency)
        old_rates, old_places = list(store.rate_rows(stored.pk)), list(store.zone_rows(stored.pk))
        progress(f"Checking {len(rate_lines):,} rates")
        new_rates, new_places = _checked(rate_lines, zone_lines, stored.currency, old_places)
        places = old_places if new_places is None else new_places
        check_zones(new_rates, places, field="zones")
        change = difference(old_rates, new_rates)
        zone_change = None if new_places is None else difference(old_places, new_places)
        if not dry_run:
            progress(f"Writing {len(change.added) + len(change.changed):,} rates")
            put(stored, new_rates, places)
        if activate:
            switch_on(stored)
        done = Imported(stored.name, stored.currency, known is None, stored.is_active, change, zone_change)
        transaction.set_rollback(dry_run)
    return done


def export_rates(card: str) -> Iterator[str]:
    """The card's rates as CSV, line by line. Raises NotFound (``card``)."""
    key, currency, names = _card(card)

    def row(rate: Rate) -> Mapping[str, Any]:
        return {
            "warehouseId": rate.warehouse_id,
            "warehouse": names.get(rate.warehouse_id, ""),
            "origin": rate.origin,
            "destination": rate.destination,
            "zone": rate.zone,
            "service": rate.service,
            "upToKm": rate.up_to_km,
            "upToGrams": rate.up_to_grams,
            "base": from_minor(rate.base, currency),
            "perKg": from_minor(rate.per_kg, currency),
            "perUnit": from_minor(rate.per_unit, currency),
            "transitDays": rate.transit_days,
        }

    ordered = sorted(store.rate_rows(key), key=lambda rate: rate.key)
    return write_table((RATE_FIELDS[0], *NAMED, *RATE_FIELDS[1:]), map(row, ordered))


def export_zones(card: str) -> Iterator[str]:
    """The card's zones as CSV, line by line. Raises NotFound (``card``)."""
    key, _, names = _card(card)

    def row(place: ZonePlace) -> Mapping[str, Any]:
        return {
            "zone": place.zone,
            "country": place.country,
            "postalPrefix": place.postal_prefix,
            "warehouseId": place.warehouse_id,
            "warehouse": names.get(place.warehouse_id, ""),
        }

    ordered = sorted(store.zone_rows(key), key=lambda place: (place.zone, *place.key))
    return write_table((*ZONE_FIELDS, *NAMED), map(row, ordered))


def _card(card: str) -> tuple[Any, str, Mapping[str, str]]:
    stored = store.card(card.strip())
    if stored is None:
        raise NotFound("No such rate card.", field="card")
    return stored.pk, stored.currency, {row.id: row.name for row in shop().warehouses()}


def _tables(rates: str | bytes, zones: str | bytes | None) -> tuple[list[Row], list[Row] | None]:
    """The rows of both files. Raises Invalids with what is wrong in either."""
    errors: list[Invalid] = []

    def read(content: str | bytes, columns: Sequence[str], required: Iterable[str], field: str) -> list[Row]:
        try:
            text = decode(content) if isinstance(content, bytes) else content
            rows = read_table(text, (*columns, *NAMED), required=required, amounts=AMOUNTS, field=field)
        except Invalids as bad:
            errors.extend(bad.errors)
        except Invalid as error:
            errors.append(Invalid(error.message, field=error.field or field, code=error.code))
        else:
            return [_with_id(row) for row in rows]
        return []

    found = read(rates, RATE_FIELDS, ("base",), "rates")
    places = None if zones is None else read(zones, ZONE_FIELDS, ("zone", "country"), "zones")
    raise_errors(errors)
    return found, places


def _with_id(row: Row) -> Row:
    values = dict(row.values)
    values["warehouseId"] = values.get("warehouseId") or values.pop("warehouse", "")
    return Row(row.field, values, row.line)


def _checked(
    rates: Sequence[Row], zones: Sequence[Row] | None, currency: str, old: Sequence[ZonePlace]
) -> tuple[list[Rate], list[ZonePlace] | None]:
    """Checked rows of both files. Raises Invalids with what is wrong in either."""
    errors: list[Invalid] = []
    found: list[Rate] = []
    places: list[ZonePlace] | None = None
    known: Warehouses = warehouses()
    names = {place.zone for place in old}
    if zones is not None:
        names = {str(row.values.get("zone") or "") for row in zones}
        try:
            places = read_zones(zones, known)
        except Invalids as bad:
            errors += bad.errors
    try:
        found = read_rates(rates, currency, known, names)
    except Invalids as bad:
        errors += bad.errors
    raise_errors(errors)
    return found, places
