"""Warehouse profiles over GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, require
from ...kernel import clock
from ...platform import shop
from ...platform.port import Warehouse
from .. import store
from ..domain.facts import Kind
from ..store import Effective
from ..usecases.set_profile import FIELDS, WEEKDAYS, set_profile
from .names import PLUGINS, camel, field_enum
from .show import money
from .types import Amount, Money

MERCHANT = "MERCHANT"
WarehouseKind = graphene.Enum("WarehouseKind", [(each.value, each.value) for each in Kind])
Weekday = graphene.Enum("Weekday", [(day, day) for day in WEEKDAYS])
PositionSource = graphene.Enum(
    "PositionSource", [(each, each) for each in (MERCHANT, "CITY", "COUNTRY", "NONE")]
)
WarehouseProfileField = field_enum("WarehouseProfileField", FIELDS)


class WarehouseProfileType(graphene.ObjectType):
    """How a warehouse takes part in routing: what counts, be it the merchant's word or a default."""

    class Meta:
        name = "WarehouseProfile"

    warehouse_id = graphene.ID(required=True)
    warehouse_name = graphene.String(required=True)
    kind = graphene.Field(WarehouseKind, required=True)
    priority = graphene.Int(required=True, description="Low numbers first, at equal cost.")
    ships_orders = graphene.Boolean(required=True)
    handling_per_parcel = graphene.Field(Money)
    handling_per_unit = graphene.Field(Money)
    latitude = graphene.Float()
    longitude = graphene.Float()
    position_source = graphene.Field(
        PositionSource,
        required=True,
        description="Where the coordinates are from: the merchant, the address's city, or only its country's"
        " or area's main city.",
    )
    daily_parcels = graphene.Int(description="How many leave on a working day; null is any number.")
    safety_stock = graphene.Int(required=True, description="Units of every variant that it keeps.")
    excluded_classes = graphene.List(graphene.NonNull(graphene.String), required=True)
    excluded_product_types = graphene.List(graphene.NonNull(graphene.ID), required=True)
    time_zone = graphene.String(required=True)
    working_days = graphene.List(graphene.NonNull(Weekday), required=True)
    cut_off = graphene.String(description="Such as 15:00, in its time zone.")
    holidays = graphene.String(required=True, description="Whose holidays it keeps: DE, DE-BY, or NONE.")
    closed_days = graphene.List(graphene.NonNull(graphene.Date), required=True)
    own = graphene.Boolean(required=True, description="Whether the merchant has set anything.")


def show_profile(warehouse: Warehouse, found: Effective, own: bool) -> WarehouseProfileType:
    """What counts for a warehouse."""
    profile, calendar = found.profile, found.profile.calendar
    position = found.place.position or (None, None)

    def priced(minor: int) -> Money | None:
        return money(minor, profile.currency) if profile.currency else None

    return WarehouseProfileType(
        warehouse_id=warehouse.id,
        warehouse_name=warehouse.name,
        kind=profile.kind.value,
        priority=profile.priority,
        ships_orders=profile.ships_orders,
        handling_per_parcel=priced(profile.handling_parcel),
        handling_per_unit=priced(profile.handling_unit),
        latitude=position[0],
        longitude=position[1],
        position_source=found.sure.value if found.sure else MERCHANT,
        daily_parcels=profile.daily_parcels,
        safety_stock=profile.safety_stock,
        excluded_classes=sorted(profile.excluded_classes),
        excluded_product_types=sorted(profile.excluded_types),
        time_zone=calendar.time_zone,
        working_days=[WEEKDAYS[day] for day in sorted(calendar.working_days)],
        cut_off=calendar.cut_off.isoformat("minutes") if calendar.cut_off else None,
        holidays=calendar.holidays or "NONE",
        closed_days=sorted(calendar.closed),
        own=own,
    )


def _profiles(warehouse_id: str | None = None) -> list[WarehouseProfileType]:
    zone = shop().time_zone()
    revision = store.revisions(clock.day_of(clock.now(), zone)).profiles
    own = {row.warehouse_id for row in store.all_profiles()}
    return [
        show_profile(row, store.effective(revision, row, zone), row.id in own)
        for row in shop().warehouses()
        if warehouse_id in (None, row.id)
    ]


class ProfileQueries(graphene.ObjectType):
    """What can be asked about warehouses."""

    warehouse_profiles = graphene.List(
        graphene.NonNull(WarehouseProfileType),
        description="Every warehouse's part in routing, by warehouse. Requires MANAGE_PLUGINS.",
    )

    @staticmethod
    def resolve_warehouse_profiles(root: Any, info: Any) -> list[WarehouseProfileType]:
        require(info, PLUGINS)
        return _profiles()


class WarehouseProfileSet(Mutation):
    """Say how a warehouse takes part in routing; what is left out or null stays as it is."""

    permission = PLUGINS
    profile = graphene.Field(WarehouseProfileType)

    class Arguments:
        warehouse_id = graphene.ID(required=True)
        kind = WarehouseKind(description="A depot ships no orders.")
        priority = graphene.Int()
        ships_orders = graphene.Boolean()
        handling_per_parcel = Amount()
        handling_per_unit = Amount()
        currency = graphene.String(description="Of the handling costs; the active rate card's by default.")
        latitude = graphene.Float(description="In degrees, with the longitude.")
        longitude = graphene.Float()
        daily_parcels = graphene.Int()
        safety_stock = graphene.Int()
        excluded_classes = graphene.List(
            graphene.NonNull(graphene.String),
            description='It ships no line that has one of these words in the metadata "shipping_class".',
        )
        excluded_product_types = graphene.List(graphene.NonNull(graphene.ID))
        time_zone = graphene.String(description="IANA name; by default the shop's.")
        working_days = graphene.List(graphene.NonNull(Weekday), description="By default Monday to Friday.")
        cut_off = graphene.String(description="Such as 15:00: later orders leave on the next working day.")
        holidays = graphene.String(description="A country or region: DE, DE-BY; NONE; by default its own.")
        closed_days = graphene.List(graphene.NonNull(graphene.Date))
        reset = graphene.List(
            graphene.NonNull(WarehouseProfileField), description="Fields that go back to their default."
        )

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Store the profile."""
        warehouse_id, reset = data.pop("warehouse_id"), data.pop("reset", None) or ()
        set_profile(warehouse_id, camel(data), reset=reset)
        return {"warehouse_id": warehouse_id}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> WarehouseProfileSet:
        """The profile as it is now; null when the warehouse is gone."""
        return cls(profile=next(iter(_profiles(result["warehouse_id"])), None))


class ProfileMutations(graphene.ObjectType):
    """What can be set about warehouses."""

    warehouse_profile_set = WarehouseProfileSet.Field()
