"""Counts for the reports, made by the database. Kits count as their parts, returned units not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from ..models import DailyDemand, ForecastMade, KitPart, StockMovement

WEEKS = 52
RECENT_DAYS = 91
FORECAST_AGE = timedelta(days=21)

# Net units of what is taken from the shelf: a kit's parts instead of the kit. Kits do not nest.
SOLD = """
    SELECT d.variant_id, d.day, d.country, d.units - d.returned AS units FROM {demand} d
    WHERE NOT EXISTS (SELECT 1 FROM {kits} k WHERE k.kit_id = d.variant_id)
    UNION ALL
    SELECT k.part_id, d.day, d.country, (d.units - d.returned) * k.quantity FROM {kits} k
    JOIN {demand} d ON d.variant_id = k.kit_id
"""
_LATELY = """
    SELECT variant_id, country, max(day) FILTER (WHERE units > 0),
        COALESCE(sum(units) FILTER (WHERE day >= %(recent)s), 0)::bigint
    FROM ({sold}) sold WHERE variant_id = ANY(%(variants)s) AND day <= %(today)s
    GROUP BY variant_id, country
"""
_WEEKLY = """
    SELECT variant_id, sum(units)::float, sum(units * units)::float FROM (
        SELECT variant_id, (day - %(first)s::date) / 7 AS week, sum(units) AS units
        FROM ({sold}) sold
        WHERE variant_id = ANY(%(variants)s) AND day BETWEEN %(first)s AND %(last)s
        GROUP BY variant_id, week
    ) weekly GROUP BY variant_id
"""
_PACE = """
    SELECT DISTINCT ON (variant_id, warehouse_id) variant_id, warehouse_id, expected / greatest(days, 1)
    FROM {forecasts} WHERE variant_id = ANY(%(variants)s) AND made_on >= %(since)s
    ORDER BY variant_id, warehouse_id, made_on DESC
"""
_ARRIVED = """
    SELECT variant_id, warehouse_id, max(at) FROM {movements}
    WHERE variant_id = ANY(%(variants)s) AND quantity > 0 GROUP BY variant_id, warehouse_id
"""


@dataclass(frozen=True)
class Lately:
    """A variant's last sale to a country, and the units sold there in the last RECENT_DAYS."""

    variant_id: str
    country: str
    last: date | None
    recent: int


def lately(variant_ids: Collection[str], today: date) -> list[Lately]:
    """What sold last of the variants, by country. One query."""
    recent = today - timedelta(days=RECENT_DAYS)
    return [Lately(*row) for row in rows(_LATELY, variants=list(variant_ids), today=today, recent=recent)]


def weekly(variant_ids: Collection[str], today: date) -> dict[str, tuple[float, float]]:
    """Sums of the units of the last WEEKS weeks, and of their squares, by variant. One query."""
    first, last = today - timedelta(days=7 * WEEKS), today - timedelta(days=1)
    found = rows(_WEEKLY, variants=list(variant_ids), first=first, last=last)
    return {variant: (units, squares) for variant, units, squares in found}


def paces(variant_ids: Collection[str], today: date) -> dict[tuple[str, str], float]:
    """Units a day by (variant, warehouse), as the newest forecast of the last weeks says. One query."""
    found = rows(_PACE, variants=list(variant_ids), since=today - FORECAST_AGE)
    return {(variant, house): pace for variant, house, pace in found}


def arrived(variant_ids: Collection[str]) -> dict[tuple[str, str], Any]:
    """When units last came to each (variant, warehouse) by an order or a transfer. One query."""
    return {(variant, house): at for variant, house, at in rows(_ARRIVED, variants=list(variant_ids))}


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a query answers that names our tables in braces and takes `values` by name."""
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**_names()), values)
        return list(cursor.fetchall())


def streamed(sql: str, **values: Any) -> Iterator[tuple[Any, ...]]:
    """`rows`, a piece at a time."""
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**_names()), values)
        while found := cursor.fetchmany(2_000):
            yield from found


def _names() -> dict[str, str]:
    tables = {
        "demand": DailyDemand._meta.db_table,
        "kits": KitPart._meta.db_table,
        "forecasts": ForecastMade._meta.db_table,
        "movements": StockMovement._meta.db_table,
    }
    return {**tables, "sold": SOLD.format(**tables)}
