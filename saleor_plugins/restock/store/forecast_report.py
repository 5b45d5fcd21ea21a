"""What was expected to sell beside what did, by the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ..domain.reports.accuracy import Sums
from .reports import rows, streamed

# What sold in the days of a forecast, shared by the warehouses near its country as a run shares it.
_COMPARED = """
    WITH made AS (
        SELECT variant_id, warehouse_id, made_on, days, expected FROM {forecasts}
        WHERE made_on >= %(since)s AND made_on + days <= %(today)s::date AND days > 0
    ), spans AS (SELECT DISTINCT variant_id, made_on, days FROM made),
    wanted AS (
        SELECT spans.variant_id, spans.made_on, spans.days, sold.country, sum(sold.units) AS units
        FROM spans JOIN ({sold}) sold ON sold.variant_id = spans.variant_id
            AND sold.day >= spans.made_on AND sold.day < spans.made_on + spans.days
        GROUP BY 1, 2, 3, 4
    ), serves AS (
        SELECT * FROM unnest(%(houses)s::text[], %(countries)s::text[]) AS served(warehouse_id, country)
    ), near AS (
        SELECT made.variant_id, made.made_on, made.warehouse_id, wanted.units,
            (serves.country IS NOT NULL)::int AS serving,
            count(serves.country) OVER shared AS many, count(*) OVER shared AS every
        FROM made JOIN wanted USING (variant_id, made_on, days)
        LEFT JOIN serves ON serves.warehouse_id = made.warehouse_id AND serves.country = wanted.country
        WINDOW shared AS (PARTITION BY made.variant_id, made.made_on, made.days, wanted.country)
    ), actual AS (
        SELECT variant_id, made_on, warehouse_id,
            sum(units * CASE WHEN many = 0 THEN 1.0 / every ELSE serving::float / many END)::float AS units
        FROM near GROUP BY 1, 2, 3
    ), compared AS (
        SELECT made.variant_id, made.warehouse_id, made.made_on, made.expected,
            COALESCE(actual.units, 0) AS actual
        FROM made LEFT JOIN actual USING (variant_id, made_on, warehouse_id)
        WHERE %(only)s = '' OR made.warehouse_id = %(only)s
    )
"""
_SUMS = "count(*), sum(expected), sum(actual), sum(abs(expected - actual))"
_GROUPED = f"""
    {_COMPARED} SELECT made_on, warehouse_id, {_SUMS} FROM compared
    GROUP BY GROUPING SETS ((made_on), (warehouse_id), ()) ORDER BY made_on, warehouse_id
"""  # noqa: S608  # only our own text
_BY_VARIANT = f"""
    {_COMPARED} SELECT variant_id, {_SUMS} FROM compared GROUP BY variant_id ORDER BY variant_id
"""  # noqa: S608  # only our own text


def by_week_and_warehouse(values: Mapping[str, Any]) -> Iterator[tuple[date | None, str | None, Sums]]:
    """Sums by the day that forecasts were made on, by warehouse, and of all (None twice). One query."""
    for made_on, house, *sums in rows(_GROUPED, **values):
        yield made_on, house, Sums(*sums)


def by_variant(values: Mapping[str, Any]) -> Iterator[tuple[str, Sums]]:
    """Sums by variant, streamed in id order. One query."""
    for variant, *sums in streamed(_BY_VARIANT, **values):
        yield variant, Sums(*sums)
