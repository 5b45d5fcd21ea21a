"""Rate cards as files: in, checked line by line and written whole or not at all, and out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ...kernel.errors import Invalid, NotFound
from ...kernel.money import from_minor
from ...platform import shop
from .. import store
from ..domain.rates.csv_rows import decode, read_table, write_table
from ..domain.rates.rows import (
    RATE_FIELDS,
    ZONE_FIELDS,
    Difference,
    Row,
    difference,
    raise_errors,
    read_rates,
    read_zones,
)
from ..domain.rates.table import Rate, ZonePlace
from .set_rates import open_card, put, switch_on, warehouses

AMOUNTS = ("base", "perKg", "perUnit")
# Beside the id, which counts, the name: for people, and where the id is left empty.
NAMED = ("warehouse",)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Content:
    """The rows of a card."""

    rates: tuple[Rate, ...]
    places: tuple[ZonePlace, ...]


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
    errors: list[Invalid] = []
    rate_lines = _table(rates, RATE_FIELDS, ("base",), "rates", errors)
    zone_lines = None if zones is None else _table(zones, ZONE_FIELDS, ("zone", "country"), "zones", errors)
    with transaction.atomic():
        store.lock_settings()
        new = store.card(card.strip()) is None
        stored = open_card(card, currency)
        old = Content(tuple(store.rate_rows(stored.pk)), tuple(store.zone_rows(stored.pk)))
        progress(f"Checking {len(rate_lines):,} rates")
        wanted = _checked(rate_lines, zone_lines, stored.currency, old, errors)
        change = difference(old.rates, wanted.rates)
        if not dry_run:
            progress(f"Writing {len(change.added) + len(change.changed):,} rates")
            put(stored, wanted.rates, wanted.places)
        if activate:
            switch_on(stored)
        transaction.set_rollback(dry_run)
    zone_change = None if zones is None else difference(old.places, wanted.places)
    return Imported(stored.name, stored.currency, new, stored.is_active, change, zone_change)


def _checked(
    rates: Sequence[Row], zones: Sequence[Row] | None, currency: str, old: Content, errors: list[Invalid]
) -> Content:
    """What the card should hold. Raises Invalids with all that is wrong, file by file, line by line."""
    known, places = warehouses(), list(old.places)
    names = {place.zone for place in places}
    if zones is not None:
        places = read_zones(zones, known, errors)
        names = {str(row.values["zone"]) for row in zones}
    found = read_rates(rates, currency, known, names, errors)
    raise_errors(sorted(errors, key=_place))
    return Content(tuple(found), tuple(places))


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


def _table(
    content: str | bytes, columns: Sequence[str], required: Iterable[str], field: str, errors: list[Invalid]
) -> list[Row]:
    """The rows of a file; what is wrong is added to `errors`."""
    try:
        text = decode(content) if isinstance(content, bytes) else content
    except Invalid as error:
        errors.append(Invalid(error.message, field=field))
        return []
    rows = read_table(text, (*columns, *NAMED), errors, required=required, field=field, amounts=AMOUNTS)
    return [_with_id(row) for row in rows]


def _with_id(row: Row) -> Row:
    if row.values.get("warehouseId") or not row.values.get("warehouse"):
        return row
    values = {**row.values, "warehouseId": row.values["warehouse"]}
    return Row(row.path, values, row.line, {"warehouseId": "warehouse"})


def _place(error: Invalid) -> tuple[str, int]:
    """Errors are told file by file, in the order of their lines."""
    file, _, rest = (error.field or "").partition(".")
    line = rest.partition(".")[0]
    return file, int(line) if line else 0
