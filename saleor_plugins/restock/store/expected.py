"""What is on its way to the shop's shelves, and the days that were published for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from ...kernel import clock
from ..domain.order import OWED
from ..domain.transfer import PARTLY_RECEIVED, SHIPPED
from ..models import ExpectedBack, PurchaseOrderLine, SupplierItem, TransferLine


def owed(variant_ids: Collection[str]) -> QuerySet[PurchaseOrderLine]:
    """Lines that suppliers owe, with their orders and suppliers."""
    return _owed().filter(variant_id__in=variant_ids).select_related("order__supplier")


def travelling(variant_ids: Collection[str]) -> QuerySet[TransferLine]:
    """Lines of which units are between two warehouses, with their transfers."""
    return _travelling().filter(variant_id__in=variant_ids).select_related("transfer")


def lead_days(variant_ids: Collection[str]) -> dict[tuple[UUID, str], int]:
    """Days that suppliers take for a variant, where their catalogue says so."""
    rows = SupplierItem.objects.filter(variant_id__in=variant_ids, lead_days__isnull=False)
    return {(row.supplier_id, row.variant_id): row.lead_days for row in rows}


def variants_of(order_id: UUID) -> list[str]:
    """The variants of an order to a supplier."""
    lines = PurchaseOrderLine.objects.filter(order=order_id)
    return list(lines.values_list("variant_id", flat=True))


def page(after: str, limit: int, *, published: bool = False) -> list[str]:
    """Variants in id order that are on their way or have a published day; only the latter if `published`."""
    shown = _published().filter(variant_id__gt=after).values_list("variant_id", flat=True)
    if published:
        return list(shown.order_by("variant_id")[:limit])
    coming = [
        rows.filter(variant_id__gt=after).order_by().values_list("variant_id", flat=True)
        for rows in (_owed(), _travelling())
    ]
    return list(shown.order_by().union(*coming).order_by("variant_id")[:limit])


def published(variant_ids: Collection[str]) -> frozenset[str]:
    """Those of the variants that have a published day."""
    rows = _published().filter(variant_id__in=variant_ids)
    return frozenset(rows.values_list("variant_id", flat=True))


def any_published() -> bool:
    """Whether a variant has a published day."""
    return _published().exists()


def lock(variant_id: str) -> ExpectedBack:
    """The variant's row, made when there is none, held for the transaction."""
    ExpectedBack.objects.bulk_create(
        [ExpectedBack(variant_id=variant_id, changed=clock.now())], ignore_conflicts=True
    )
    return ExpectedBack.objects.select_for_update().get(variant_id=variant_id)


def save(row: ExpectedBack, day: date | None) -> None:
    """Note that the variant's metadata says `day`."""
    row.day = row.published = day
    row.changed = clock.now()
    row.save()


def _owed() -> QuerySet[PurchaseOrderLine]:
    return PurchaseOrderLine.objects.filter(open=True, order__state__in=OWED)


def _travelling() -> QuerySet[TransferLine]:
    return TransferLine.objects.filter(
        open=True,
        transfer__state__in=(SHIPPED, PARTLY_RECEIVED),
        shipped__gt=F("received") + F("lost"),
    )


def _published() -> QuerySet[ExpectedBack]:
    return ExpectedBack.objects.filter(published__isnull=False)
