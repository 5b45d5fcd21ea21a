"""Catalogues as CSV, as `import_catalogue` takes them in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from ...kernel.money import from_minor
from ...platform import shop
from ...printing.spreadsheet import lines
from ..domain.catalogue import COLUMNS
from ..models import SupplierItem
from ..store import catalogue

PAGE = 500


def export_catalogue(supplier_id: UUID | None = None) -> Iterator[str]:
    """The file line by line, in flat memory. Variants that left the shop are left out.

    Raises NotFound (``supplierId``).
    """
    if supplier_id is not None:
        catalogue.supplier(supplier_id)
    return lines(COLUMNS, _rows(catalogue.all_items(supplier_id)))


def _rows(items: Iterator[SupplierItem]) -> Iterator[list[Any]]:
    while page := list(islice(items, PAGE)):
        skus = {variant.id: variant.sku for variant in shop().variants({item.variant_id for item in page})}
        yield from (_row(item, skus[item.variant_id]) for item in page if skus.get(item.variant_id))


def _row(item: SupplierItem, sku: str) -> list[Any]:
    parts = [f"{quantity}={from_minor(price, item.currency)}" for quantity, price in item.breaks]
    return [
        item.supplier.name,
        sku,
        item.supplier_sku,
        from_minor(item.price, item.currency),
        item.currency,
        item.moq,
        item.pack,
        item.lead_days,
        " ".join(parts),
        "yes" if item.active else "no",
    ]
