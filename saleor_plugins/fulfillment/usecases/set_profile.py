"""Say how a warehouse takes part in routing."""

from __future__ import annotations

from django.db import transaction

from ...kernel.errors import Conflict, Invalid, NotFound, OpsError, Required
from ...platform import shop
from .. import store
from ..models import WarehouseProfile
from .set_rates import amount, checked_currency

LIMIT = 1_000_000


def set_profile(
    warehouse_id: str,
    *,
    priority: int | None = None,
    ships_orders: bool | None = None,
    handling_per_parcel: str | None = None,
    handling_per_unit: str | None = None,
    currency: str | None = None,
) -> WarehouseProfile:
    """Create or change the profile of a warehouse; what is None stays as it is.

    Handling is in the currency of the active rate card when there is one. Raises NotFound
    (``warehouseId``), Invalid or Conflict naming the field.
    """
    if not any(row.id == warehouse_id for row in shop().warehouses()):
        raise NotFound("No such warehouse.", field="warehouseId")
    if priority is not None and abs(priority) > LIMIT:
        raise Invalid(f"Must be from -{LIMIT} to {LIMIT}.", field="priority")
    changes: dict[str, object] = {}
    if priority is not None:
        changes["priority"] = priority
    if ships_orders is not None:
        changes["ships_orders"] = ships_orders
    with transaction.atomic():
        if handling_per_parcel is not None or handling_per_unit is not None:
            money = _handling_currency(currency)
            changes["currency"] = money
            changes["handling_parcel"] = _amount(handling_per_parcel, money, "handlingPerParcel")
            changes["handling_unit"] = _amount(handling_per_unit, money, "handlingPerUnit")
        return store.save_profile(warehouse_id, **changes)


def _handling_currency(wanted: str | None) -> str:
    rates = store.active_rates()
    if rates is None:
        if wanted is None:
            raise Required("Name the currency of the handling costs.", field="currency")
        return checked_currency(wanted)
    if wanted and wanted != rates.currency:
        raise Conflict(f'The rate card "{rates.name}" is in {rates.currency}.', field="currency")
    return rates.currency


def _amount(value: str | None, currency: str, field: str) -> int:
    try:
        return amount(value, currency)
    except OpsError as error:
        raise Invalid(error.message, field=field, code=error.code) from None
