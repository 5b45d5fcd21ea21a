"""What already stands against warehouses: parcels planned for a day, and what they turned down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from ..models import PlannedParcel, Turndown


def planned(
    warehouse_ids: Collection[str], since: date, except_orders: Collection[str]
) -> Mapping[str, Mapping[date, int]]:
    """Parcels that leave from `since` on, by warehouse and day; those of some orders not counted."""
    if not warehouse_ids:
        return {}
    rows = PlannedParcel.objects.filter(warehouse_id__in=warehouse_ids, ship_on__gte=since)
    rows = rows.exclude(order_id__in=except_orders).order_by().values_list("warehouse_id", "ship_on")
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for warehouse_id, day, parcels in rows.annotate(parcels=Count("pk")):
        found[warehouse_id][day] = parcels
    return found


@dataclass
class Refused:
    """What one warehouse said of one order: no to all of it, or at most so many units of a variant."""

    all: bool = False
    most: dict[str, int] = field(default_factory=dict)


def turned_down(order_ids: Collection[str]) -> Mapping[tuple[str, str], Refused]:
    """What was turned down and not lifted, by (order, warehouse)."""
    rows = Turndown.objects.filter(order_id__in=order_ids, lifted=None)
    found: dict[tuple[str, str], Refused] = defaultdict(Refused)
    columns = ("order_id", "warehouse_id", "kind", "variant_id", "found")
    for order_id, warehouse_id, kind, variant_id, units in rows.order_by().values_list(*columns):
        refused = found[order_id, warehouse_id]
        if kind == Turndown.REJECTED:
            refused.all = True
        else:
            refused.most[variant_id] = units
    return found
