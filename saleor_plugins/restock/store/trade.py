"""Exchange rates, lanes between warehouses and budgets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ...kernel.errors import NotFound
from ..models import Budget, ExchangeRate, TransferLane


def rates() -> QuerySet[ExchangeRate]:
    """All rates."""
    return ExchangeRate.objects.all()


def set_rate(currency: str, into: str, since: date, rate: Decimal) -> ExchangeRate:
    """Create or overwrite the rate of a day."""
    row, _ = ExchangeRate.objects.update_or_create(
        currency=currency, into=into, since=since, defaults={"rate": rate}
    )
    return row


def lanes() -> QuerySet[TransferLane]:
    """All lanes."""
    return TransferLane.objects.all()


def set_lane(source_id: str, target_id: str, **values: Any) -> TransferLane:
    """Create or overwrite the lane between two warehouses."""
    row, _ = TransferLane.objects.update_or_create(source_id=source_id, target_id=target_id, defaults=values)
    return row


def drop_lane(lane_id: UUID) -> None:
    """Forget a lane."""
    TransferLane.objects.filter(pk=lane_id).delete()


def budgets() -> QuerySet[Budget]:
    """All budgets."""
    return Budget.objects.all()


def set_budget(budget_id: UUID | None, **values: Any) -> Budget:
    """Create or overwrite a budget. Raises NotFound (``id``)."""
    if budget_id is None:
        return Budget.objects.create(**values)
    if not Budget.objects.filter(pk=budget_id).update(**values):
        raise NotFound("There is no such budget.", field="id")
    return Budget.objects.get(pk=budget_id)


def drop_budget(budget_id: UUID) -> None:
    """Forget a budget."""
    Budget.objects.filter(pk=budget_id).delete()
