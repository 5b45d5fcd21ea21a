"""Warehouse profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from ...kernel.geo import Located, Position, Sure, locate
from ...platform.port import Address, Warehouse
from ..domain.calendar import Calendar
from ..domain.facts import Kind, Place, Profile
from ..models import WarehouseProfile


@dataclass(frozen=True)
class Effective:
    """What counts for a warehouse: the merchant's word, else what its address and the shop say."""

    profile: Profile
    place: Place
    sure: Sure | None


def effective(revision: int | None, warehouse: Warehouse, time_zone: str) -> Effective:
    """The profile and place of `warehouse` where the shop lives by `time_zone`; kept by the revision.

    `sure` is how well its position is known from the address, None where the merchant gave it.
    """
    return _effective(revision, warehouse.id, warehouse.address, time_zone)


@lru_cache(maxsize=4096)
def _effective(revision: int | None, warehouse_id: str, address: Address, time_zone: str) -> Effective:
    row = (_rows(revision) if revision is not None else {}).get(warehouse_id)
    row = row or WarehouseProfile(warehouse_id=warehouse_id)
    found = Located((row.latitude, row.longitude)) if row.latitude is not None else located(address)
    place = place_of(address, found.position)
    return Effective(
        _profile(row, address.country, time_zone), place, None if row.latitude is not None else found.sure
    )


@lru_cache(maxsize=2)
def _rows(revision: int) -> Mapping[str, WarehouseProfile]:
    return {row.warehouse_id: row for row in WarehouseProfile.objects.all()}


def located(address: Address) -> Located:
    """Where an address is."""
    return locate(address.country, address.city, address.country_area, address.postal_code)


def place_of(address: Address, position: Position | None) -> Place:
    """An address as the domain knows it."""
    return Place(address.country, address.postal_code, address.city, address.country_area, position)


def _profile(row: WarehouseProfile, country: str, time_zone: str) -> Profile:
    calendar = Calendar(
        time_zone=row.time_zone or time_zone,
        working_days=frozenset(row.working_days),
        cut_off=row.cut_off,
        holidays=country if row.holidays is None else row.holidays,
        closed=frozenset(date.fromisoformat(day) for day in row.closed),
    )
    return Profile(
        priority=row.priority,
        ships_orders=row.ships_orders,
        handling_parcel=row.handling_parcel,
        handling_unit=row.handling_unit,
        currency=row.currency,
        kind=Kind(row.kind),
        daily_parcels=row.daily_parcels,
        safety_stock=row.safety_stock,
        excluded_classes=frozenset(row.excluded_classes),
        excluded_types=frozenset(row.excluded_types),
        calendar=calendar,
    )


def save_profile(warehouse_id: str, **values: Any) -> WarehouseProfile:
    """Create or change a warehouse's profile."""
    row, _ = WarehouseProfile.objects.update_or_create(pk=warehouse_id, defaults=values)
    return row


def profile(warehouse_id: str) -> WarehouseProfile | None:
    """The stored profile of a warehouse."""
    return WarehouseProfile.objects.filter(pk=warehouse_id).first()


def all_profiles() -> list[WarehouseProfile]:
    """Every stored profile, by warehouse id."""
    return list(WarehouseProfile.objects.order_by("pk"))
