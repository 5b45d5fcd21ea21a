"""Moving units into the shop's stock, and the units that lie aside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, PositiveIntegerField, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from saleor_plugins.platform import shop

from ..domain.dispositions import ASIDE
from ..models import Followup, Inspection


def move_units(moves: Iterable[tuple[str, str, int]]) -> None:
    """Put (variant, warehouse, units) into the shop's stock, in the caller's transaction.

    Raises NotFound (``variantId``, ``warehouseId``) for what was deleted meanwhile.
    """
    units: dict[tuple[str, str], int] = {}
    for variant_id, warehouse_id, quantity in moves:
        units[variant_id, warehouse_id] = units.get((variant_id, warehouse_id), 0) + quantity
    if len(units) > 1:
        # All at once and by key, as everybody locks stock: no two wait for each other.
        shop().stocks({variant_id for variant_id, _ in units}, lock=True)
    for (variant_id, warehouse_id), quantity in sorted(units.items()):
        shop().move_stock(variant_id, warehouse_id, quantity)


def put_aside(**where: Any) -> Any:
    """Inspections with units still aside (`left`), filtered by `where`; they are in no stock."""
    followed = Followup.objects.filter(inspection=OuterRef("pk")).order_by().values("inspection")
    gone = Subquery(followed.annotate(units=Sum("quantity")).values("units"))
    left = F("quantity") - Coalesce(gone, Value(0), output_field=PositiveIntegerField())
    rows = Inspection.objects.filter(disposition__in=ASIDE, **where).annotate(left=left)
    return rows.filter(left__gt=0).select_related(
        "receipt_line__return_line__line", "receipt_line__receipt__rma"
    )


def followed(inspection: Inspection) -> int:
    """How many of its units were restocked or scrapped since."""
    rows = Followup.objects.filter(inspection=inspection)
    return int(rows.aggregate(units=Sum("quantity"))["units"] or 0)
