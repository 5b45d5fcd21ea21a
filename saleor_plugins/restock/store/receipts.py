"""What arrived of purchase orders, and what came otherwise than ordered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet

from ...kernel.errors import NotFound
from ..models import Discrepancy, PurchaseOrder, Receipt, StockMovement


def receipt(order: PurchaseOrder, reference: str) -> Receipt | None:
    """The order's receipt under that reference, if it was booked already."""
    return Receipt.objects.filter(order=order, reference=reference).first()


def book(receipt: Receipt, odd: Sequence[Discrepancy], movements: Sequence[StockMovement]) -> None:
    """Write a receipt with its discrepancies and its ledger entries."""
    receipt.save(force_insert=True)
    note(odd)
    StockMovement.objects.bulk_create(movements)


def note(odd: Iterable[Discrepancy]) -> None:
    """Write discrepancies."""
    Discrepancy.objects.bulk_create(odd)


def discrepancies() -> QuerySet[Discrepancy]:
    """All discrepancies."""
    return Discrepancy.objects.all()


def discrepancy(discrepancy_id: str) -> Discrepancy:
    """The discrepancy."""
    return Discrepancy.objects.get(pk=discrepancy_id)


def lock_discrepancy(discrepancy_id: UUID) -> Discrepancy:
    """The discrepancy, its row held for the transaction. Raises NotFound (field ``id``)."""
    found = Discrepancy.objects.select_for_update().filter(pk=discrepancy_id).first()
    if found is None:
        raise NotFound("There is no such discrepancy.", field="id")
    return found
