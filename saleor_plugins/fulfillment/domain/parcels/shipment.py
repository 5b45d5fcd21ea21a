"""The life of a shipment: what is allowed, and the state that a ledger of scans adds up to.

Scans come late, twice and out of order, so the state is never moved by what arrives: it is computed anew from
everything that is known, in the order in which it happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ....carriers.states import (
    CANCELED,
    CREATED,
    DELIVERED,
    EXCEPTION,
    IN_TRANSIT,
    ON_THE_WAY,
    OUT_FOR_DELIVERY,
    OUTWARD,
    REPORTED,
    RETURNED,
    RETURNING,
    STATES,
    Scan,
    Source,
)
from ....kernel.transitions import Machine, transition

__all__ = [
    "CANCELED",
    "CREATED",
    "DELIVERED",
    "EXCEPTION",
    "IN_TRANSIT",
    "ON_THE_WAY",
    "OUTWARD",
    "OUT_FOR_DELIVERY",
    "REPORTED",
    "RETURNED",
    "RETURNING",
    "STATES",
    "Scan",
    "Source",
]

CREATE = "create"
TRACK = "track"
CANCEL = "cancel"
CORRECT = "correct"
_ALL = "staff, CSV, carrier"

SHIPMENT = Machine(
    "shipment",
    [
        *(transition(TRACK, [state], state, "staff, CSV, Saleor") for state in OUTWARD),
        transition("move", OUTWARD, IN_TRANSIT, _ALL),
        transition("go_out", OUTWARD, OUT_FOR_DELIVERY, _ALL),
        transition("fail", OUTWARD, EXCEPTION, _ALL),
        transition("deliver", OUTWARD, DELIVERED, _ALL),
        transition("turn_back", [*OUTWARD, DELIVERED], RETURNING, _ALL),
        transition("come_back", [*OUTWARD, DELIVERED, RETURNING], RETURNED, _ALL),
        transition(CORRECT, [DELIVERED, RETURNING, RETURNED], EXCEPTION, "staff"),
        transition(CANCEL, [state for state in STATES if state != CANCELED], CANCELED, "staff, Saleor"),
    ],
)

_VERB = {
    IN_TRANSIT: "move",
    OUT_FOR_DELIVERY: "go_out",
    EXCEPTION: "fail",
    DELIVERED: "deliver",
    RETURNING: "turn_back",
    RETURNED: "come_back",
    CANCELED: CANCEL,
}


def verb_for(seen: str, state: str, source: Source) -> str:
    """The verb by which `source` takes a parcel that is `seen` to `state`; the table may not allow it."""
    if state == EXCEPTION and source is Source.STAFF and seen not in OUTWARD:
        return CORRECT
    return _VERB[state]


def way_of(scans: Iterable[Scan]) -> list[Scan]:
    """Those of the scans that brought the parcel to another state, in the order in which they happened.

    One that the table does not allow from where the parcel then is, is history only: so DELIVERED stays
    until the parcel is on its way back or staff corrects it. At the same instant the scan that is further
    along counts, and staff has the last word. A cancellation is Saleor's fact and final.
    """
    rows = sorted(scans, key=_when)
    state, way = CREATED, []
    for row in rows:
        verb = verb_for(state, row.state, row.source)
        if row.state != state and row.state != CANCELED and SHIPMENT.allows(state, verb):
            state = row.state
            way.append(row)
    ended = [row for row in rows if row.state == CANCELED]
    return [*way, ended[0]] if ended else way


def state_of(scans: Iterable[Scan]) -> str:
    """The state that the scans add up to, in whatever order they are given and however often."""
    way = way_of(scans)
    return way[-1].state if way else CREATED


def _when(scan: Scan) -> tuple[datetime, bool, int]:
    return scan.at, scan.source is Source.STAFF, STATES.index(scan.state)
