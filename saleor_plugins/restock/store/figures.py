"""What a look at the whole shop found, kept for looks at parts of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

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
