"""What stands when an order is looked at: the merchant's rules, planned parcels, what was turned down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection

from ..models import Turndown
from .revisions import REVISIONS, Revisions, as_revisions

# One query for all of it: a decision is made in few.
_STANDING = f"""
    {REVISIONS}
    UNION ALL
    SELECT kind, found, NULL, order_id, warehouse_id, variant_id FROM ops_fulfillment_turndown
    WHERE lifted IS NULL AND order_id = ANY(%(orders)s)
"""  # noqa: S608
_PLANNED = """
    SELECT warehouse_id, ship_on, count(*) FROM ops_fulfillment_plannedparcel
    WHERE warehouse_id = ANY(%(warehouses)s) AND ship_on >= %(since)s AND order_id <> ALL(%(orders)s)
    GROUP BY warehouse_id, ship_on
"""


@dataclass
class Refused:
    """What one warehouse said of one order: no to all of it, or at most so many units of a variant."""

    all: bool = False
    most: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What counts today, and what was turned down and not lifted, by (order, warehouse)."""

    revisions: Revisions
    turned_down: Mapping[tuple[str, str], Refused]


def standing(day: date, order_ids: Collection[str]) -> Standing:
    """What stands for the orders on `day`."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"day": day, "orders": list(order_ids)})
        rows = cursor.fetchall()
    refused: dict[tuple[str, str], Refused] = defaultdict(Refused)
    counting: list[tuple[str, int, UUID | None]] = []
    for subject, number, key, order_id, warehouse_id, variant_id in rows:
        if subject == Turndown.REJECTED:
            refused[order_id, warehouse_id].all = True
        elif subject == Turndown.SHORT_PICK:
            refused[order_id, warehouse_id].most[variant_id] = number
        else:
            counting.append((subject, number, key))
    return Standing(as_revisions(counting), refused)


def planned(
    warehouse_ids: Collection[str], since: date, except_orders: Collection[str]
) -> Mapping[str, Mapping[date, int]]:
    """Parcels that leave from `since` on, by warehouse and day; those of some orders not counted."""
    if not warehouse_ids:
        return {}
    values = {"warehouses": list(warehouse_ids), "since": since, "orders": list(except_orders)}
    found: dict[str, dict[date, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_PLANNED, values)
        for warehouse_id, day, parcels in cursor.fetchall():
            found[warehouse_id][day] = parcels
    return found
