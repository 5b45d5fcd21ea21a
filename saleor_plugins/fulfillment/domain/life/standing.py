"""Whether a committed plan still stands, so that an order that only "was updated" is not moved about.

A cheaper plan alone does not undo a promise: only a changed need, place or stock does, or a
person who asks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from ..facts import Request
from ..sourcing.decision import Parcel
from ..sourcing.record import slots

Slots = Mapping[tuple[str, str], int]


def stands(
    parcels: Collection[Parcel], country: str, request: Request, held: Slots, alone: Collection[str]
) -> bool:
    """True when the order holds what the plan promised it, or the unshipped rest of that, and no more is due.

    `held` are its allocations by (line, warehouse); lines in `alone` are not looked at.
    """
    if country != request.country:
        return False
    promised = slots(parcels)
    ours = {slot: units for slot, units in held.items() if slot[0] not in alone}
    if any(units > promised.get(slot, 0) for slot, units in ours.items()):
        return False
    per_line: Counter[str] = Counter()
    for (line_id, _), units in ours.items():
        per_line[line_id] += units
    due = {line.id: line.quantity for line in request.lines if line.id not in alone}
    return all(per_line[line_id] == units for line_id, units in due.items()) and _deliverable(request, ours)


def _deliverable(request: Request, held: Slots) -> bool:
    """Whether every warehouse still has what it promised this order."""
    variant = {line.id: line.variant_id or "" for line in request.lines}
    free = {source.id: source for source in request.sources}
    asked: Counter[tuple[str, str]] = Counter()
    for (line_id, warehouse_id), units in held.items():
        asked[warehouse_id, variant[line_id]] += units
    return all(
        warehouse_id in free and free[warehouse_id].units(variant_id) >= units
        for (warehouse_id, variant_id), units in asked.items()
    )
