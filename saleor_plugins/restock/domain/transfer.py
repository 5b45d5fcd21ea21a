"""Transfers between warehouses: their states, and what may be shipped and received."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from saleor_plugins.kernel.errors import InsufficientStock, Invalid, NotFound, Required
from saleor_plugins.kernel.transitions import Machine, transition

DRAFT = "DRAFT"
APPROVED = "APPROVED"
SHIPPED = "SHIPPED"
PARTLY_RECEIVED = "PARTLY_RECEIVED"
RECEIVED = "RECEIVED"
CANCELED = "CANCELED"

STATES = (DRAFT, APPROVED, SHIPPED, PARTLY_RECEIVED, RECEIVED, CANCELED)
PROMISED = (APPROVED,)
"""States in which the source still has the units, and nobody else may count on them."""

UNDERWAY = (APPROVED, SHIPPED, PARTLY_RECEIVED)
"""States in which the target may count on what is to come."""

MACHINE = Machine(
    "transfer",
    (
        transition("approve", [DRAFT], APPROVED, "staff"),
        transition("ship", [APPROVED], SHIPPED, "staff at the source"),
        transition("receive part", [SHIPPED, PARTLY_RECEIVED], PARTLY_RECEIVED, "staff at the target"),
        transition("receive all", [SHIPPED, PARTLY_RECEIVED], RECEIVED, "staff at the target"),
        transition("cancel", [DRAFT, APPROVED], CANCELED, "staff"),
        transition("withdraw", [DRAFT], CANCELED, "the nightly run, when the need is gone"),
    ),
)


@dataclass(frozen=True)
class Line:
    """A line of a transfer: `shipped` units left the source, `received` and `lost` are those of them."""

    id: str
    variant_id: str
    quantity: int
    shipped: int = 0
    received: int = 0
    lost: int = 0

    @property
    def missing(self) -> int:
        """Units that left the source and of which nobody has said anything since."""
        return self.shipped - self.received - self.lost


@dataclass(frozen=True)
class Shipping:
    """Units of a line that leave the source."""

    line_id: str
    quantity: int


@dataclass(frozen=True)
class Arrival:
    """Units of a line that arrived at the target, and units that never will."""

    line_id: str
    quantity: int
    lost: int = 0


_Row = TypeVar("_Row", Shipping, Arrival)


def check_promise(lines: Sequence[Line], free: Mapping[str, int]) -> None:
    """Whether the source can promise all of `lines`; `free` units by variant, other promises taken off.

    Raises InsufficientStock (field ``lines.i.quantity``).
    """
    for index, line in enumerate(lines):
        _enough(line, line.quantity, free, index)


def check_shipping(
    state: str,
    lines: Sequence[Line],
    wanted: Sequence[Shipping] | None,
    free: Mapping[str, int],
    *,
    only_free: bool = False,
) -> tuple[str, list[Line]]:
    """The transfer's next state and its lines after `wanted` has left; None: all as planned.

    Lines that are not named ship nothing. With `only_free` a line ships what of it is free. Raises Conflict
    in another state than approved; for line i NotFound (``lines.i.lineId``) when it is of another transfer,
    Invalid when it is named twice, Invalid (``lines.i.quantity``) when it is below zero or above the plan,
    InsufficientStock when it is not free; Invalid (``lines``) when nothing would ship.
    """
    target = MACHINE.target(state, "ship")
    chosen = [Shipping(line.id, line.quantity) for line in lines] if wanted is None else wanted
    after = {line.id: line for line in lines}
    for index, (line, shipping) in enumerate(_named(after, chosen)):
        if not 0 <= shipping.quantity <= line.quantity:
            raise Invalid(f"Must be from 0 to {line.quantity}.", field=f"lines.{index}.quantity")
        units = shipping.quantity
        if only_free:
            units = min(units, max(free.get(line.variant_id, 0), 0))
        else:
            _enough(line, units, free, index)
        after[line.id] = replace(line, shipped=units)
    if not any(line.shipped for line in after.values()):
        raise Invalid("Nothing of it would leave; cancel the transfer instead.", field="lines")
    return target, list(after.values())


def check_arrivals(
    state: str, lines: Sequence[Line], arrivals: Sequence[Arrival], *, note: str = ""
) -> tuple[str, list[Line]]:
    """The transfer's next state and its lines after `arrivals`.

    Raises Conflict in a state that takes no goods; Required (field ``lines``) for none, and (``note``) when
    units are lost without a word; for line i NotFound (``lines.i.lineId``) when it is of another transfer,
    Invalid when it is named twice, and Invalid (``lines.i.quantity``, ``lines.i.lost``) for units below
    zero, none at all, or more than are on their way.
    """
    MACHINE.target(state, "receive part")
    if not arrivals:
        raise Required("Name at least one line that arrived.", field="lines")
    after = {line.id: line for line in lines}
    for index, (line, arrival) in enumerate(_named(after, arrivals)):
        after[line.id] = _arrive(line, arrival, f"lines.{index}")
    if any(arrival.lost for arrival in arrivals) and not note:
        raise Required("Say what became of the units that are lost.", field="note")
    done = not any(line.missing for line in after.values())
    return MACHINE.target(state, "receive all" if done else "receive part"), list(after.values())


def _arrive(line: Line, arrival: Arrival, field: str) -> Line:
    if arrival.lost < 0:
        raise Invalid("Must not be below zero.", field=f"{field}.lost")
    if arrival.quantity < 0 or not arrival.quantity + arrival.lost:
        raise Invalid("Must be at least 1.", field=f"{field}.quantity")
    if arrival.quantity > line.missing:
        raise Invalid(f"At most {line.missing} more may arrive.", field=f"{field}.quantity")
    if arrival.quantity + arrival.lost > line.missing:
        most = line.missing - arrival.quantity
        raise Invalid(f"At most {most} more can be lost.", field=f"{field}.lost")
    return replace(line, received=line.received + arrival.quantity, lost=line.lost + arrival.lost)


def _named(lines: Mapping[str, Line], rows: Sequence[_Row]) -> Iterator[tuple[Line, _Row]]:
    named: set[str] = set()
    for index, row in enumerate(rows):
        if row.line_id not in lines:
            raise NotFound("This transfer has no such line.", field=f"lines.{index}.lineId")
        if row.line_id in named:
            raise Invalid("This line is named twice.", field=f"lines.{index}.lineId")
        named.add(row.line_id)
        yield lines[row.line_id], row


def _enough(line: Line, units: int, free: Mapping[str, int], index: int) -> None:
    have = max(free.get(line.variant_id, 0), 0)
    if units > have:
        raise InsufficientStock(
            f"Only {have} are free there: what is promised to orders stays.", field=f"lines.{index}.quantity"
        )
