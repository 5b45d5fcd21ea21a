"""The latest advice for each need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import QuerySet

from ..models import PurchaseOrderLine, Suggestion

_FIELDS = [
    field.name for field in Suggestion._meta.fields if field.name not in ("id", "variant_id", "warehouse_id")
]


def all_suggestions() -> QuerySet[Suggestion]:
    """Every suggestion with its supplier and line."""
    return Suggestion.objects.select_related("supplier", "line__order")


def replace(rows: Sequence[Suggestion], variant_ids: Collection[str], warehouse_id: str | None) -> None:
    """Make the suggestions of these variants (in one warehouse, or in all) exactly `rows`."""
    scope = Suggestion.objects.filter(variant_id__in=variant_ids)
    if warehouse_id:
        scope = scope.filter(warehouse_id=warehouse_id)
    known = {(row.variant_id, row.warehouse_id): row.pk for row in scope}
    new, again = [], []
    for row in rows:
        pk = known.pop((row.variant_id, row.warehouse_id), None)
        if pk is None:
            new.append(row)
        else:
            row.pk = pk
            again.append(row)
    if known:
        Suggestion.objects.filter(pk__in=known.values()).delete()
    Suggestion.objects.bulk_create(new)
    Suggestion.objects.bulk_update(again, _FIELDS)


def outdated(before: datetime) -> list[PurchaseOrderLine]:
    """Draft lines no suggestion renewed since `before`; their stale suggestions are forgotten."""
    Suggestion.objects.filter(updated__lt=before).delete()
    drafted = PurchaseOrderLine.objects.filter(draft=True, by_hand=False)
    return list(drafted.filter(suggestions__isnull=True))
