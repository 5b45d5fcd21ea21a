"""Book what an order cost beside its goods."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, KeyReused, Required
from ...platform import shop
from ..domain.order import DRAFT
from ..models import LandedCost, PurchaseOrder
from ..store import costs, orders, rates
from .amounts import amount_of, checked_currency

KINDS = ("FREIGHT", "DUTY", "INSURANCE", "HANDLING", "OTHER")
MAX_REFERENCE = 100


def book_cost(
    order_id: UUID,
    reference: str,
    kind: str,
    amount: str,
    *,
    currency: str = "",
    share_by: str = LandedCost.VALUE,
    by: str = "",
) -> LandedCost:
    """Book a cost once under `reference`, e.g. the carrier's bill; a correction is one below zero.

    `currency` is the order's unless said, other ones count at the rate of today. The lines bear it by value
    or by units. Raises NotFound (``id``), Conflict for a draft, Required or Invalid (``reference``,
    ``amount``, ``currency`` without a rate, ``kind``, ``by``), KeyReused.
    """
    reference = reference.strip()
    if not reference:
        raise Required("Name the bill.", field="reference")
    if len(reference) > MAX_REFERENCE:
        raise Invalid(f"Must be at most {MAX_REFERENCE} characters.", field="reference")
    if kind not in KINDS:
        raise Invalid(f"Must be one of {', '.join(KINDS)}.", field="kind")
    if share_by not in (LandedCost.VALUE, LandedCost.UNITS):
        raise Invalid("Must be VALUE or UNITS.", field="by")
    with transaction.atomic():
        order = orders.lock(order_id)
        if order.state == DRAFT:
            raise Conflict("A draft costs nothing yet.", field="state")
        currency = checked_currency(currency or order.currency)
        minor = amount_of(amount, currency, "amount", signed=True)
        row = LandedCost(order=order, reference=reference, kind=kind, amount=minor, currency=currency)
        row.by, row.booked_by, row.at = share_by, by, clock.now()
        known = costs.booked_under(order, reference)
        if known:
            return _same(known, row)
        row.converted = _converted(order, minor, currency)
        row.save(force_insert=True)
    return row


def _same(known: LandedCost, row: LandedCost) -> LandedCost:
    names = ("kind", "amount", "currency", "by")
    if any(getattr(known, name) != getattr(row, name) for name in names):
        raise KeyReused("This reference was booked with something else.", field="reference")
    return known


def _converted(order: PurchaseOrder, minor: int, currency: str) -> int:
    """The amount in the order's currency; together costs never fall below zero."""
    if not minor:
        raise Invalid("Must not be zero.", field="amount")
    today = clock.day_of(clock.now(), shop().time_zone())
    converted = rates.convert(minor, currency, order.currency, today)
    if converted is None:
        raise Invalid(f"There is no rate from {currency} to {order.currency}.", field="currency")
    if costs.booked_on(order) + converted < 0:
        raise Invalid("This takes back more than was booked.", field="amount")
    return converted
