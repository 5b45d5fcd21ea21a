"""What documents and the tracking page read: planned parcels with their plans."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ...kernel.errors import NotFound
from ..models import Hold, PlannedParcel


@dataclass(frozen=True)
class Planned:
    """A parcel that has not left: what is in it, when it leaves and arrives. `units` are by line id."""

    id: UUID
    order_id: str
    warehouse_id: str
    units: Mapping[str, int]
    ship_on: date | None
    arrives_on: date | None


def planned_parcel(key: UUID) -> Planned:
    """The planned parcel. Raises NotFound (field ``id``)."""
    found = _planned().filter(pk=key).first()
    if found is None:
        raise NotFound("No such planned parcel.", field="id")
    return _shown(found)


def planned_of(order_ids: Collection[str]) -> list[Planned]:
    """The parcels of the orders that have not left."""
    return [_shown(row) for row in _planned().filter(order_id__in=order_ids)]


def planned_due(warehouse_id: str, day: date) -> list[Planned]:
    """What the warehouse sends on the day or should have sent before; orders that are held are left out."""
    due = Q(ship_on__lte=day) | Q(ship_on=None)
    held = Hold.objects.filter(released=None).values("order_id")
    rows = _planned().filter(due, warehouse_id=warehouse_id).exclude(order_id__in=held)
    return [_shown(row) for row in rows]


def arrival(plan: Mapping[str, Any], warehouse_id: str) -> date | None:
    """When the plan's parcel of the warehouse arrives, if that is known."""
    row = _parcel(plan, warehouse_id)
    return date.fromisoformat(row["arrives_on"]) if row.get("arrives_on") else None


def _planned() -> QuerySet[PlannedParcel]:
    return PlannedParcel.objects.select_related("decision").order_by("pk")


def _shown(row: PlannedParcel) -> Planned:
    plan = row.decision.plan
    units: dict[str, int] = {}
    for item in _parcel(plan, row.warehouse_id).get("items", []):
        units[item["line_id"]] = units.get(item["line_id"], 0) + item["quantity"]
    return Planned(
        row.pk, row.order_id, row.warehouse_id, units, row.ship_on, arrival(plan, row.warehouse_id)
    )


def _parcel(plan: Mapping[str, Any], warehouse_id: str) -> Mapping[str, Any]:
    rows = plan.get("parcels", [])
    return next((row for row in rows if row["warehouse_id"] == warehouse_id), {})
