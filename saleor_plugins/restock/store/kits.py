"""What kits are made of."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from ..domain.kits import Part
from ..models import KitPart


def around(variant_ids: Collection[str]) -> list[Part]:
    """All parts of every kit that is one of the variants or holds one of them. One query."""
    holding = KitPart.objects.filter(part_id__in=variant_ids).values("kit_id")
    rows = KitPart.objects.filter(Q(kit_id__in=variant_ids) | Q(kit_id__in=holding)).order_by(
        "kit_id", "part_id"
    )
    return [Part(*row) for row in rows.values_list("kit_id", "part_id", "quantity")]
