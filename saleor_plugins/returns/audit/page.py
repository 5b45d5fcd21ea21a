"""A page of orders with the rows of all ledgers about them, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Max, Min, Sum

from ..models import (
    Followup,
    Inspection,
    LedgerEntry,
    OrderLedger,
    PaymentLedger,
    ReceiptLine,
    Refund,
    RefundAllocation,
    RefundPart,
    Return,
    ReturnableLine,
    ReturnLine,
)
from ..store.steps import BUCKETS

Row = dict[str, Any]
SIZE = 500
# Verbs whose data count units.
COUNTING = ("receive", "inspect", "follow_up")


@dataclass
class Page:
    """Rows as dictionaries; those that may be many per order are added up by the database."""

    orders: dict[str, Row]
    lines: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    return_lines: list[Row] = field(default_factory=list)
    receipt_lines: list[Row] = field(default_factory=list)
    inspections: list[Row] = field(default_factory=list)
    followups: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)
    allocations: list[Row] = field(default_factory=list)
    refund_rows: list[Row] = field(default_factory=list)
    parts: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    payment_parts: list[Row] = field(default_factory=list)
    verbs: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)


@contextmanager
def one_moment() -> Iterator[None]:
    """All queries inside see the database at one moment, and none of them can write."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def order_ids(after: str, limit: int = SIZE) -> list[str]:
    """The next orders that the desk has met, by id."""
    rows = OrderLedger.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def load(ids: Sequence[str]) -> Page:
    """Everything about these orders."""
    page = Page({row["order_id"]: row for row in OrderLedger.objects.filter(pk__in=ids).values()})
    page.lines = list(ReturnableLine.objects.filter(order__in=ids).order_by("pk").values())
    returns = Return.objects.filter(order__in=ids).order_by("pk")
    page.returns = list(returns.values("id", "order_id", "number", "state"))
    of_order = {"order_id": F("rma__order_id")}
    lines = ReturnLine.objects.filter(rma__order__in=ids).order_by("pk")
    page.return_lines = list(lines.values("id", "rma_id", "line_id", "kept_shown", *BUCKETS, **of_order))
    _load_goods(page, ids)
    _load_money(page, ids)
    entries = LedgerEntry.objects.filter(rma__order__in=ids).order_by("pk")
    page.verbs = list(entries.values("rma_id", "verb"))
    page.entries = list(entries.filter(verb__in=COUNTING).values("rma_id", "verb", "data", **of_order))
    return page


def _load_goods(page: Page, ids: Sequence[str]) -> None:
    columns = ("id", "return_line_id", "quantity", "judged", "restocked", "shop_fulfillment_id")
    rows = ReceiptLine.objects.filter(receipt__rma__order__in=ids).order_by("pk")
    page.receipt_lines = list(
        rows.values(
            *columns,
            "fulfillment_line_id",
            rma_id=F("receipt__rma_id"),
            line_id=F("return_line__line_id"),
            order_id=F("receipt__rma__order_id"),
        )
    )
    judged = Inspection.objects.filter(receipt_line__receipt__rma__order__in=ids).order_by()
    page.inspections = list(
        judged.values(
            "receipt_line_id",
            "disposition",
            return_line_id=F("receipt_line__return_line_id"),
            rma_id=F("receipt_line__receipt__rma_id"),
            order_id=F("receipt_line__receipt__rma__order_id"),
        ).annotate(units=Sum("quantity"), put=Sum("moved"), last=Max(F("first_unit") + F("quantity")))
    )
    later = Followup.objects.filter(inspection__receipt_line__receipt__rma__order__in=ids).order_by()
    page.followups = list(
        later.values(
            "inspection_id",
            pile=F("inspection__quantity"),
            aside=F("inspection__disposition"),
            rma_id=F("inspection__receipt_line__receipt__rma_id"),
            order_id=F("inspection__receipt_line__receipt__rma__order_id"),
        ).annotate(units=Sum("quantity"), put=Sum("moved"), last=Max(F("first_unit") + F("quantity")))
    )


def _load_money(page: Page, ids: Sequence[str]) -> None:
    of_order = {"order_id": F("rma__order_id")}
    refunds = Refund.objects.filter(rma__order__in=ids).order_by("pk")
    page.refunds = list(refunds.values("id", "rma_id", "net", "tax", "state", **of_order))
    rows = RefundAllocation.objects.filter(order__in=ids).order_by()
    page.allocations = list(
        rows.values(
            "order_id",
            "order_line_id",
            "component",
            "refund_id",
            rma_id=F("refund__rma_id"),
            state=F("refund__state"),
        ).annotate(
            count=Count("pk"), sum_net=Sum("net"), sum_tax=Sum("tax"), first=Min("unit"), last=Max("unit")
        )
    )
    # A refund may give back the credit of an exchange's order: its row is that order's.
    mine = RefundAllocation.objects.filter(refund__rma__order__in=ids).order_by()
    page.refund_rows = list(mine.values("refund_id").annotate(sum_net=Sum("net"), sum_tax=Sum("tax")))
    # An exchange's order is paid by parts of its origin's refunds.
    origins = {row["origin_id"] for row in page.orders.values() if row["origin_id"]}
    wanted = {*ids, *origins}
    parts = RefundPart.objects.filter(refund__rma__order__in=wanted).order_by("pk")
    columns = ("id", "refund_id", "kind", "state", "amount", "payment_id", "target_id")
    page.parts = list(parts.values(*columns, order_id=F("refund__rma__order_id")))
    page.payments = list(PaymentLedger.objects.filter(order__in=ids).order_by("pk").values())
    given = RefundPart.objects.filter(payment__order__in=ids).order_by()
    page.payment_parts = list(given.values("payment_id", "state").annotate(sum=Sum("amount")))
