"""The demand history as pages of variants read it: one row of the answer for each variant and country."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from django.db import connection

from ..domain.histories import Out, Sold
from ..models import DailyDemand, StockOut

# Arrays, because a row a day would cost more to fetch than to use.
_SOLD = """
    SELECT variant_id, country, array_agg(day - %(first)s::date), array_agg(units),
        COALESCE(sum(units) FILTER (WHERE day < %(ripe)s), 0)::bigint,
        COALESCE(sum(returned) FILTER (WHERE day < %(ripe)s), 0)::bigint
    FROM {table}
    WHERE variant_id = ANY(%(variants)s) AND day BETWEEN %(first)s AND %(last)s
    GROUP BY variant_id, country
    ORDER BY variant_id, country
"""


def sold(variant_ids: Collection[str], first: date, last: date, ripe: date) -> Iterator[Sold]:
    """What sold of the variants from `first` to `last`; days before `ripe` tell of returns. One query."""
    values = {"variants": list(variant_ids), "first": first, "last": last, "ripe": ripe}
    with connection.cursor() as cursor:
        cursor.execute(_SOLD.format(table=DailyDemand._meta.db_table), values)
        for variant, country, days, units, whole, back in cursor.fetchall():
            yield Sold(variant, country, days, units, whole, back)


def outs(variant_ids: Collection[str], first: date, last: date) -> Iterator[Out]:
    """The stock-outs that touch the days from `first` to `last`. One query."""
    rows = StockOut.objects.filter(variant_id__in=variant_ids, since__lte=last).exclude(until__lt=first)
    for variant, house, since, until in rows.values_list("variant_id", "warehouse_id", "since", "until"):
        yield Out(variant, house, (since - first).days, (min(until or last, last) - first).days)
