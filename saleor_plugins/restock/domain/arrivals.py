"""What may be booked as received, and what becomes of an order when it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, Required

from .order import CANCELED, MACHINE, MAX_UNITS, RECEIVED, Arrival, Line

CLOSED = (RECEIVED, CANCELED)
"""States in which nothing is expected any more: what comes all the same is too many."""


@dataclass(frozen=True)
class Booked:
    """An order after a delivery: its state, its lines, and units of each line `over` what it may take."""

    state: str
    lines: tuple[Line, ...]
    over: Mapping[str, int]


def check_arrivals(
    state: str,
    lines: Sequence[Line],
    arrivals: Sequence[Arrival],
    *,
    accept_over: bool = False,
    unordered: bool = False,
) -> Booked:
    """What `arrivals` make of an order; too many are refused, or counted apart with `accept_over`.

    Raises Conflict (field ``state``) in a state that takes no goods; Required (``lines``) for none, unless
    `unordered` goods came; and for line i NotFound (``lines.i.lineId``) when it is of another order, Invalid
    when it is named twice, or Invalid (``lines.i.quantity``, ``lines.i.damaged``) for no, too many or
    fewer than no units.
    """
    closed = state in CLOSED
    if closed and not accept_over:
        raise Conflict(
            f"A purchase order that is {state} expects nothing. What came all the same can be booked with "
            "acceptOver: it goes into stock, and the order stays as it is.",
            field="state",
        )
    if not closed:
        MACHINE.target(state, "receive part")
    if not arrivals and not unordered:
        raise Required("Name at least one line that arrived.", field="lines")
    after = {line.id: line for line in lines}
    over: dict[str, int] = {}
    for index, arrival in enumerate(arrivals):
        line = _named(after, arrivals, index)
        taken = min(arrival.quantity, 0 if closed else line.room)
        if arrival.quantity > taken:
            if not accept_over:
                raise Invalid(_too_many(line), field=f"lines.{index}.quantity")
            over[line.id] = arrival.quantity - taken
        after[line.id] = _with(line, taken)
    return Booked(state if closed else _state(state, after), tuple(after.values()), over)


def _named(lines: Mapping[str, Line], arrivals: Sequence[Arrival], index: int) -> Line:
    """The line that arrival `index` names, its numbers checked."""
    arrival = arrivals[index]
    line = lines.get(arrival.line_id)
    if line is None:
        raise NotFound("This order has no such line.", field=f"lines.{index}.lineId")
    if arrival.line_id in {before.line_id for before in arrivals[:index]}:
        raise Invalid("This line is named twice.", field=f"lines.{index}.lineId")
    for name, units in (("quantity", arrival.quantity), ("damaged", arrival.damaged)):
        if not 0 <= units <= MAX_UNITS:
            raise Invalid(f"Must be from 0 to {MAX_UNITS}.", field=f"lines.{index}.{name}")
    if not arrival.quantity and not arrival.damaged:
        raise Invalid("Must be at least 1, or leave the line out.", field=f"lines.{index}.quantity")
    return line


def _too_many(line: Line) -> str:
    return f"At most {line.room} more may arrive; with acceptOver more are booked as too many."


def _with(line: Line, units: int) -> Line:
    received = line.received + units
    return replace(line, received=received, open=line.open and received < line.ordered)


def _state(state: str, after: Mapping[str, Line]) -> str:
    if all(not line.owed for line in after.values()):
        return MACHINE.target(state, "receive all")
    if any(line.received for line in after.values()):
        return MACHINE.target(state, "receive part")
    return state
