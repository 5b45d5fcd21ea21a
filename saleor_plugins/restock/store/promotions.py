"""Promotions: days on which more sells than usual."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from ...kernel.errors import NotFound
from ..models import Promotion


def all_promotions() -> QuerySet[Promotion]:
    """Every promotion."""
    return Promotion.objects.all()


def promotion(key: UUID, *, lock: bool = False) -> Promotion:
    """One of them. Raises NotFound (``id``)."""
    rows = Promotion.objects.select_for_update() if lock else Promotion.objects.all()
    row = rows.filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such promotion.", field="id")
    return row


def any_known() -> bool:
    """Whether the merchant names promotions at all."""
    return Promotion.objects.exists()


def touching(variant_ids: Collection[str], first: date, last: date) -> list[Promotion]:
    """Those of the variants, and all of categories, with a day from `first` to `last`. One query."""
    of = Q(variant_id__in=variant_ids) | ~Q(category_id="")
    return list(Promotion.objects.filter(of, since__lte=last, until__gte=first).order_by("pk"))
