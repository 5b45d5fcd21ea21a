"""Refunds that are due by law, and refunds whose goods never came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform import shop

from ..domain.reports.found import Deadlines, Due, Unreceived
from ..domain.reports.scope import Scope
from ..domain.rules.law import REFUND_DAYS, law_of
from ..models import Refund, Return, ReturnLine
from ..store.history import VOID
from .within import asked, placed_where

SOON = timedelta(days=3)
OUTSTANDING = F("requested") - F("declined") - F("missing") - F("rejected") - F("settled")
CHUNK = 1000


def deadlines(scope: Scope, limit: int = 50) -> Deadlines:
    """Withdrawals of the scope's channel and country whose money is not all back today, whenever asked for.

    The day is the shop's; 14 days after the day on which the customer withdrew (2011/83/EU, Article 13(1)).
    """
    zone = ZoneInfo(shop().time_zone())
    today = clock.now().astimezone(zone).date()
    rows = _waiting(scope)
    last = timedelta(days=REFUND_DAYS)
    late = Q(created__lt=_midnight(today - last, zone))
    soon = Q(created__lt=_midnight(today - last + SOON + timedelta(days=1), zone))
    counts = rows.aggregate(
        overdue=Count("pk", filter=late), soon=Count("pk", filter=soon & ~late), all=Count("pk")
    )
    found = tuple(_due(row, zone, today) for row in _dues(rows)[:limit])
    rest = counts["all"] - counts["overdue"] - counts["soon"]
    return Deadlines(counts["overdue"], counts["soon"], rest, found)


def all_deadlines(scope: Scope) -> Iterator[Due]:
    """Every one of them, the most urgent first."""
    zone = ZoneInfo(shop().time_zone())
    today = clock.now().astimezone(zone).date()
    for row in _dues(_waiting(scope)).iterator(chunk_size=CHUNK):
        yield _due(row, zone, today)


def unreceived(scope: Scope, limit: int | None = None) -> Iterator[Unreceived]:
    """Lines of returns asked for in the scope with units that are credited and never came, oldest first."""
    first = Refund.objects.filter(rma=OuterRef("rma")).order_by().values("rma").annotate(at=Min("created"))
    rows = ReturnLine.objects.filter(credited__gt=F("kept") + F("received"), **asked(scope, "rma__"))
    rows = rows.select_related("rma__order", "line").defer("rma__policy", "rma__terms")
    rows = rows.annotate(decided=Subquery(first.values("at"))).order_by("rma_id", "position")
    for row in (rows[:limit] if limit else rows).iterator(chunk_size=CHUNK):
        units, line = row.credited - row.kept - row.received, row.line
        yield Unreceived(
            to_global("Return", row.rma_id),
            row.rma.number,
            row.rma.order_id,
            row.rma.state,
            line.sku,
            units,
            (line.credited_net + line.credited_tax) * units // line.credited,
            row.rma.order.currency,
            row.decided or row.rma.created,
        )


def unreceived_units(scope: Scope) -> int:
    """How many units that is in all."""
    rows = ReturnLine.objects.filter(credited__gt=F("kept") + F("received"), **asked(scope, "rma__"))
    return int(rows.aggregate(n=Sum(F("credited") - F("kept") - F("received")))["n"] or 0)


def _dues(rows: Any) -> Any:
    """With what a `Due` tells, oldest first."""
    told = rows.select_related("order").defer("policy", "terms").order_by("created", "pk")
    return told.annotate(arrived=Sum("lines__received"), units=Sum(_of_line()))


def _of_line() -> Any:
    names = ("declined", "missing", "rejected", "settled")
    expression: Any = F("lines__requested")
    for name in names:
        expression = expression - F(f"lines__{name}")
    return expression


def _waiting(scope: Scope) -> Any:
    lines = ReturnLine.objects.annotate(left=OUTSTANDING).filter(left__gt=0)
    rows = Return.objects.filter(
        withdrawal=True, pk__in=lines.values("rma"), **placed_where(scope, "order__")
    )
    return rows.exclude(state__in=VOID)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _due(row: Any, zone: ZoneInfo, today: date) -> Due:
    last = row.created.astimezone(zone).date() + timedelta(days=REFUND_DAYS)
    return Due(
        to_global("Return", row.pk),
        row.number,
        row.order_id,
        law_of(row.order.country),
        row.created,
        last,
        (last - today).days,
        not row.arrived and row.scanned is None,
        row.units,
    )
