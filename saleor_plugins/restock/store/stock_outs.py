"""When a warehouse had none of a variant, as it was seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from ..models import StockOut, StockWalk


def looked_at() -> datetime | None:
    """When the whole stock was last looked through."""
    return StockWalk.objects.filter(pk=1).values_list("at", flat=True).first()


def set_looked(at: datetime) -> None:
    """The whole stock was looked through."""
    StockWalk.objects.update_or_create(pk=1, defaults={"at": at})


def lasting(variant_ids: Collection[str]) -> list[StockOut]:
    """Stock-outs of the variants that last, locked for the transaction."""
    return list(StockOut.objects.filter(variant_id__in=variant_ids, until=None).select_for_update())


def begin(rows: Iterable[StockOut]) -> None:
    """Note new ones; where one lasts already it stays."""
    StockOut.objects.bulk_create(rows, ignore_conflicts=True)


def end(rows: Collection[StockOut]) -> None:
    """Note their last days; those without one never were."""
    StockOut.objects.filter(pk__in=[row.pk for row in rows if row.until is None]).delete()
    StockOut.objects.bulk_update([row for row in rows if row.until is not None], ["until"])


def variants(after: str, limit: int) -> list[str]:
    """Variants with one that lasts, sorted, in pages after one of them."""
    rows = StockOut.objects.filter(until=None, variant_id__gt=after).order_by("variant_id")
    return list(rows.values_list("variant_id", flat=True).distinct()[:limit])


def forget_before(day: date) -> None:
    """Forget those that ended before `day`."""
    StockOut.objects.filter(until__lt=day).delete()


def of_variant(variant_id: str, first: date, last: date) -> list[StockOut]:
    """Those of a variant that touch the days from `first` to `last`."""
    rows = StockOut.objects.filter(variant_id=variant_id, since__lte=last).exclude(until__lt=first)
    return list(rows.order_by("since", "warehouse_id"))
