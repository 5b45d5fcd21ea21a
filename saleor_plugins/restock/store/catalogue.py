"""Suppliers, what they sell, and the merchant's limits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ...kernel.errors import NotFound
from ..domain.breaks import Break
from ..domain.facts import Limits
from ..domain.supplier import Terms
from ..models import ReorderPolicy, Supplier, SupplierItem

_TERMS = ("price", "currency", "breaks", "moq", "pack", "lead_days", "supplier_sku", "active")


def suppliers() -> QuerySet[Supplier]:
    """All suppliers."""
    return Supplier.objects.all()


def supplier(supplier_id: UUID, *, field: str = "supplierId", lock: bool = False) -> Supplier:
    """The supplier. Raises NotFound naming `field`."""
    rows = Supplier.objects.select_for_update() if lock else Supplier.objects
    found = rows.filter(pk=supplier_id).first()
    if found is None:
        raise NotFound("There is no such supplier.", field=field)
    return found


def name_taken(name: str, *, but: UUID | None = None) -> bool:
    """Whether another supplier has that name, upper and lower case alike."""
    return Supplier.objects.filter(name__iexact=name).exclude(pk=but).exists()


def set_item(supplier: Supplier, variant_id: str, values: dict[str, Any]) -> SupplierItem:
    """Create or overwrite the supplier's catalogue line of a variant."""
    row, _ = SupplierItem.objects.update_or_create(supplier=supplier, variant_id=variant_id, defaults=values)
    return row


def items_of(
    supplier_ids: Collection[UUID], variant_ids: Collection[str]
) -> dict[tuple[UUID, str], SupplierItem]:
    """Catalogue lines by (supplier, variant), held for the transaction."""
    rows = SupplierItem.objects.select_for_update().filter(
        supplier_id__in=supplier_ids, variant_id__in=variant_ids
    )
    return {(row.supplier_id, row.variant_id): row for row in rows.order_by("id")}


def save_items(new: Sequence[SupplierItem], changed: Sequence[SupplierItem]) -> None:
    """Store catalogue lines."""
    SupplierItem.objects.bulk_create(new)
    SupplierItem.objects.bulk_update(changed, _TERMS)


def all_items(supplier_id: UUID | None = None) -> Iterator[SupplierItem]:
    """Every catalogue line with its supplier, by supplier, streamed."""
    rows = SupplierItem.objects.select_related("supplier").order_by("supplier__name", "id")
    if supplier_id is not None:
        rows = rows.filter(supplier_id=supplier_id)
    return iter(rows.iterator(chunk_size=2000))


def drop_item(item_id: UUID) -> None:
    """Forget a catalogue line."""
    SupplierItem.objects.filter(pk=item_id).delete()


def set_policy(variant_id: str, warehouse_id: str, values: dict[str, Any]) -> ReorderPolicy:
    """Create or overwrite the limits of a variant in a warehouse ("" for every one)."""
    row, _ = ReorderPolicy.objects.update_or_create(
        variant_id=variant_id, warehouse_id=warehouse_id, defaults=values
    )
    return row


def items(supplier_ids: Collection[UUID]) -> QuerySet[SupplierItem]:
    """The catalogue lines of these suppliers."""
    return SupplierItem.objects.filter(supplier_id__in=supplier_ids).order_by("id")


def policies(variant_ids: Collection[str]) -> dict[tuple[str, str], Limits]:
    """Limits by (variant, warehouse), warehouse "" for every one."""
    rows = ReorderPolicy.objects.filter(variant_id__in=variant_ids)
    return {
        (row.variant_id, row.warehouse_id): Limits(row.minimum, row.maximum, row.reorder, row.service_level)
        for row in rows
    }


def variants_with_policy() -> list[str]:
    """Variants that a merchant wants in a warehouse by name, whether or not any lies there."""
    rows = ReorderPolicy.objects.exclude(warehouse_id="").order_by("variant_id")
    return list(rows.values_list("variant_id", flat=True).distinct())


def offers(variant_ids: Collection[str], default_lead_days: int) -> dict[str, list[Terms]]:
    """What active suppliers ask for each variant, in one query and one stable order.

    Days to arrival are the catalogue line's, else the supplier's, else `default_lead_days`.
    """
    rows = SupplierItem.objects.filter(variant_id__in=variant_ids, active=True, supplier__active=True)
    found: dict[str, list[Terms]] = {}
    for row in rows.select_related("supplier").order_by("variant_id", "id"):
        found.setdefault(row.variant_id, []).append(_terms(row, default_lead_days))
    return found


def _terms(row: SupplierItem, default_lead_days: int) -> Terms:
    leads = (row.lead_days, row.supplier.lead_days, default_lead_days)
    return Terms(
        item_id=str(row.pk),
        supplier_id=str(row.supplier_id),
        supplier=row.supplier.name,
        price=row.price,
        currency=row.currency,
        moq=row.moq,
        pack=row.pack,
        lead_days=next(days for days in leads if days is not None),
        breaks=tuple(Break(quantity, price) for quantity, price in row.breaks),
        supplier_sku=row.supplier_sku,
        supplier_minimum=row.supplier.minimum,
        minimum_currency=row.supplier.minimum_currency,
    )
