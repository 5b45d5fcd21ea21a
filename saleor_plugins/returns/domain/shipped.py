"""What was shipped and where it is, read from the shop's fulfilments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from saleor_plugins.kernel.errors import Conflict

# Not yet out of the house, or back in it without a return.
_NEVER_LEFT = frozenset({"CANCELED", "WAITING_FOR_APPROVAL"})
_WITH_CUSTOMER = "FULFILLED"


@dataclass(frozen=True)
class ParcelLine:
    """Units of an order line in a fulfilment, and when they left the house."""

    id: str
    order_line_id: str
    status: str
    quantity: int
    created: datetime
    fulfillment_id: str = ""


def shipped(parcels: Iterable[ParcelLine], shown: Mapping[str, int]) -> dict[str, int]:
    """Units per order line that the desk is responsible for.

    `shown` counts the desk's own returns that the shop shows as returned fulfilments; what it
    shows beyond those was returned, refunded or replaced in the shop's own screens: not ours.
    """
    out: dict[str, int] = {}
    away: dict[str, int] = {}
    for line in left_the_house(parcels):
        out[line.order_line_id] = out.get(line.order_line_id, 0) + line.quantity
        if line.status != _WITH_CUSTOMER:
            away[line.order_line_id] = away.get(line.order_line_id, 0) + line.quantity
    return {key: units - max(away.get(key, 0) - shown.get(key, 0), 0) for key, units in out.items()}


def left_the_house(parcels: Iterable[ParcelLine]) -> list[ParcelLine]:
    """What was sent, wherever it is by now."""
    return [line for line in parcels if line.status not in _NEVER_LEFT]


def with_customer(parcels: Iterable[ParcelLine], unshown: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Per order line, the fulfilment lines a unit can come back from, and how many.

    `unshown` counts, per fulfilment line, units that came back and that the shop cannot show as returned.
    """
    left: dict[str, dict[str, int]] = {}
    for line in parcels:
        units = line.quantity - unshown.get(line.id, 0)
        if line.status == _WITH_CUSTOMER and units > 0:
            left.setdefault(line.order_line_id, {})[line.id] = units
    return left


def youngest(
    parcels: Iterable[ParcelLine], left: Mapping[str, Mapping[str, int]], delivered: Mapping[str, datetime]
) -> dict[str, datetime]:
    """Per order line, when its youngest parcel with units in `left` arrived, or was sent where nobody knows.

    `delivered` is by fulfilment. The last parcel counts for the whole line, so nobody loses a day.
    """
    since: dict[str, datetime] = {}
    for line in parcels:
        if line.id in left.get(line.order_line_id, {}):
            at = delivered.get(line.fulfillment_id, line.created)
            since[line.order_line_id] = max(at, since.get(line.order_line_id, at))
    return since


def pick(left: dict[str, int], quantity: int, preferred: str = "") -> dict[str, int]:
    """Take `quantity` units out of `left` (changed), the preferred fulfilment line first, then in order.

    Raises Conflict (code ``NOT_WITH_CUSTOMER``) when the shop says that fewer are out.
    """
    taken: dict[str, int] = {}
    for key in sorted(left, key=lambda key: key != preferred):
        units = min(left[key], quantity)
        if units:
            taken[key] = units
            left[key] -= units
            quantity -= units
    if quantity:
        raise Conflict(
            "The shop shows fewer units with the customer.", field="lines", code="NOT_WITH_CUSTOMER"
        )
    return taken
