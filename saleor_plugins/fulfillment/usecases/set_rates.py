"""Enter what parcels cost: single rates, whole cards, zones, and which card counts when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from ...kernel.errors import Conflict, Invalid, NotFound
from ...platform import shop
from .. import store
from ..domain.rates.rows import Row, Warehouses, difference, raise_errors, read_rate, read_rates, read_zones
from ..domain.rates.table import Rate, ZonePlace
from ..domain.reading import Reading, currency_code, day
from ..models import Rate as StoredRate
from ..models import RateCard


def set_rate(card: str, currency: str | None, row: Mapping[str, Any]) -> StoredRate:
    """Create or change one rate of `card`; a new card needs its currency, and the first one is active.

    Raises Invalids naming the bad fields of `row` (camelCase), or Invalid (``card``, ``currency``).
    """
    with transaction.atomic():
        stored = open_card(card, currency)
        zones = {place.zone.casefold() for place in store.zone_rows(stored.pk)}
        return store.save_rate(stored, read_rate(row, stored.currency, warehouses(), zones))


def replace_rates(
    card: str,
    currency: str | None,
    rows: Sequence[Mapping[str, Any]],
    *,
    activate: bool,
    zones: Sequence[Mapping[str, Any]] | None = None,
) -> RateCard:
    """Make the card's rates exactly `rows` and its zones `zones` (None: as they are), or change nothing.

    Raises Invalids with ``rates.3.base``, ``zones.0.country``.
    """
    with transaction.atomic():
        stored = open_card(card, currency)
        errors: list[Invalid] = []
        places, known = list(store.zone_rows(stored.pk)), warehouses()
        if zones is not None:
            places = read_zones(_rows("zones", zones), known, errors)
        names = {place.zone for place in places}
        rates = read_rates(_rows("rates", rows), stored.currency, known, names, errors)
        raise_errors(errors)
        put(stored, rates, places)
        if activate:
            switch_on(stored)
        return stored


def replace_zones(card: str, currency: str | None, rows: Sequence[Mapping[str, Any]]) -> RateCard:
    """Make the card's zones exactly `rows`, or change nothing.

    Raises Invalids with ``zones.3.country``, Conflict (``zones``) when rates are left without their zone.
    """
    with transaction.atomic():
        stored = open_card(card, currency)
        rates = list(store.rate_rows(stored.pk))
        errors: list[Invalid] = []
        places = read_zones(_rows("zones", rows), warehouses(), errors)
        raise_errors(errors)
        check_zones(rates, places, field="zones")
        put(stored, rates, places)
        return stored


def set_card(card: str, currency: str | None, dates: Mapping[str, Any]) -> RateCard:
    """Create a card or change the days it is valid on: `validFrom`, `validUntil`; a None takes one away.

    Raises Invalids, or Conflict (``validFrom``) when another active card is valid on one of those days.
    """
    row = Reading(dates)
    changes: dict[str, date | None] = {}
    for name, column in (("validFrom", "valid_from"), ("validUntil", "valid_until")):
        if name in dates:
            changes[column] = row.read(name, day)
    row.done()
    with transaction.atomic():
        stored = open_card(card, currency)
        first, last = (changes.get(name, getattr(stored, name)) for name in ("valid_from", "valid_until"))
        if first and last and first > last:
            raise Invalid("Must not be before validFrom.", field="validUntil")
        stored.valid_from, stored.valid_until = first, last
        other = store.overlapping(stored).first() if stored.is_active else None
        if other:
            message = f'The card "{other.name}" counts on some of these days: switch one of the two off.'
            raise Conflict(message, field="validFrom")
        store.save_card(stored, **changes)
        return stored


def activate_card(card: str, *, active: bool = True) -> RateCard:
    """Make `card` the one that decisions use on its days, or switch it off.

    Active cards of the same days are switched off. Raises NotFound (``card``), Conflict (``currency``).
    """
    with transaction.atomic():
        store.lock_settings()
        stored = store.card(card.strip())
        if stored is None:
            raise NotFound("No such rate card.", field="card")
        if active:
            switch_on(stored)
        else:
            store.save_card(stored, is_active=False)
        return stored


def delete_card(card: str) -> None:
    """Delete a card with its rates and zones. Raises NotFound, or Conflict while it is active (``card``)."""
    with transaction.atomic():
        store.lock_settings()
        stored = store.card(card.strip())
        if stored is None:
            raise NotFound("No such rate card.", field="card")
        if stored.is_active:
            raise Conflict("Decisions use this card: switch it off first.", field="card")
        store.delete_card(stored)


def delete_rate(key: UUID) -> None:
    """Delete a rate. Raises NotFound (``id``)."""
    store.delete_rate(key)


def open_card(name: str | None, currency: str | None) -> RateCard:
    """The card, created when there is none, under the settings' lock.

    Its currency cannot change: its amounts would. Raises Invalid (``card``, ``currency``), Conflict.
    """
    store.lock_settings()
    name = checked_name(name)
    stored = store.card(name)
    if stored is None:
        stored = store.add_card(name, currency_code(currency))
        if not store.active_cards():
            switch_on(stored)
    elif currency and currency != stored.currency:
        raise Conflict(f"The card is in {stored.currency}.", field="currency")
    return stored


def checked_name(name: str | None) -> str:
    """The name of a card. Raises Invalid (``card``)."""
    name = (name or "").strip()
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise Invalid("Must have from 1 to 100 printable characters.", field="card")
    return name


def put(card: RateCard, rates: Iterable[Rate], places: Iterable[ZonePlace]) -> None:
    """Make the card's rates and zones exactly these."""
    store.change_zones(card, difference(store.zone_rows(card.pk), places))
    store.change_rates(card, difference(store.rate_rows(card.pk), rates))


def check_zones(rates: Iterable[Rate], places: Iterable[ZonePlace], *, field: str) -> None:
    """Raise Conflict when rates go to a zone that has no place."""
    known = {place.zone.casefold() for place in places}
    lost = sorted({rate.zone for rate in rates if rate.zone and rate.zone.casefold() not in known})
    if lost:
        raise Conflict(f"Rates of the card go to {', '.join(lost[:10])}.", field=field)


def switch_on(card: RateCard) -> None:
    """Make `card` count on its days. Raises Conflict (``currency``) when other amounts are in another one."""
    for row in store.all_profiles():
        if row.currency not in ("", card.currency):
            message = f"The handling of warehouse {row.warehouse_id} is in {row.currency}: change that first."
            raise Conflict(message, field="currency")
    for policy in store.policies():
        if policy.currency not in ("", card.currency):
            where = f'of the channel "{policy.channel}"' if policy.channel else "of every channel"
            message = f"The routing policy {where} is in {policy.currency}: change that first."
            raise Conflict(message, field="currency")
    store.activate(card)


def warehouses() -> Warehouses:
    """The shop's warehouses by name."""
    return Warehouses({row.id: row.name for row in shop().warehouses()})


def _rows(field: str, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [Row(f"{field}.{number}", row) for number, row in enumerate(rows)]
