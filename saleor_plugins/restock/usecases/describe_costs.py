"""What an order cost in the end, line by line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from ...kernel.errors import NotFound
from ..domain.landed import share
from ..models import LandedCost
from ..store import costs, orders


@dataclass(frozen=True)
class LineCost:
    """A line: `goods` at their prices, its part `landed` of the costs, a `unit` rounded (None for none)."""

    pk: UUID
    units: int
    goods: int
    landed: int
    unit: int | None
    currency: str


@dataclass(frozen=True)
class OrderCosts:
    """Minor units of the order's currency; the lines' parts add up to `total`, unless nothing came at all."""

    currency: str
    total: int
    costs: tuple[LandedCost, ...]
    lines: tuple[LineCost, ...]


def describe_costs(order_id: UUID) -> OrderCosts:
    """The order's costs and who bears them. Raises NotFound (field ``id``)."""
    order = orders.all_orders().filter(pk=order_id).first()
    if order is None:
        raise NotFound("There is no such purchase order.", field="id")
    booked = costs.booked(order)
    weights = costs.line_weights([order_id])[order_id]
    borne: Counter[str] = Counter()
    for by in (LandedCost.VALUE, LandedCost.UNITS):
        borne.update(share(sum(row.converted for row in booked if row.by == by), by, weights))
    lines = (
        LineCost(
            UUID(key),
            weight.units,
            weight.value,
            borne[key],
            round((weight.value + borne[key]) / weight.units) if weight.units else None,
            order.currency,
        )
        for key, weight in weights.items()
    )
    return OrderCosts(order.currency, sum(row.converted for row in booked), tuple(booked), tuple(lines))
