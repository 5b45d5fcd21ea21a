"""Exchange rates, lanes between warehouses and budgets. Every refusal names its field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from ...http.texts import required
from ...kernel.errors import Invalid, Required
from ..models import Budget, ExchangeRate, TransferLane
from ..store import trade
from . import supplier_fields as check

_LEAST, _MOST = Decimal("1e-10"), Decimal(10) ** 9


def set_rate(currency: str, into: str, rate: str, since: date) -> ExchangeRate:
    """One unit of `currency` is worth `rate` units of `into` from `since` on; the same day anew replaces it.

    Raises Invalid (``currency``, ``into``, ``rate``).
    """
    check.currency(currency)
    check.currency(into, field="into")
    if currency == into:
        raise Invalid("Must be another currency.", field="into")
    try:
        value = Decimal(rate.strip())
    except InvalidOperation:
        raise Invalid("Must be a number, as in 0.92.", field="rate") from None
    if not value.is_finite() or not _LEAST <= value <= _MOST or value != round(value, 10):
        raise Invalid("Must be above zero, with at most ten decimals.", field="rate")
    return trade.set_rate(currency, into, since, value)


def set_lane(
    source_id: str, target_id: str, days: int, cost: str = "0", currency: str = "", *, active: bool = True
) -> TransferLane:
    """Goods may go from one warehouse to another in `days`, a transfer for `cost`.

    Raises NotFound or Invalid (``sourceId``, ``targetId``), Invalid (``days``, ``cost``, ``currency``),
    Required (``currency``).
    """
    check.warehouse(source_id, field="sourceId")
    check.warehouse(target_id, field="targetId")
    if source_id == target_id:
        raise Invalid("Must be another warehouse.", field="targetId")
    check.within(days, 0, check.MAX_LEAD_DAYS, "days")
    if currency:
        check.currency(currency)
    minor = check.amount(cost, currency, field="cost")
    if minor and not currency:
        raise Required("Say in which currency.", field="currency")
    return trade.set_lane(source_id, target_id, days=days, cost=minor, currency=currency, active=active)


def remove_lane(lane_id: UUID) -> None:
    """No transfers this way any more. Repeatable."""
    trade.drop_lane(lane_id)


def set_budget(
    budget_id: UUID | None, name: str, amount: str, currency: str, since: date, until: date
) -> Budget:
    """At most `amount` is ordered from `since` to `until`, both included; without an id a new budget.

    Raises NotFound (``id``), Required (``name``), Invalid (``name``, ``amount``, ``currency``, ``until``).
    """
    name = required(name, field="name", most=200)
    check.currency(currency)
    minor = check.amount(amount, currency, field="amount")
    if until < since:
        raise Invalid("Must not be before `since`.", field="until")
    return trade.set_budget(budget_id, name=name, amount=minor, currency=currency, since=since, until=until)


def remove_budget(budget_id: UUID) -> None:
    """Forget a budget. Repeatable."""
    trade.drop_budget(budget_id)
