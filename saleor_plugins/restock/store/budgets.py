"""What the merchant allows to be spent, and what is spent of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, QuerySet, Sum, When

from ..domain.order import CANCELED, DRAFT
from ..models import Budget, PurchaseOrderLine


def on(day: date) -> list[Budget]:
    """The budgets that hold on `day`, oldest first."""
    return list(Budget.objects.filter(since__lte=day, until__gte=day).order_by("id"))


def approved(since: datetime, until: datetime) -> dict[str, int]:
    """What orders approved in [since, until) cost, by currency; of cancelled ones what arrived."""
    lines = PurchaseOrderLine.objects.filter(order__approved_at__gte=since, order__approved_at__lt=until)
    return _sums(lines)


def drafted(but: QuerySet[Any]) -> dict[str, int]:
    """What the lines of drafts cost, by currency, without those whose keys a query `but` finds."""
    return _sums(PurchaseOrderLine.objects.filter(order__state=DRAFT).exclude(pk__in=but))


def _sums(lines: QuerySet[PurchaseOrderLine]) -> dict[str, int]:
    counted = Case(When(order__state=CANCELED, then=F("received")), default=F("ordered"))
    rows = lines.values("order__currency").annotate(total=Sum(counted * F("price"))).order_by()
    return {row["order__currency"]: row["total"] or 0 for row in rows}
