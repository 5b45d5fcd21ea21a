"""Rows that contradict their ledger: every query answers none in a sound database."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from ..domain.order import DRAFT, OWED
from ..models import Discrepancy, PurchaseOrder, PurchaseOrderLine, Receipt

_NOT_AS_ASKED = """
SELECT id FROM ops_restock_receipt receipt WHERE
    (SELECT coalesce(sum((line->>'quantity')::int), 0)
       FROM jsonb_array_elements(receipt.asked->'lines') line)
  + (SELECT coalesce(sum((goods->>'quantity')::int) FILTER (WHERE (goods->>'stock')::bool), 0)
       FROM jsonb_array_elements(receipt.asked->'unordered') goods)
 <> (SELECT coalesce(sum(moved.quantity), 0)
       FROM ops_restock_stockmovement moved WHERE moved.receipt_id = receipt.id)
ORDER BY id
"""


def lines_against_ledger() -> Iterator[tuple[UUID, int, int]]:
    """Lines whose `received` is not the sum of their movements: id, received, sum."""
    rows = PurchaseOrderLine.objects.annotate(booked=Coalesce(Sum("movements__quantity"), 0))
    return (
        rows.exclude(received=F("booked")).order_by("id").values_list("pk", "received", "booked").iterator()
    )


def discrepancies_against_ledger() -> Iterator[tuple[UUID, int, int]]:
    """Discrepancies whose `stocked` is not the sum of their movements: id, stocked, sum."""
    rows = Discrepancy.objects.annotate(booked=Coalesce(Sum("movements__quantity"), 0))
    return rows.exclude(stocked=F("booked")).order_by("id").values_list("pk", "stocked", "booked").iterator()


def receipts_against_ledger() -> Iterator[UUID]:
    """Receipts that put other units into stock than they were asked to."""
    return (row.pk for row in Receipt.objects.raw(_NOT_AS_ASKED).iterator())


def orders_against_lines() -> Iterator[tuple[UUID, str]]:
    """Orders whose state and lines cannot both be true: id, state."""
    lines = PurchaseOrderLine.objects.filter(order=OuterRef("pk"))
    owing: QuerySet[PurchaseOrderLine] = lines.filter(open=True)
    rows = PurchaseOrder.objects.annotate(
        owes=Exists(owing),
        drafts=Exists(lines.filter(draft=True)),
        firm=Exists(lines.filter(draft=False)),
        elsewhere=Exists(lines.exclude(warehouse_id=OuterRef("warehouse_id"))),
    )
    wrong = rows.filter(
        Q(state__in=OWED, owes=False)
        | (~Q(state__in=[DRAFT, *OWED]) & Q(owes=True))
        | Q(state=DRAFT, firm=True)
        | (~Q(state=DRAFT) & Q(drafts=True))
        | Q(elsewhere=True)
    )
    return wrong.order_by("id").values_list("pk", "state").iterator()
