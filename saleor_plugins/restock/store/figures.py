"""What a look at the whole shop found, kept for looks at parts of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from django.db import connection
from django.db.models import Min, Sum

from ..models import DailyDemand, ShopFigure


def read(kind: str) -> dict[str, float]:
    """Figures of a kind by their key."""
    return dict(ShopFigure.objects.filter(kind=kind).values_list("key", "value"))


def replace(kind: str, values: Mapping[str, float]) -> None:
    """Make the figures of a kind exactly `values`, inside the caller's transaction."""
    ShopFigure.objects.filter(kind=kind).delete()
    rows = [ShopFigure(kind=kind, key=key, value=value) for key, value in sorted(values.items())]
    ShopFigure.objects.bulk_create(rows, batch_size=1000)


def summed(variant_ids: Collection[str], first: date, last: date) -> dict[str, tuple[int, date]]:
    """Units sold of each variant from `first` to `last`, and the first of these days with sales."""
    rows = DailyDemand.objects.filter(variant_id__in=variant_ids, day__range=(first, last)).order_by()
    found = rows.values("variant_id").annotate(total=Sum("units"), began=Min("day"))
    return {row["variant_id"]: (row["total"], row["began"]) for row in found}


def seasons() -> dict[str, list[float]]:
    """The weeks of each category that has a season."""
    found: dict[str, list[float]] = {}
    rows = ShopFigure.objects.filter(kind=ShopFigure.SEASON).exclude(key="").order_by("key")
    for key, value in rows.values_list("key", "value"):
        found.setdefault(key.rpartition(":")[0], []).append(value)
    return found


def seasons_learned() -> date | None:
    """The day on which seasons were learned last."""
    row = ShopFigure.objects.filter(kind=ShopFigure.SEASON, key="").values_list("value", flat=True).first()
    return None if row is None else date.fromordinal(int(row))


def keep_seasons(found: Mapping[str, Sequence[float]], day: date) -> None:
    """Make the seasons exactly `found`, learned on `day`, inside the caller's transaction."""
    weeks = {f"{name}:{at:02d}": value for name, row in found.items() for at, value in enumerate(row)}
    replace(ShopFigure.SEASON, {"": float(day.toordinal()), **weeks})


def daily(category_of: Mapping[str, str], first: date, last: date) -> Iterator[tuple[str, date, int]]:
    """Units of each category on each day with sales, added up by the database; `category_of` variants."""
    asked = (
        "SELECT listed.category, sold.day, sum(sold.units) FROM ops_restock_dailydemand sold"
        " JOIN unnest(%s::text[], %s::text[]) AS listed(variant, category)"
        " ON listed.variant = sold.variant_id"
        " WHERE sold.day BETWEEN %s AND %s GROUP BY 1, 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [list(category_of), list(category_of.values()), first, last])
        yield from ((name, day, int(units)) for name, day, units in cursor.fetchall())
