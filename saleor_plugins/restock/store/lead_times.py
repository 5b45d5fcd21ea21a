"""How long suppliers took: from the day an order went out to the days its goods came."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from ...kernel import clock
from ...platform import shop
from ..models import StockMovement

MEMORY = timedelta(days=2 * 365)
"""Older receipts say nothing about the supplier of today."""

Taken = dict[tuple[str, str], list[int]]


def taken(supplier_ids: Collection[UUID | str], variant_ids: Collection[str]) -> Taken:
    """Days from order to arrival by (supplier, variant), a number for each receipt of a line, oldest first.

    From the day the order first went out to the supplier, or was approved where nobody noted that, or the
    line came to it later, to the shop day of arrival. Below zero where goods came before their
    order. Receipts of the last two years, in one query.
    """
    zone, today = shop().time_zone(), clock.now()
    rows = StockMovement.objects.filter(
        line__isnull=False,
        line__order__supplier_id__in=supplier_ids,
        variant_id__in=variant_ids,
        receipt__arrived_on__gte=clock.day_of(today - MEMORY, zone),
    )
    rows = rows.annotate(went_out=Min("line__order__sent__sent"))
    found: Taken = {}
    for supplier, variant, arrived, *starts in rows.order_by("receipt__arrived_on", "id").values_list(
        "line__order__supplier_id",
        "variant_id",
        "receipt__arrived_on",
        "went_out",
        "line__order__sent_at",
        "line__order__approved_at",
        "line__since",
    ):
        began = _began(*starts)
        if began is not None:
            days = (arrived - clock.day_of(began, zone)).days
            found.setdefault((str(supplier), variant), []).append(days)
    return found


def _began(
    went_out: datetime | None, sent: datetime | None, approved: datetime | None, line: datetime | None
) -> datetime | None:
    """When the supplier was first asked for the line."""
    asked = went_out or sent or approved
    return max(filter(None, (asked, line)), default=None)
