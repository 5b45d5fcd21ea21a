"""How shipped units become returned, refunded or replaced ones: the rules every adapter shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..kernel.errors import Conflict, Invalid, NotFound
from .port import ReturnedItem, ReturnedState

_R, _BOTH = ReturnedState.RETURNED, ReturnedState.REFUNDED_AND_RETURNED
_KEPT, _REPLACED = ReturnedState.REFUNDED, ReturnedState.REPLACED
# What units in a fulfilment's state become when they are shown in another one.
_WAYS: Mapping[str, Mapping[ReturnedState, ReturnedState]] = {
    "FULFILLED": {state: state for state in ReturnedState},
    _KEPT: {_R: _BOTH, _BOTH: _BOTH, _REPLACED: _REPLACED},
    _R: {_BOTH: _BOTH, _REPLACED: _REPLACED},
}


@dataclass(frozen=True)
class Unit:
    """A fulfilment line that units may be taken from."""

    id: str
    fulfillment_id: str
    status: str
    quantity: int


@dataclass(frozen=True)
class Move:
    """Units of one parcel that change their state, by fulfilment line; `whole` when none stay behind."""

    fulfillment_id: str
    target: ReturnedState
    units: Mapping[str, int]
    whole: bool


def check_money(refund_amount: int, shipping_refund: int) -> None:
    """Raises Invalid (``refundAmount``)."""
    if not 0 <= shipping_refund <= refund_amount:
        raise Invalid("Must not be negative, nor below the part for shipping.", field="refundAmount")


def effective(state: ReturnedState, refund_amount: int) -> ReturnedState:
    """`state`, which money makes a refunded one."""
    return _BOTH if refund_amount and state is _R else state


def plan_moves(
    lines: Iterable[Unit], items: Sequence[ReturnedItem], state: ReturnedState
) -> tuple[Move, ...]:
    """What to change, parcels that only lose a part first. `lines` are all of the order's.

    Raises as `Returned.mark_returned`.
    """
    rows = {line.id: line for line in lines}
    wanted = count(items)
    moves: dict[str, dict[str, int]] = {}
    for line_id, units in wanted.items():
        row = rows.get(line_id)
        if row is None or state not in _WAYS.get(row.status, {}):
            raise NotFound("No such line was shipped.", field="fulfillmentLineId")
        if units > row.quantity:
            raise Invalid(f"There are only {row.quantity}.", field="quantity")
        moves.setdefault(row.fulfillment_id, {})[line_id] = units
    made = []
    for fulfillment_id, units_by_line in moves.items():
        mine = [row for row in rows.values() if row.fulfillment_id == fulfillment_id]
        whole = all(units_by_line.get(row.id, 0) == row.quantity for row in mine)
        made.append(Move(fulfillment_id, _WAYS[mine[0].status][state], units_by_line, whole))
    return tuple(sorted(made, key=lambda move: move.whole))


def count(items: Sequence[ReturnedItem]) -> dict[str, int]:
    """Units by fulfilment line. Raises Invalid (``items``, ``quantity``)."""
    if not items:
        raise Invalid("Name at least one item.", field="items", code="REQUIRED")
    wanted: dict[str, int] = {}
    for item in items:
        if item.quantity < 1:
            raise Invalid("Quantity must be at least 1.", field="quantity")
        wanted[item.fulfillment_line_id] = wanted.get(item.fulfillment_line_id, 0) + item.quantity
    return wanted


def restated(status: str, state: ReturnedState) -> ReturnedState:
    """What a fulfilment in `status` becomes. Raises Conflict (``fulfillmentId``)."""
    if status == state:
        return state
    target = _WAYS.get(status, {}).get(state) if status != "FULFILLED" else None
    if target is None:
        raise Conflict(f"A {status} fulfillment does not become {state}.", field="fulfillmentId")
    return target


def in_words(state: ReturnedState) -> str:
    """How a note begins."""
    return {
        _R: "Returned",
        _BOTH: "Returned and refunded",
        _KEPT: "Refunded and kept",
        _REPLACED: "Exchanged",
    }[state]
