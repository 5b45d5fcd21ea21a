"""Purchase orders: their states, and what may be booked as received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saleor_plugins.kernel.errors import Invalid, NotFound, Required
from saleor_plugins.kernel.transitions import Machine, transition

DRAFT = "DRAFT"
APPROVED = "APPROVED"
SENT = "SENT"
PARTLY_RECEIVED = "PARTLY_RECEIVED"
RECEIVED = "RECEIVED"
CANCELED = "CANCELED"

STATES = (DRAFT, APPROVED, SENT, PARTLY_RECEIVED, RECEIVED, CANCELED)
OWED = (APPROVED, SENT, PARTLY_RECEIVED)
"""States in which the supplier still owes units: they count as on order."""

MACHINE = Machine(
    "purchase order",
    (
        transition("approve", [DRAFT], APPROVED, "staff, or the run below the limit"),
        transition("send", [APPROVED], SENT, "staff, or the worker that mailed it"),
        transition("amend", [APPROVED, SENT], APPROVED, "staff"),
        transition("receive part", OWED, PARTLY_RECEIVED, "staff"),
        transition("receive all", OWED, RECEIVED, "staff"),
        transition("cancel", [DRAFT, *OWED], CANCELED, "staff"),
        transition("withdraw", [DRAFT], CANCELED, "the nightly run, when the need is gone"),
    ),
)

MAX_UNITS = 1_000_000
"""More units than this in one line is a typing error."""


@dataclass(frozen=True)
class Line:
    """A line of an order: `tolerance` units may arrive above `ordered`."""

    id: str
    variant_id: str
    ordered: int
    received: int = 0
    tolerance: int = 0

    @property
    def owed(self) -> int:
        """Units still to come."""
        return max(self.ordered - self.received, 0)


@dataclass(frozen=True)
class Arrival:
    """Units of a line that arrived."""

    line_id: str
    quantity: int


def check_arrivals(state: str, lines: Sequence[Line], arrivals: Sequence[Arrival]) -> tuple[str, list[Line]]:
    """The order's next state and its lines after `arrivals`.

    Raises Conflict in a state that takes no goods; Required (field ``lines``) for none; and for line i
    NotFound (``lines.i.lineId``) when it is of another order, Invalid when it is named twice, or
    Invalid (``lines.i.quantity``) when it is not positive or above what may still arrive.
    """
    MACHINE.target(state, "receive part")
    if not arrivals:
        raise Required("Name at least one line that arrived.", field="lines")
    after = {line.id: line for line in lines}
    named: set[str] = set()
    for index, arrival in enumerate(arrivals):
        if arrival.line_id in named:
            raise Invalid("This line is named twice.", field=f"lines.{index}.lineId")
        named.add(arrival.line_id)
        after[arrival.line_id] = _arrive(after, arrival, index)
    done = all(not line.owed for line in after.values())
    return MACHINE.target(state, "receive all" if done else "receive part"), list(after.values())


def _arrive(lines: Mapping[str, Line], arrival: Arrival, index: int) -> Line:
    line = lines.get(arrival.line_id)
    if line is None:
        raise NotFound("This order has no such line.", field=f"lines.{index}.lineId")
    if arrival.quantity <= 0:
        raise Invalid("Must be at least 1.", field=f"lines.{index}.quantity")
    most = line.ordered + line.tolerance - line.received
    if arrival.quantity > most:
        raise Invalid(f"At most {max(most, 0)} more may arrive.", field=f"lines.{index}.quantity")
    return Line(line.id, line.variant_id, line.ordered, line.received + arrival.quantity, line.tolerance)


def tolerance(ordered: int, percent: int) -> int:
    """Units that may arrive above `ordered`: `percent` of it, rounded down."""
    return ordered * percent // 100
