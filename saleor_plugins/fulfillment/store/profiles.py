"""Warehouse profiles."""

from __future__ import annotations

from typing import Any

from ..domain.facts import Profile
from ..models import WarehouseProfile


def profiles() -> dict[str, Profile]:
    """What merchants said about warehouses, by warehouse id."""
    return {
        row.warehouse_id: Profile(
            row.priority, row.ships_orders, row.handling_parcel, row.handling_unit, row.currency
        )
        for row in WarehouseProfile.objects.all()
    }


def save_profile(warehouse_id: str, **values: Any) -> WarehouseProfile:
    """Create or change a warehouse's profile."""
    row, _ = WarehouseProfile.objects.update_or_create(pk=warehouse_id, defaults=values)
    return row


def all_profiles() -> list[WarehouseProfile]:
    """Every stored profile, by warehouse id."""
    return list(WarehouseProfile.objects.order_by("pk"))
