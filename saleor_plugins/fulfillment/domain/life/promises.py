"""From a plan to the order's allocations: what is routed, and what must not be taken away.

Lines that are left alone keep what Saleor promised them. So do units that the rules could not source: a
missing rate must not give an order's stock to somebody else. But nothing is kept that a
warehouse no longer has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..facts import Request
from ..sourcing.decision import Parcel
from ..sourcing.record import slots

Slots = dict[tuple[str, str], int]


def allocations(request: Request, parcels: Iterable[Parcel], held: Mapping[tuple[str, str], int]) -> Slots:
    """Units by (line, warehouse) that the order should hold, given what it holds now."""
    wanted = dict(slots(parcels))
    lines = {line.id: line for line in request.lines if line.tracks_stock and line.variant_id}
    room = {key: line.quantity for key, line in lines.items()}
    left = {
        (source.id, variant): units for source in request.sources for variant, units in source.free.items()
    }
    for (line_id, warehouse_id), units in wanted.items():
        room[line_id] -= units
        left[warehouse_id, lines[line_id].variant_id or ""] -= units
    for (line_id, warehouse_id), units in sorted(held.items()):
        line = lines.get(line_id)
        if line is None:
            continue
        place = (warehouse_id, line.variant_id or "")
        kept = min(units, room[line_id], max(left.get(place, 0), 0))
        already = min(units, wanted.get((line_id, warehouse_id), 0))
        kept = min(kept, units - already)
        if kept > 0:
            wanted[line_id, warehouse_id] = wanted.get((line_id, warehouse_id), 0) + kept
            room[line_id] -= kept
            left[place] -= kept
    return wanted
