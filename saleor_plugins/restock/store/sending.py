"""What went out to suppliers, and what is on its way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ...kernel import clock
from ..models import PurchaseOrder, SentOrder

# Longer than a mail server or a supplier's server is given to answer: who takes longer is taken for dead.
LEASE = timedelta(minutes=5)
_MAY_BE_OUT = Q(sent__isnull=False) | Q(error="")


def of_order(order_id: UUID) -> QuerySet[SentOrder]:
    """Everything that was sent of an order."""
    return SentOrder.objects.filter(order_id=order_id)


def find(order: PurchaseOrder, revision: int, *, cancels: bool = False) -> SentOrder | None:
    """What there is of that revision; call it with the order held."""
    return SentOrder.objects.filter(order=order, revision=revision, cancels=cancels).first()


def last_out(order: PurchaseOrder, *, before: int | None = None) -> SentOrder | None:
    """The last revision that the supplier has, or may have."""
    rows = SentOrder.objects.filter(_MAY_BE_OUT, order=order, cancels=False)
    if before is not None:
        rows = rows.filter(revision__lt=before)
    return rows.order_by("-revision").first()


def under_way(order: PurchaseOrder) -> timedelta | None:
    """How long to wait while a worker may be sending anything of the order; None when nobody is."""
    since = clock.now() - LEASE
    going = SentOrder.objects.filter(order=order, sent=None, error="", created__gt=since)
    last = going.order_by("-created").first()
    return last.created - since if last else None


def reserve(row: SentOrder, **values: Any) -> SentOrder:
    """Take `row` for sending: stored, begun now, without an error."""
    for name, value in {**values, "created": clock.now(), "error": ""}.items():
        setattr(row, name, value)
    row.save()
    return row


def settle(row: SentOrder) -> bool:
    """Write down that it went; False when it was written down already."""
    rows = SentOrder.objects.filter(pk=row.pk, sent=None)
    return bool(rows.update(sent=clock.now(), error=""))


def refuse(row: SentOrder, error: str) -> None:
    """Write down why it did not go, unless another worker has it by now."""
    SentOrder.objects.filter(pk=row.pk, sent=None, created=row.created).update(error=error[:500])
