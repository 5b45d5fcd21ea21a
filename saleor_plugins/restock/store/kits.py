"""What kits are made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Q, QuerySet

from ..domain.kits import Part
from ..models import KitPart


def around(variant_ids: Collection[str]) -> list[Part]:
    """All parts of every kit that is one of the variants or holds one of them. One query."""
    holding = KitPart.objects.filter(part_id__in=variant_ids).values("kit_id")
    rows = KitPart.objects.filter(Q(kit_id__in=variant_ids) | Q(kit_id__in=holding)).order_by(
        "kit_id", "part_id"
    )
    return [Part(*row) for row in rows.values_list("kit_id", "part_id", "quantity")]


def kits_among(variant_ids: Collection[str]) -> set[str]:
    """Those of the variants that are kits. One query."""
    rows = KitPart.objects.filter(kit_id__in=variant_ids)
    return set(rows.values_list("kit_id", flat=True).distinct())


def set_parts(kit_id: str, parts: Sequence[Part]) -> None:
    """Make the kit of exactly `parts`; without any it is no kit."""
    known = {row.part_id: row for row in KitPart.objects.filter(kit_id=kit_id)}
    kept = {part.part_id for part in parts}
    KitPart.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in kept]).delete()
    for part in parts:
        row = known.get(part.part_id) or KitPart(kit_id=kit_id, part_id=part.part_id)
        row.quantity = part.quantity
        row.save()


def all_parts() -> QuerySet[KitPart]:
    """Every part of every kit."""
    return KitPart.objects.all()
