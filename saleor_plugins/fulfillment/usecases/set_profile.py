"""Say how a warehouse takes part in routing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from ...kernel.errors import Conflict, Invalid, NotFound
from ...kernel.ids import from_global
from ...platform import shop
from .. import store
from ..domain.facts import Kind
from ..domain.reading import (
    Parse,
    Reading,
    day,
    degrees,
    holiday_region,
    one_of,
    some,
    time_of_day,
    time_zone,
    whole,
    words,
)
from ..models import WarehouseProfile
from .amounts import read_amounts

LIMIT = 1_000_000
MOST = 2**31 - 1

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def _weekdays(value: Any) -> list[int]:
    found = sorted(WEEKDAYS.index(each) for each in some(one_of(WEEKDAYS))(value))
    if not found:
        raise Invalid("Name at least one; a warehouse that never ships has shipsOrders: false.")
    return found


def _classes(value: Any) -> list[str]:
    return [each for each in some(lambda word: words(50)(word).casefold(), 100)(value) if each]


def _product_type(value: Any) -> str:
    from_global(str(value), "ProductType")
    return str(value)


def _closed(value: Any) -> list[str]:
    return sorted(each.isoformat() for each in some(day)(value))


def _flag(value: Any) -> bool:
    return bool(value)


# Field of the API: its column, and how it is read.
_FIELDS: Mapping[str, tuple[str, Parse]] = {
    "kind": ("kind", one_of([kind.value for kind in Kind])),
    "priority": ("priority", whole(-LIMIT, LIMIT)),
    "shipsOrders": ("ships_orders", _flag),
    "latitude": ("latitude", degrees(90)),
    "longitude": ("longitude", degrees(180)),
    "dailyParcels": ("daily_parcels", whole(0, MOST)),
    "safetyStock": ("safety_stock", whole(0, MOST)),
    "excludedClasses": ("excluded_classes", _classes),
    "excludedProductTypes": ("excluded_types", some(_product_type)),
    "timeZone": ("time_zone", time_zone),
    "workingDays": ("working_days", _weekdays),
    "cutOff": ("cut_off", time_of_day),
    "holidays": ("holidays", holiday_region),
    "closedDays": ("closed", _closed),
}
_HANDLING = {"handlingPerParcel": "handling_parcel", "handlingPerUnit": "handling_unit"}
FIELDS = (*_FIELDS, *_HANDLING)


def set_profile(
    warehouse_id: str, values: Mapping[str, Any], *, reset: Collection[str] = ()
) -> WarehouseProfile:
    """Create or change the profile of a warehouse; fields of `reset` go back to their defaults.

    `values` are those of `FIELDS` that change, and ``currency`` of the handling costs, which is that of the
    active rate card when there is one. Raises NotFound (``warehouseId``), Invalids, Conflict
    (``currency``, or ``reset`` for a field that is both).
    """
    if not any(row.id == warehouse_id for row in shop().warehouses()):
        raise NotFound("No such warehouse.", field="warehouseId")
    if both := sorted(set(values) & set(reset)):
        raise Conflict(f"{both[0]} is set and reset at once.", field="reset")
    row = Reading(values)
    changes = {
        column: row.read(name, parse, _default(column))
        for name, (column, parse) in _FIELDS.items()
        if name in values
    }
    changes |= {_column(name): _default(_column(name)) for name in reset}
    with transaction.atomic():
        store.lock_settings()
        stored = store.profile(warehouse_id) or WarehouseProfile(warehouse_id=warehouse_id)
        changes |= read_amounts(row, _HANDLING, stored, changes)
        _check_position(row, stored, changes)
        row.done()
        return store.save_profile(warehouse_id, **changes)


def _column(name: str) -> str:
    return _HANDLING[name] if name in _HANDLING else _FIELDS[name][0]


def _default(column: str) -> Any:
    return WarehouseProfile._meta.get_field(column).get_default()


def _check_position(row: Reading, stored: WarehouseProfile, changes: Mapping[str, Any]) -> None:
    pair = [changes.get(name, getattr(stored, name)) for name in ("latitude", "longitude")]
    if not row.errors and (pair[0] is None) != (pair[1] is None):
        row.refuse("longitude" if pair[1] is None else "latitude", "Give both, or reset both.", "REQUIRED")
