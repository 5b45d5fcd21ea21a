"""The latest advice for each need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet
from django.db.models.functions import NullIf

from ..models import PurchaseOrder, PurchaseOrderLine, SuggestedTransfer, Suggestion, Transfer


def all_suggestions() -> QuerySet[Suggestion]:
    """Every suggestion with its supplier, line and transfers."""
    return Suggestion.objects.select_related("supplier", "line__order").prefetch_related("transfers__line")


def replace(rows: Sequence[Suggestion], variant_ids: Collection[str], warehouse_id: str | None) -> None:
    """Make the suggestions of these variants (in one warehouse, or in all) exactly `rows`.

    A need's suggestion keeps its id. Rows are written anew: to update so many columns of so many rows is
    many times slower.
    """
    scope = _scope(variant_ids, warehouse_id)
    known = {
        (variant, house): key for key, variant, house in scope.values_list("pk", "variant_id", "warehouse_id")
    }
    for row in rows:
        row.pk = known.get((row.variant_id, row.warehouse_id), row.pk)
    scope.delete()
    Suggestion.objects.bulk_create(rows)


def add_transfers(rows: Iterable[SuggestedTransfer]) -> None:
    """Say from where suggestions take units, after `replace` has forgotten what was said before."""
    SuggestedTransfer.objects.bulk_create(rows)


def by_priority(variant_ids: Collection[str] | None, warehouse_id: str | None) -> Iterator[UUID]:
    """What to spend money on first: what waiting would cost for each unit of money, then by id.

    Read piece by piece, so that any number streams through.
    """
    worth = ExpressionWrapper(F("value") * 1.0 / NullIf(F("amount"), 0), output_field=FloatField())
    rows = _scope(variant_ids, warehouse_id).annotate(worth=worth)
    ordered = rows.order_by(F("worth").desc(nulls_last=True), "variant_id", "warehouse_id")
    return ordered.values_list("pk", flat=True).iterator(chunk_size=2_000)


def in_order(ids: Sequence[UUID]) -> list[Suggestion]:
    """The suggestions in the order of `ids`, held for the transaction; those that are gone are left out."""
    rows = {row.pk: row for row in Suggestion.objects.select_for_update().filter(pk__in=ids)}
    return [rows[key] for key in ids if key in rows]


def lines_of_run(variant_ids: Collection[str] | None, warehouse_id: str | None) -> QuerySet[Any]:
    """Keys of the draft lines that these suggestions have, which a run writes anew: for a subquery."""
    rows = _scope(variant_ids, warehouse_id).filter(line__draft=True, line__by_hand=False)
    return rows.order_by().values("line")


def of_order(order: PurchaseOrder) -> list[Suggestion]:
    """The suggestions that the order's lines carry."""
    return list(Suggestion.objects.filter(line__order=order).order_by("id"))


def save(rows: Sequence[Suggestion], fields: Sequence[str]) -> None:
    """Store `fields` of the suggestions."""
    Suggestion.objects.bulk_update(rows, fields)


def orders_written(ids: Collection[UUID]) -> QuerySet[PurchaseOrder]:
    """These orders with suppliers and lines, by number."""
    rows = PurchaseOrder.objects.filter(pk__in=ids).select_related("supplier")
    return rows.prefetch_related("lines").order_by("number")


def transfers_written(ids: Collection[UUID]) -> QuerySet[Transfer]:
    """These transfers with their lines, by number."""
    return Transfer.objects.filter(pk__in=ids).prefetch_related("lines").order_by("number")


def flags_of(order_ids: Collection[UUID]) -> dict[str, int]:
    """How many suggestions that these orders carry, or that no order does, have each flag."""
    rows = Suggestion.objects.filter(Q(line__order__in=order_ids) | Q(line=None))
    counted = Counter(flag for flags in rows.values_list("flags", flat=True).iterator() for flag in flags)
    return dict(sorted(counted.items()))


def _scope(variant_ids: Collection[str] | None, warehouse_id: str | None) -> QuerySet[Suggestion]:
    rows = Suggestion.objects.all()
    if variant_ids is not None:
        rows = rows.filter(variant_id__in=variant_ids)
    return rows.filter(warehouse_id=warehouse_id) if warehouse_id else rows


def outdated(before: datetime) -> list[PurchaseOrderLine]:
    """Draft lines no suggestion renewed since `before`; their stale suggestions are forgotten."""
    Suggestion.objects.filter(updated__lt=before).delete()
    drafted = PurchaseOrderLine.objects.filter(draft=True, by_hand=False)
    return list(drafted.filter(suggestions__isnull=True))
