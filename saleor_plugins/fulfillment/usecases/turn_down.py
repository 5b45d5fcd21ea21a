"""A warehouse does not ship an order, or finds fewer units than it was asked for: the rest moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from ...platform import shop
from ...platform.port import Order
from .. import store
from ..models import Turndown
from .load import Facts

LEFT = ("FULFILLED", "WAITING_FOR_APPROVAL")


def without_shipped(order: Order, facts: Facts) -> Facts:
    """`facts`, in which units that a short pick found and that have left since cannot be asked for again."""
    if not any(source.most for source in facts.request.sources):
        return facts
    left = shipped(order)
    found: dict[str, dict[str, int]] = {}
    for row in store.turndowns(order.id, lifted=False):
        if row.kind == Turndown.SHORT_PICK:
            now = left.get((row.warehouse_id, row.variant_id), 0)
            units = max(row.found - max(now - row.shipped, 0), 0)
            if now != row.shipped:
                store.note_shipped(row, units, now)
            found.setdefault(row.warehouse_id, {})[row.variant_id] = units
    sources = tuple(
        replace(source, most={**source.most, **found.get(source.id, {})}) for source in facts.request.sources
    )
    return replace(facts, request=replace(facts.request, sources=sources))


def shipped(order: Order) -> Mapping[tuple[str, str], int]:
    """Units that have left for the order, by (warehouse, variant)."""
    variants = {line.id: line.variant_id or "" for line in order.lines}
    units: Counter[tuple[str, str]] = Counter()
    for parcel in shop().fulfillments(order.id):
        if parcel.status in LEFT:
            for line in parcel.lines:
                units[line.warehouse_id or "", variants.get(line.order_line_id, "")] += line.quantity
    return units
