"""Lists of purchase orders as people look for them."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models import Value as V
from django.db.models.functions import Coalesce, TruncDate

from ..domain.order import OWED
from ..models import PurchaseOrder, PurchaseOrderLine

MAX_NUMBER = 18
"""Digits of a number that the database can hold."""


def late(today: date, zone: str, lead_days: int) -> Q:
    """Which orders owe a line that should have come before `today`.

    Its own expected day counts, then the order's, then approval plus the supplier's lead time (`lead_days`
    where they say none).
    """
    taken = Coalesce(F("order__supplier__lead_days"), V(lead_days)) * V(timedelta(days=1))
    usual = F("order__approved_at") + ExpressionWrapper(taken, output_field=DurationField())
    by_lead = TruncDate(ExpressionWrapper(usual, output_field=DateTimeField()), tzinfo=ZoneInfo(zone))
    lines = PurchaseOrderLine.objects.filter(order=OuterRef("pk"), open=True, order__state__in=OWED)
    due = lines.annotate(due=Coalesce("expected_on", "order__expected_on", by_lead))
    return Q(Exists(due.filter(due__lt=today)))


def found(rows: QuerySet[PurchaseOrder], text: str) -> QuerySet[PurchaseOrder]:
    """Orders of that number, with `text` in the supplier's reference or name, or with a line of that SKU."""
    text = text.strip()
    sku = PurchaseOrderLine.objects.filter(order=OuterRef("pk")).filter(
        Q(sku__iexact=text) | Q(supplier_sku__iexact=text)
    )
    wanted = Q(supplier_reference__icontains=text) | Q(supplier__name__icontains=text) | Q(Exists(sku))
    digits = text.lstrip("#")
    if digits.isascii() and digits.isdigit() and len(digits) <= MAX_NUMBER:
        wanted |= Q(number=int(digits))
    return rows.filter(wanted)
