"""Enter what parcels cost: single rates, whole cards, and which card counts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction

from ...kernel.errors import Conflict, Invalid, Invalids, NotFound, OpsError, Required
from ...kernel.money import to_minor
from ...platform import shop
from .. import store
from ..domain.rates import Rate
from ..models import Rate as StoredRate
from ..models import RateCard

HIGHEST = Decimal(10) ** 9
MOST_ROWS = 20_000


def set_rate(card: str, currency: str | None, row: Mapping[str, Any]) -> StoredRate:
    """Create or change one rate of `card`; a new card needs its currency, and the first one is active.

    Raises Invalids naming the bad fields of `row` (camelCase), or Invalid (``card``, ``currency``).
    """
    with transaction.atomic():
        stored = _card(card, currency)
        return store.save_rate(stored, parse_rate(row, stored.currency, _warehouses()))


def replace_rates(card: str, currency: str, rows: Sequence[Mapping[str, Any]], *, activate: bool) -> RateCard:
    """Make the card's rates exactly `rows`, or change nothing. Raises Invalids with ``rates.3.base``."""
    with transaction.atomic():
        stored = _card(card, currency)
        store.replace_rates(stored, _parse_all(rows, stored.currency))
        if activate:
            _activate(stored)
        return stored


def activate_card(card: str) -> RateCard:
    """Make `card` the one that decisions use. Raises NotFound (``card``), Conflict (``currency``)."""
    with transaction.atomic():
        stored = store.card(card, lock=True)
        if stored is None:
            raise NotFound("No such rate card.", field="card")
        _activate(stored)
        return stored


def delete_rate(key: UUID) -> None:
    """Delete a rate. Raises NotFound (``id``)."""
    store.delete_rate(key)


def parse_rate(row: Mapping[str, Any], currency: str, warehouses: frozenset[str]) -> Rate:
    """A checked rate from ``warehouseId, origin, destination, base, perKg, perUnit``. Raises Invalids."""
    errors: list[Invalid] = []

    def read(name: str, parse: Any, *more: Any) -> Any:
        try:
            return parse(row.get(name), *more)
        except OpsError as error:
            errors.append(Invalid(error.message, field=name, code=error.code))

    base = read("base", _required_amount, currency)
    per_kg, per_unit = read("perKg", amount, currency), read("perUnit", amount, currency)
    origin, destination = read("origin", _country), read("destination", _country)
    warehouse_id = row.get("warehouseId") or ""
    if warehouse_id and warehouse_id not in warehouses:
        errors.append(Invalid("No such warehouse.", field="warehouseId", code="NOT_FOUND"))
    if warehouse_id and origin:
        errors.append(Invalid("Name a warehouse or a country of origin, not both.", field="origin"))
    if errors:
        raise Invalids(errors)
    return Rate(base, per_kg, per_unit, warehouse_id, origin, destination)


def checked_currency(value: str | None) -> str:
    """A currency code. Raises Invalid (``currency``)."""
    if not re.fullmatch(r"[A-Z]{3}", value or ""):
        raise Invalid("Must be a currency code such as EUR.", field="currency")
    return str(value)


def amount(value: Any, currency: str) -> int:
    """An amount in minor units; nothing is 0. Raises Invalid."""
    try:
        number = Decimal(0) if value is None else Decimal(value)
    except InvalidOperation:
        raise Invalid("Must be a number.") from None
    if not number.is_finite() or not 0 <= number <= HIGHEST:
        raise Invalid(f"Must be from 0 to {HIGHEST:,}.")
    try:
        return to_minor(number, currency)
    except ValueError:
        raise Invalid(f"Has more decimals than {currency} allows.") from None


def _required_amount(value: Any, currency: str) -> int:
    if value is None:
        raise Required("Must be given.")
    return amount(value, currency)


def _country(value: str | None) -> str:
    if value and not re.fullmatch(r"[A-Z]{2}", value):
        raise Invalid("Must be a country code such as DE, or empty for any.")
    return value or ""


def _parse_all(rows: Sequence[Mapping[str, Any]], currency: str) -> list[Rate]:
    if len(rows) > MOST_ROWS:
        raise Invalid(f"At most {MOST_ROWS} rates.", field="rates")
    warehouses, found, errors = _warehouses(), [], []
    seen: dict[tuple[str, str, str], int] = {}
    for number, row in enumerate(rows):
        try:
            rate = parse_rate(row, currency, warehouses)
        except Invalids as bad:
            errors += [Invalid(e.message, field=f"rates.{number}.{e.field}", code=e.code) for e in bad.errors]
            continue
        first = seen.setdefault((rate.warehouse_id, rate.origin, rate.destination), number)
        if first != number:
            errors.append(Invalid(f"The same places as row {first}.", field=f"rates.{number}", code="UNIQUE"))
        found.append(rate)
    if errors:
        raise Invalids(errors)
    return found


def _warehouses() -> frozenset[str]:
    return frozenset(row.id for row in shop().warehouses())


def _card(name: str | None, currency: str | None) -> RateCard:
    """The card, created when there is none. Its currency cannot change: its amounts would."""
    name = (name or "").strip()
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise Invalid("Must have from 1 to 100 printable characters.", field="card")
    stored = store.card(name, lock=True)
    if stored is None:
        stored = store.add_card(name, checked_currency(currency))
        if not store.has_active_card():
            _activate(stored)
    elif currency and currency != stored.currency:
        raise Conflict(f"The card is in {stored.currency}.", field="currency")
    return stored


def _activate(card: RateCard) -> None:
    other = next((row for row in store.all_profiles() if row.currency not in ("", card.currency)), None)
    if other:
        message = f"The handling of warehouse {other.warehouse_id} is in {other.currency}: change that first."
        raise Conflict(message, field="currency")
    store.activate(card)
