"""Purchase orders: their states, and what is still to come of them."""

from __future__ import annotations

from dataclasses import dataclass

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
        transition("amend the rest", [PARTLY_RECEIVED], PARTLY_RECEIVED, "staff"),
        transition("receive part", OWED, PARTLY_RECEIVED, "staff"),
        transition("receive all", OWED, RECEIVED, "staff"),
        transition("close short", [PARTLY_RECEIVED], RECEIVED, "staff, when the rest will not come"),
        transition("cancel", [DRAFT, *OWED], CANCELED, "staff"),
        transition("withdraw", [DRAFT], CANCELED, "the nightly run, when the need is gone"),
    ),
)

MAX_UNITS = 1_000_000
"""More units than this in one line is a typing error."""


@dataclass(frozen=True)
class Line:
    """A line of an order: `tolerance` units may arrive above `ordered`.

    Not `open` once everything arrived, or when what is left was given up.
    """

    id: str
    variant_id: str
    ordered: int
    received: int = 0
    tolerance: int = 0
    open: bool = True

    @property
    def owed(self) -> int:
        """Units still to come."""
        return max(self.ordered - self.received, 0) if self.open else 0

    @property
    def room(self) -> int:
        """Units that may still arrive without being too many."""
        if not self.open and self.received < self.ordered:
            return 0
        return max(self.ordered + self.tolerance - self.received, 0)


@dataclass(frozen=True)
class Arrival:
    """`quantity` units of a line that arrived fit for sale, and `damaged` ones beside them."""

    line_id: str
    quantity: int
    damaged: int = 0


def tolerance(ordered: int, percent: int) -> int:
    """Units that may arrive above `ordered`: `percent` of it, rounded down."""
    return ordered * percent // 100
